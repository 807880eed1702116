import type { FetchClientDocument } from '../../src/http/safe-fetch.ts';

/** Where test clients publish who they are (Client ID Metadata Documents). */
export const clientDocumentUrl = 'https://assistant.example/oauth/client.json';

export const clientDocumentName = 'Assistant with a document';

/** The document's client returns to any port of this computer, at the paths that the SDK clients and the Inspector listen on. */
const document = {
  client_id: clientDocumentUrl,
  client_name: clientDocumentName,
  redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/oauth/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/** Stands for the network: serves the one document and nothing else. */
export const fetchClientDocument: FetchClientDocument = async (url) =>
  String(url) === clientDocumentUrl
    ? Response.json(document, { headers: { 'cache-control': 'max-age=300' } })
    : new Response(null, { status: 404 });
