import type { Scope } from '../policy/scopes.ts';

export const protectedResourcePaths = ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'] as const;

/** The resource indicator (RFC 8707) that every token is issued for: the address that people paste into their assistant. */
export function resourceOf(publicUrl: string): string {
  return `${publicUrl}/mcp`;
}

/** True for the resource itself and for what clients make of it: a trailing slash, a query. */
export function isResource(publicUrl: string, text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && !text.includes('#');
  return plain && url.origin === publicUrl && /^\/mcp\/?$/.test(url.pathname);
}

export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly resource_name: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly Scope[];
  readonly bearer_methods_supported: readonly ['header'];
}

/** RFC 9728 §2. */
export function protectedResourceMetadata({
  publicUrl,
  scopes,
}: {
  publicUrl: string;
  scopes: readonly Scope[];
}): ProtectedResourceMetadata {
  return {
    resource: resourceOf(publicUrl),
    resource_name: 'Certveil',
    authorization_servers: [publicUrl],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
  };
}

export interface Challenge {
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  /** Left out when no token was sent (RFC 6750 §3.1). */
  readonly error?: 'invalid_token' | 'insufficient_scope';
}

/** The value of `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1). */
export function bearerChallenge({ publicUrl, scopes, error }: Challenge): string {
  const parts = [
    ...(error ? [`error="${error}"`] : []),
    `scope="${scopes.join(' ')}"`,
    `resource_metadata="${publicUrl}${protectedResourcePaths[0]}"`,
  ];
  return `Bearer ${parts.join(', ')}`;
}
