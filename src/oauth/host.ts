import type { IncomingMessage } from 'node:http';

const forwarded = [
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-for',
  'x-forwarded-server',
  'x-forwarded-proto',
  'forwarded',
  'x-real-ip',
];

/** Makes a request say the configured origin, whatever it came with. False when it was meant for another host: answer 421. */
export function hostGuard({ publicUrl }: { publicUrl: string }): (request: IncomingMessage) => boolean {
  const origin = new URL(publicUrl);
  return (request) => {
    const asked = request.headers.host ?? request.headers[':authority'];
    if (typeof asked !== 'string' || !/^[A-Za-z0-9.:[\]-]+$/.test(asked)) return false;
    const url = `${origin.protocol}//${asked}`;
    if (!URL.canParse(url) || new URL(url).host !== origin.host) return false;
    for (const name of forwarded) delete request.headers[name];
    request.headers.host = origin.host;
    request.headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
    return true;
  };
}
