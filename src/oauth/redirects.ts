import { errors } from 'oidc-provider';

const maxRedirects = 20;
const maxRedirectLength = 2_000;

/** Schemes of assistants and editors that go without a dot: each opens the one program of its name. */
const programs = new Set([
  'claude',
  'code-oss',
  'cursor',
  'goose',
  'kiro',
  'lmstudio',
  'raycast',
  'trae',
  'vscode',
  'vscode-insiders',
  'vscodium',
  'warp',
  'windsurf',
  'zed',
]);

/** RFC 8252 §7.1: a domain name of the app's, turned round. */
const reversedDomain = /^[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+$/;
/** Registered schemes with a dot that mean a protocol or the system, not a program of somebody's. */
const meaning = /^(?:iris|soap|xmlrpc|z39|ms-[^.]*|web)\./;

/** @returns true when one of the addresses is on the person's own machine. @throws InvalidClientMetadata for one that is not safe */
export function checkRedirects(uris: unknown): boolean {
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > maxRedirects) refuse('must have 1 to 20 members');
  return uris.map(checkRedirect).includes(true);
}

function checkRedirect(uri: unknown): boolean {
  if (typeof uri !== 'string' || uri.length > maxRedirectLength || !URL.canParse(uri)) refuse('must be absolute URIs');
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') refuse('must not have credentials');
  if (url.protocol === 'https:') return false;
  if (url.protocol === 'http:' ? !isLoopback(url.hostname) : !opensAProgram(url.protocol.slice(0, -1)))
    refuse('must use https, a loopback address, or a scheme that is a domain name turned round');
  return true;
}

function opensAProgram(scheme: string): boolean {
  return programs.has(scheme) || (reversedDomain.test(scheme) && !meaning.test(scheme));
}

function refuse(reason: string): never {
  throw new errors.InvalidClientMetadata(`redirect_uris ${reason}`);
}

export function isLoopback(host: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(host);
}

/** Where an answer goes, as a person may be told: the host, with the scheme where a program is opened. */
export function destinationOf(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri);
  if (protocol === 'https:' || protocol === 'http:') return host;
  return host === '' ? protocol : `${protocol}//${host}`;
}
