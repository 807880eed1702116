import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { makeSafeFetch, type FetchClientDocument, type FetchLimits } from '../../src/http/safe-fetch.ts';

export interface DocumentHost {
  /** The product's own fetch, led to this host whatever the name is. */
  readonly fetchClientDocument: FetchClientDocument;
  /** How many bytes were said at a path that was asked for, once its connection is closed. */
  said(path: string): Promise<number> | undefined;
  close(): Promise<void>;
}

/** What a host says at an address: the next piece each few milliseconds. */
export type Says = (url: URL) => Generator<string>;

const everyMs = 10;

/** A host of client metadata documents that takes its time. */
export async function openDocumentHost({ says, limits }: { says: Says; limits: FetchLimits }): Promise<DocumentHost> {
  const said = new Map<string, Promise<number>>();
  const server = createServer((request, response) => {
    const url = new URL(`https://${request.headers.host}${request.url}`);
    const pieces = says(url);
    let bytes = 0;
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const timer = setInterval(() => {
      const { value, done } = pieces.next();
      if (done === true) return response.end();
      bytes += value.length;
      return response.write(value);
    }, everyMs);
    const end = new Promise<number>((resolve) => {
      response.once('close', () => {
        clearInterval(timer);
        resolve(bytes);
      });
    });
    said.set(url.pathname, end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    fetchClientDocument: makeSafeFetch({
      limits,
      connect: (_options, callback) => {
        const socket = connect(port, '127.0.0.1', () => callback(null, socket));
        socket.once('error', (error) => callback(error, null));
      },
    }),
    said: (path) => said.get(path),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
