import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { SettingError, type Config } from '../config/settings.ts';
import { answerRequests } from '../http/connections.ts';

export interface Timeouts {
  /** For the whole of a request to arrive, in milliseconds. */
  readonly requestTimeout: number;
  readonly headersTimeout: number;
  /** How often both are looked at: what trickles in is cut off that much later at most. */
  readonly connectionsCheckingInterval: number;
  /** For the next request on a connection. */
  readonly keepAliveTimeout: number;
}

export const timeouts: Timeouts = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
};
const handshakeTimeout = 10_000;

type Address = Pick<Config, 'tls' | 'port' | 'host'>;

export interface Listening {
  /** From now on every answer ends its connection. */
  drain(): void;
  /** No new connections; resolves when each request in flight is answered. */
  close(): Promise<void>;
}

/** Tries the address and the certificate of the settings before the database is opened. @throws SettingError that names the one that is wrong */
export async function tryListening({ tls, port, host }: Address): Promise<void> {
  const server = tls ? await tlsServer(tls) : createServer();
  await begin(server, port, host);
  server.close();
  await once(server, 'close');
}

/** Listens as the settings say. @throws SettingError that names the one that is wrong */
export async function listen({ tls, port, host }: Address, answer: RequestListener): Promise<Listening> {
  const inFlight = new Set<ServerResponse>();
  let draining = false;
  const server = tls ? await tlsServer(tls) : createServer(timeouts);
  answerRequests(server, (request, response) => {
    inFlight.add(response);
    response.once('close', () => inFlight.delete(response));
    if (draining) response.shouldKeepAlive = false;
    answer(request, response);
  });
  await begin(server, port, host);
  return {
    drain: () => {
      draining = true;
      for (const response of inFlight) response.shouldKeepAlive = false;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function begin(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') throw new SettingError('PORT is in use by another process', { cause: error });
    if (code === 'EACCES') throw new SettingError('PORT may not be used by this user', { cause: error });
    throw new SettingError('HOST is not an address of this machine', { cause: error });
  }
}

async function tlsServer({ certFile, keyFile }: NonNullable<Config['tls']>): Promise<Server> {
  const cert = await pem('TLS_CERT', certFile);
  const key = await pem('TLS_KEY', keyFile);
  checkPem('TLS_CERT', { cert });
  checkPem('TLS_KEY', { key });
  checkPem('TLS_KEY', { cert, key });
  return createTlsServer({ ...timeouts, handshakeTimeout, minVersion: 'TLSv1.2', cert, key });
}

async function pem(setting: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SettingError(`${setting} names a file that cannot be read`, { cause });
  }
}

function checkPem(setting: string, parts: Parameters<typeof createSecureContext>[0]): void {
  try {
    createSecureContext(parts);
  } catch (cause) {
    throw new SettingError(`${setting} does not hold PEM that fits`, { cause });
  }
}
