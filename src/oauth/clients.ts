import { errors, type Client } from 'oidc-provider';
import { cleanText, isStorableJson } from '../words/text.ts';
import { checkRedirects, destinationOf, isLoopback } from './redirects.ts';

export const dashboardClientId = 'dashboard';

const kept = new Set([
  'client_id',
  'client_id_issued_at',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'application_type',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'jwks',
  'jwks_uri',
]);
/** Not of RFC 7591, but in ChatGPT’s document: every method that the client can use. */
export const authMethodList = 'token_endpoint_auth_methods_supported';

const maxKeptLength = 16_384;
/** For as long a new client makes room for no other, so that whoever it belongs to can connect it. */
export const sparedClientMs = 120_000;

const grantTypes = ['authorization_code', 'refresh_token'];

/**
 * Makes a client's metadata what this server supports instead of refusing it (RFC 7591 §2: a server may replace values):
 * no secrets, no scopes of its own, nothing that makes the server fetch. @throws InvalidClientMetadata for a redirect address that is not safe
 */
export function normaliseClient(metadata: Record<string, unknown>): void {
  if (metadata['client_id'] === dashboardClientId) return;
  const methods = authMethodsOf(metadata);
  for (const name of Object.keys(metadata)) if (!kept.has(name)) delete metadata[name];
  const { client_name: name, grant_types: asked } = metadata;
  if (typeof name === 'string') metadata['client_name'] = cleanText(name, 80);
  else delete metadata['client_name'];
  if (Array.isArray(asked)) metadata['grant_types'] = grantTypes.filter((each) => each === 'authorization_code' || asked.includes(each));
  metadata['response_types'] = ['code'];
  if (!isStorableJson(metadata)) throw new errors.InvalidClientMetadata('metadata must hold no NUL, no half character, and no great depth');
  if (JSON.stringify(metadata).length > maxKeptLength) throw new errors.InvalidClientMetadata('metadata must be at most 16 KiB');
  const optional = methods.includes('none');
  const signs = methods.includes('private_key_jwt') && hasKeys(metadata) && (!optional || publishesDocument(metadata));
  if (signs && optional) metadata[authMethodList] = ['none', 'private_key_jwt'];
  metadata['token_endpoint_auth_method'] = signs ? 'private_key_jwt' : 'none';
  if (!signs) for (const unused of ['jwks', 'jwks_uri', 'token_endpoint_auth_signing_alg']) delete metadata[unused];
  metadata['application_type'] = checkRedirects(metadata['redirect_uris']) ? 'native' : 'web';
}

function authMethodsOf({ token_endpoint_auth_method: method, [authMethodList]: list }: Record<string, unknown>): readonly unknown[] {
  return Array.isArray(list) ? [method, ...(list as unknown[])] : [method];
}

function hasKeys(metadata: Record<string, unknown>): boolean {
  return 'jwks' in metadata || 'jwks_uri' in metadata;
}

function publishesDocument({ client_id: id }: Record<string, unknown>): boolean {
  return typeof id === 'string' && id.startsWith('https://');
}

/** What there is to keep of a metadata document. */
export function keptMembers(document: object): object {
  return Object.fromEntries(Object.entries(document).filter(([name]) => kept.has(name) || name === authMethodList));
}

/** True for a metadata document that would be served as it is: no secret in it, and only safe redirect addresses. */
export function isAcceptable(document: object): boolean {
  const metadata = structuredClone(document) as Record<string, unknown>;
  const secretive = ['client_secret', 'client_secret_expires_at'].some((each) => each in metadata);
  if (secretive || String(metadata['token_endpoint_auth_method']).startsWith('client_secret')) return false;
  try {
    normaliseClient(metadata);
    return true;
  } catch (error) {
    if (error instanceof errors.InvalidClientMetadata) return false;
    throw error;
  }
}

/** What a person is told about an app. The name is the app's own claim. */
export interface AppDescription {
  readonly name: string;
  /** The host that vouches for the name: that of a client metadata document. Null when nobody does. */
  readonly publisherDomain: string | null;
  /** The address of that document, where the app returns to another host than the one that vouches. */
  readonly documentAddress: string | null;
  /** The host that an answer goes to, with its scheme where it opens a program. */
  readonly redirectHost: string;
  readonly redirect: 'web' | 'elsewhere' | 'this_computer' | 'other_program';
}

export function describeApp({ client, redirectUri }: { client: Client; redirectUri: string }): AppDescription {
  const document = client.clientId.startsWith('https://') ? new URL(client.clientId) : null;
  const redirectHost = destinationOf(redirectUri);
  const name = cleanText(client.clientName ?? '', 80);
  const isElsewhere = document !== null && document.host !== redirectHost;
  return {
    name: name === '' ? 'An app without a name' : name,
    publisherDomain: document?.host ?? null,
    documentAddress: isElsewhere ? document.href : null,
    redirectHost,
    redirect: kindOf(new URL(redirectUri), isElsewhere),
  };
}

function kindOf({ protocol, hostname }: URL, isElsewhere: boolean): AppDescription['redirect'] {
  if (protocol !== 'https:' && protocol !== 'http:') return 'other_program';
  if (isLoopback(hostname)) return 'this_computer';
  return isElsewhere ? 'elsewhere' : 'web';
}
