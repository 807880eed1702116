import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { MailServer } from '../config/mail-server.ts';
import type { WaitingMail } from '../store/mail/outbox.ts';

/** Why a mail was not taken: `forGood` when another try would end the same, `server` when it would be the same for every mail. */
export interface MailProblem {
  readonly code: 'address_refused' | 'refused' | 'try_later' | 'unreachable' | 'no_tls' | 'login_refused';
  readonly forGood: boolean;
  readonly server: boolean;
}

/** Hands one mail over; null when the server has taken it. */
export type HandOver = (mail: WaitingMail) => Promise<MailProblem | null>;

export interface SmtpOptions {
  readonly server: MailServer;
  /** Certificates that are trusted instead of the usual ones. */
  readonly ca?: string;
}

/** Over SMTP, with TLS 1.2 or newer wherever the server isn't on this machine (CS-55c). */
export function smtp({ server, ca }: SmtpOptions): HandOver {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ...(server.login && { auth: { user: server.login.user, pass: server.login.password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    dnsTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ id, to, subject, text }) => {
    try {
      await transport.sendMail({
        from: { name: 'Certveil', address: server.from },
        to: { name: '', address: to },
        envelope: { from: server.from, to },
        subject,
        text,
        // The same at each attempt, so that a mailbox can tell a repetition.
        messageId: `<${createHash('sha256').update(id).digest('hex')}@${server.from.slice(server.from.lastIndexOf('@') + 1)}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return null;
    } catch (error) {
      return problemOf(error);
    }
  };
}

/** RFC 5321 §4.2.1: 4yz may pass later, 5yz won't. What came before the message concerns every mail. */
function problemOf(error: unknown): MailProblem {
  const code = String(Reflect.get(Object(error) as object, 'code') ?? '');
  const status: unknown = Reflect.get(Object(error) as object, 'responseCode');
  const command = String(Reflect.get(Object(error) as object, 'command') ?? '');
  if (code === 'EAUTH' || code === 'ENOAUTH') return { code: 'login_refused', forGood: false, server: true };
  if (code === 'ETLS' || code === 'EREQUIRETLS') return { code: 'no_tls', forGood: false, server: true };
  if (typeof status !== 'number' || !['MAIL FROM', 'RCPT TO', 'DATA'].includes(command)) {
    return { code: 'unreachable', forGood: false, server: true };
  }
  if (status < 500) return { code: 'try_later', forGood: false, server: false };
  if (command === 'RCPT TO') return { code: 'address_refused', forGood: true, server: false };
  return { code: 'refused', forGood: false, server: command === 'MAIL FROM' };
}
