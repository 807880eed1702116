import {
  createMcpHandler,
  isLegacyRequest,
  legacyStatelessFallback,
  type McpHandlerRequestOptions,
  type McpServerFactory,
} from '@modelcontextprotocol/server';

/** `legacy` serves 2025-11-25 and older only, for the case that an assistant breaks on 2026-07-28. */
export type Eras = 'both' | 'legacy';

export interface SdkHandler {
  fetch(request: Request, options: McpHandlerRequestOptions): Promise<Response>;
  close(): Promise<void>;
}

const legacyVersions = ['2025-11-25', '2025-06-18', '2025-03-26'];

export interface SdkHandlerDependencies {
  readonly makeServer: McpServerFactory;
  readonly eras: Eras;
  readonly onerror: (error: Error) => void;
}

/** Servers declare no change to tell of, so `subscriptions/listen` is acknowledged and over at once: no stream stays open. */
export function makeSdkHandler({ makeServer, eras, onerror }: SdkHandlerDependencies): SdkHandler {
  if (eras === 'both') return createMcpHandler(makeServer, { maxSubscriptions: 1, onerror });
  const serve = legacyStatelessFallback(makeServer, onerror);
  return {
    fetch: async (request, options) =>
      (await isLegacyRequest(request, options.parsedBody)) ? serve(request, options) : tooNew(request, options.parsedBody),
    close: async () => undefined,
  };
}

/** UnsupportedProtocolVersion (MCP 2026-07-28, errors): what is served, so that a client can choose it. */
function tooNew(request: Request, body: unknown): Response {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  const requested = request.headers.get('mcp-protocol-version') ?? '';
  const error = { code: -32_022, message: '', data: { supported: legacyVersions, requested } };
  return Response.json({ jsonrpc: '2.0', id, error }, { status: 400 });
}
