import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { isScope, type Scope } from '../policy/scopes.ts';
import { dashboardClientId } from './clients.ts';
import { isResource, resourceOf } from './metadata.ts';

interface FeatureDeps {
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  readonly accessTokenSeconds: number;
}

export function featuresOf({ publicUrl, scopes, accessTokenSeconds }: FeatureDeps): NonNullable<Configuration['features']> {
  const all = scopes.join(' ');
  const resource = resourceOf(publicUrl);
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: {
      enabled: true,
      ack: 'draft-02',
      // How long a document stays fresh is for client-documents.ts to say.
      cacheDuration: { min: 0, max: 0 },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (_ctx, client, oneOf) => oneOf?.[0] ?? (client.clientId === dashboardClientId ? [] : resource),
      useGrantedResource: async () => true,
      getResourceServerInfo: async (ctx, asked, client) => {
        if (!isResource(publicUrl, asked) || client.clientId === dashboardClientId) throw new errors.InvalidTarget();
        if (ctx.oidc.route === 'authorization') settleScope(ctx, scopes);
        return { scope: all, audience: resource, accessTokenTTL: accessTokenSeconds, accessTokenFormat: 'opaque' };
      },
    },
  };
}

/** RFC 6749 §3.3: all scopes when none is asked. `openid` would name the person, so no app gets it. */
function settleScope(ctx: KoaContextWithOIDC, scopes: readonly Scope[]): void {
  const { params } = ctx.oidc;
  if (!params) return;
  const ignored = ['openid', 'offline_access', 'profile', 'email'];
  const asked = (typeof params['scope'] === 'string' ? params['scope'] : '')
    .split(' ')
    .filter((each) => each !== '' && !ignored.includes(each));
  const known = asked.filter((each) => isScope(each) && scopes.includes(each));
  if (asked.length > 0 && known.length === 0) throw new errors.InvalidScope('requested scope is not supported', '');
  params['scope'] = (asked.length === 0 ? scopes : known).join(' ');
}
