import type { PromisePolicy } from './promise.ts';

/** What the product line itself promises (BR-). */
export const productPromises = {
  'BR-01': {
    says: 'An OAuth-protected MCP server: no anonymous access to personal tools.',
    rule: 'mcp/endpoint.ts#makeEndpoint',
    shownBy: ['goes from discovery to tokens with a client that checks every rule (RFC 8414, 9207, 9728, S256)'],
  },
  'BR-02': { says: 'Tools return only the allowed fields.', rule: 'disclosure/projection.ts#compileProjection' },
  'BR-03': {
    says: 'Passwords, billing, IP logs and internal ids are stripped before anything leaves.',
    rule: 'disclosure/guard.ts#objectsTo',
  },
  'BR-04': { says: 'Tokens are revoked from the dashboard.', rule: 'web/apps/changes.ts#appChanges' },
  'BR-05': { says: 'It works inside ChatGPT and other MCP clients.', rule: 'oauth/known-clients.ts#knownClients' },
  'BR-06': { says: 'Account owners revoke an app’s access.', rule: 'web/apps/apps.tsx#appsPage' },
  'BR-07': { says: 'Developers test with the MCP Inspector.', rule: 'mcp/endpoint.ts#makeEndpoint' },
} as const satisfies Record<string, PromisePolicy>;
