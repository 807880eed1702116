import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailServer } from '../../src/config/mail-server.ts';
import { selfSigned } from './x509.ts';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** The message as it came over the wire. */
  readonly raw: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

export interface MailBox {
  readonly received: Received[];
  /** Answers of the server instead of taking a message, the next first; `drop` breaks the connection. */
  readonly refusals: { at: 'rcpt' | 'data'; code: number }[];
  readonly server: MailServer;
  /** The authority that its certificate is to be trusted for. */
  readonly ca: string;
  close(): Promise<void>;
}

export interface MailBoxOptions {
  readonly tls?: MailServer['tls'];
  /** Offers no STARTTLS. */
  readonly plain?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

/** A real SMTP server that keeps what it gets. */
export async function openMailBox({ tls = 'starttls', plain = false, login }: MailBoxOptions = {}): Promise<MailBox> {
  const received: Received[] = [];
  const refusals: MailBox['refusals'] = [];
  const { key, certificate } = await selfSigned('localhost');
  const refusalAt = (at: 'rcpt' | 'data'): Error | null => {
    if (refusals[0]?.at !== at) return null;
    return Object.assign(new Error('not now'), { responseCode: refusals.shift()?.code });
  };
  const options: SMTPServerOptions = {
    secure: tls === 'implicit',
    key,
    cert: certificate,
    logger: false,
    authOptional: login === undefined,
    disabledCommands: plain ? ['STARTTLS'] : [],
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password ? done(null, { user: username }) : done(new Error('wrong')),
    onRcptTo: (_address, _session, done) => done(refusalAt('rcpt')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = refusalAt('data');
        if (refusal) return done(refusal);
        received.push({
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
        });
        return done();
      });
    },
  };
  const server = new SMTPServer(options);
  // A client that breaks off, as one does which doesn't trust the certificate, is no failure of the server.
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    received,
    refusals,
    ca: certificate,
    server: {
      host: 'localhost',
      port: (server.server.address() as AddressInfo).port,
      tls,
      login: login ?? null,
      from: 'certveil@example.com',
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** The readable text of a message, its lines joined again. */
export function bodyOf({ raw }: Received): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n');
  if (!/^content-transfer-encoding: quoted-printable/im.test(raw)) return body;
  const bytes = body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The header lines of a message. */
export function headersOf({ raw }: Received): string[] {
  return raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
}
