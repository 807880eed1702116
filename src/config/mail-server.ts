/** The server that takes our mail, and the address that it comes from. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, which only this machine may lack (CS-55c). */
  readonly tls: 'implicit' | 'starttls' | 'if_offered';
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
}

const thisMachine = ['localhost', '127.0.0.1', '[::1]'];

/** Reads `smtp://user:password@host:587?from=address`; without `from` the user is the sender. Null for what isn't that. */
export function parseMailServer(text: string): MailServer | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  if (!['smtp:', 'smtps:'].includes(protocol) || hostname === '' || !['', '/'].includes(pathname) || hash !== '') return null;
  if ([...searchParams.keys()].some((name) => name !== 'from')) return null;
  const implicit = protocol === 'smtps:';
  const user = decoded(username);
  const secret = decoded(password);
  if (user === null || secret === null) return null;
  const from = searchParams.get('from') ?? user;
  if (!/^[!-~]+@[A-Za-z0-9.-]+$/.test(from) || /[<>()[\]\\,;:"@]/.test(from.slice(0, from.lastIndexOf('@')))) return null;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (implicit ? 465 : 587) : Number(port),
    tls: implicit ? 'implicit' : thisMachine.includes(hostname) ? 'if_offered' : 'starttls',
    login: user === '' ? null : { user, password: secret },
    from,
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
