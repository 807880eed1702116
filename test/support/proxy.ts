import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

export interface ProxyTo {
  /** The port of the instance behind it. */
  readonly port: string;
  /** The public host that the instance is told; by default the one that was asked for. */
  readonly host?: string;
  /** The address that a request is said to come from: the instance runs with `TRUSTED_PROXIES=1`. */
  readonly from: () => string;
}

/** What stands before an instance when several share one public address. */
export async function openProxy({ port, host, from }: ProxyTo): Promise<Proxy> {
  // Longer than what the instance behind it promises in `Keep-Alive`.
  const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, answer) => {
    const headers = { ...incoming.headers, ...(host !== undefined && { host }), 'x-forwarded-for': from() };
    const onward = send({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
