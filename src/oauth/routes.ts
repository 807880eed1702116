import { protectedResourcePaths } from './metadata.ts';

export type OAuthRoute = 'authorize' | 'resume' | 'token' | 'revoke' | 'register' | 'jwks' | 'end_session' | 'metadata' | 'resource';

const routes: ReadonlyMap<string, OAuthRoute> = new Map<string, OAuthRoute>([
  ['/oauth/authorize', 'authorize'],
  ['/oauth/token', 'token'],
  ['/oauth/revoke', 'revoke'],
  ['/oauth/register', 'register'],
  ['/oauth/jwks', 'jwks'],
  ['/oauth/end-session/confirm', 'end_session'],
  ['/.well-known/oauth-authorization-server', 'metadata'],
  ['/.well-known/openid-configuration', 'metadata'],
  ...protectedResourcePaths.map((path) => [path, 'resource'] as const),
]);

/** What a path means, letter by letter, or null. The library behind it folds case, drops a slash and has paths of its own: what isn't here never reaches it. */
export function oauthRouteOf(path: string): OAuthRoute | null {
  return routes.get(path) ?? (/^\/oauth\/authorize\/[\w-]+$/.test(path) ? 'resume' : null);
}
