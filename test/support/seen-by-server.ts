import { inspect } from 'node:util';
import { Server, type McpServerFactory } from '@modelcontextprotocol/server';

export interface SeenByServer {
  readonly makeServer: McpServerFactory;
  /** All that can be reached from what servers and their handlers were given, as text. */
  readonly seen: readonly string[];
}

const everything = { depth: 20, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null, breakLength: Infinity };

/** A server that fails each call, with all that it was given in its error. */
export function watchServer(): SeenByServer {
  const seen: string[] = [];
  return {
    seen,
    makeServer: (given) => {
      seen.push(inspect(given, everything));
      const server = new Server({ name: 'watcher', version: '1' }, { capabilities: { tools: {} } });
      server.setRequestHandler('tools/call', (request, context) => {
        const text = inspect([request, context], everything);
        seen.push(text);
        throw Object.assign(new Error(text), { name: 'Watched', cause: new Error(text) });
      });
      return server;
    },
  };
}
