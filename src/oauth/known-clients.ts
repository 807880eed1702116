/** A client metadata document as its publisher served it, and how we know. */
export interface KnownClient {
  /** When the copy was taken from the publisher's address, ISO date. */
  readonly servedOn: string;
  /** Where the copy was read; it was compared with at least one other record of the same document. */
  readonly readFrom: string;
  readonly document: { readonly client_id: string } & Readonly<Record<string, unknown>>;
}

const recordedDocuments =
  'test data of the Modgud identity server (RealWorldClientMetadata), fetched live; the same in other projects’ records';
const refreshable = ['authorization_code', 'refresh_token'];

/**
 * Pinned copies of well-known clients' metadata documents, for the time when their host does not answer us: Claude's has answered
 * data centres with a 403. Documents per connection (https://chatgpt.com/oauth/{id}/client.json, …/codex/{id}/client.json) are only ever fetched.
 */
export const knownClients: readonly KnownClient[] = [
  {
    servedOn: '2026-09-21',
    readFrom: recordedDocuments,
    document: {
      client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      client_name: 'Claude',
      client_uri: 'https://claude.ai',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      grant_types: [...refreshable, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  },
  {
    servedOn: '2026-09-21',
    readFrom: recordedDocuments,
    document: {
      client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
      client_name: 'Claude Code',
      client_uri: 'https://claude.ai',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: refreshable,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  },
  {
    servedOn: '2026-09-21',
    readFrom: recordedDocuments,
    document: {
      client_id: 'https://chatgpt.com/oauth/client.json',
      client_name: 'ChatGPT',
      client_uri: 'https://chatgpt.com/',
      logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      grant_types: refreshable,
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256',
      jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
    },
  },
  {
    servedOn: '2026-09-21',
    readFrom: recordedDocuments,
    document: {
      client_id: 'https://vscode.dev/oauth/client-metadata.json',
      client_name: 'Visual Studio Code',
      client_uri: 'https://vscode.dev/product',
      logo_uri: 'https://code.visualstudio.com/assets/branding/code-stable.png',
      redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      grant_types: [...refreshable, 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
  },
  {
    servedOn: '2026-09-16',
    readFrom:
      'public projects’ records of the document or of its form per server (one lacks `logo_uri`), and logs of sign-ins by Codex 0.153 and 0.154 under this id; Codex’s documentation names it for servers that answer with `iss`',
    document: {
      client_id: 'https://chatgpt.com/oauth/codex/client.json',
      client_name: 'Codex',
      client_uri: 'https://chatgpt.com/codex',
      logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
      redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
      grant_types: refreshable,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      token_endpoint_auth_methods_supported: ['none'],
      application_type: 'native',
    },
  },
];

const pinned = new Set<string>(knownClients.map(({ document }) => document.client_id));

export function isPinned(clientId: string): boolean {
  return pinned.has(clientId);
}
