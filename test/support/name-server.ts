import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

export interface NameServer {
  /** As a resolver takes it. */
  readonly address: string;
  /** Each question as `type name`, in the order in which they came. */
  readonly asked: string[];
  /** Answers when so many questions were asked. */
  heard(count: number, about?: RegExp): Promise<void>;
  close(): Promise<void>;
}

/** What it says: addresses, another name with its addresses, or nothing at all. */
export type NamesSaid = (name: string, type: string) => { readonly addresses: readonly string[]; readonly alias?: string } | 'silence';

const types: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA' };

/** A name server on loopback (RFC 1035) that can be silent. */
export async function openNameServer(said: NamesSaid): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (question, { port, address }) => {
    const { name, type, end } = read(question);
    const kind = types[type] ?? String(type);
    asked.push(`${kind} ${name}`);
    for (const look of waiting) look();
    const answer = said(name, kind);
    if (answer !== 'silence') socket.send(write(question.subarray(0, end), type, answer), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    asked,
    heard: (count, about = /./) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (asked.filter((each) => about.test(each)).length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function read(question: Buffer): { name: string; type: number; end: number } {
  const labels = [];
  let at = 12;
  for (let length = question.readUInt8(at); length > 0; length = question.readUInt8(at)) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: question.readUInt16BE(at + 1), end: at + 5 };
}

function write(question: Buffer, type: number, { addresses, alias }: Exclude<ReturnType<NamesSaid>, 'silence'>): Buffer {
  const fitting = addresses.filter((each) => types[type] === (each.includes(':') ? 'AAAA' : 'A')).map(bytesOf);
  const target = alias === undefined ? null : encode(alias);
  const records = [
    ...(target ? [record(Buffer.from([0xc0, 12]), 5, target)] : []),
    ...fitting.map((bytes) => record(target ?? Buffer.from([0xc0, 12]), type, bytes)),
  ];
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, question.subarray(12), ...records]);
}

function record(name: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, fixed, data]);
}

function encode(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.of(0),
  ]);
}

/** IPv6 with one `::` at most. */
function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((each) => Number.parseInt(each, 16)));
  const [before, after] = [groups(left), groups(right)];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
