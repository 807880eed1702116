import { errors, type Client } from 'oidc-provider';
import { cleanText } from '../policy/text.ts';

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

const grantTypes = ['authorization_code', 'refresh_token'];
const maxRedirects = 20;
const maxRedirectLength = 2_000;

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

/** True when one of the addresses is on the person's own machine. */
function checkRedirects(uris: unknown): boolean {
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > maxRedirects) refuse('must have 1 to 20 members');
  return uris.map(checkRedirect).includes(true);
}

function checkRedirect(uri: unknown): boolean {
  if (typeof uri !== 'string' || uri.length > maxRedirectLength || !URL.canParse(uri)) refuse('must be absolute URIs');
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') refuse('must not have credentials');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) refuse('must use https, or a loopback address');
  return url.protocol !== 'https:';
}

function refuse(reason: string): never {
  throw new errors.InvalidClientMetadata(`redirect_uris ${reason}`);
}

export function isLoopback(host: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(host);
}

/** What the consent page may say about an app. The name is the app's own claim. */
export interface AppDescription {
  readonly name: string;
  /** The host that vouches for the name: that of a client metadata document. Null when nobody does. */
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
  readonly redirect: 'web' | 'this_computer' | 'other_program';
}

export function describeApp({ client, redirectUri }: { client: Client; redirectUri: string }): AppDescription {
  const publisherDomain = client.clientId.startsWith('https://') ? new URL(client.clientId).host : null;
  const url = new URL(redirectUri);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  const name = cleanText(client.clientName ?? '', 80);
  return {
    name: name === '' ? 'An app without a name' : name,
    publisherDomain,
    redirectHost: web ? url.host : url.protocol,
    redirect: !web ? 'other_program' : isLoopback(url.hostname) ? 'this_computer' : 'web',
  };
}
