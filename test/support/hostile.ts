/** Stands in every hostile input, and so must stand in no answer and no log line. */
export const mark = 'zq7mark3xk';

export interface HostileBody {
  readonly name: string;
  readonly body: string | Buffer;
  readonly chunked?: boolean;
}

const big = (length: number) => `{"${mark}":"${'x'.repeat(length - mark.length - 7)}"}`;
const nested = (open: string, inside: string, close: string, times: number) => open.repeat(times) + inside + close.repeat(times);
const megabyte = 1_048_576;

/** Bodies that a JSON endpoint must survive. */
export const jsonBodies: readonly HostileBody[] = [
  { name: 'nothing', body: '' },
  { name: 'no JSON', body: mark },
  { name: 'JSON cut off', body: `{"${mark}":` },
  { name: 'two JSON texts', body: `{"${mark}":1}{"${mark}":2}` },
  { name: 'a single quote', body: `{'${mark}':1}` },
  { name: 'null', body: 'null' },
  { name: 'a number', body: '17' },
  { name: 'a number without end', body: `{"${mark}":1e999}` },
  { name: 'a string', body: `"${mark}"` },
  { name: 'an empty array', body: '[]' },
  { name: 'a batch', body: `[{"jsonrpc":"2.0","id":1,"method":"tools/list"},{"jsonrpc":"2.0","id":2,"method":"${mark}"}]` },
  { name: 'an array in arrays', body: nested('[', '', ']', 100_000) },
  { name: 'objects in objects', body: nested(`{"${mark}":`, '1', '}', 3_000) },
  { name: 'duplicate keys', body: `{"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"id":2,"method":"tools/list","method":"${mark}"}` },
  { name: 'prototypes', body: `{"__proto__":{"method":"${mark}","scopes":[]},"constructor":{"prototype":{"${mark}":true}}}` },
  {
    name: 'bytes that are no UTF-8',
    body: Buffer.concat([Buffer.from(`{"${mark}":"`), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')]),
  },
  { name: 'UTF-16', body: Buffer.from(`{"${mark}":1}`, 'utf16le') },
  { name: 'a byte order mark', body: `\ufeff{"${mark}":1}` },
  { name: 'a lone surrogate', body: `{"jsonrpc":"2.0","id":1,"method":"${mark}\\ud800","params":{"${mark}":"\\udfff"}}` },
  { name: 'NUL, escaped', body: `{"jsonrpc":"2.0","id":1,"method":"${mark}\\u0000","params":{"name":"\\u0000"}}` },
  { name: 'NUL, as a byte', body: `{"${mark}":"\0"}` },
  { name: 'just over 256 KiB', body: big(262_145) },
  { name: 'just over 256 KiB in chunks', body: big(262_145), chunked: true },
  { name: 'ten megabytes', body: big(10 * megabyte) },
  { name: 'ten megabytes in chunks', body: big(10 * megabyte), chunked: true },
];

/** Bodies that a form must survive. */
export const formBodies: readonly HostileBody[] = [
  { name: 'nothing', body: '' },
  { name: 'no form', body: mark },
  { name: 'JSON', body: `{"email":"${mark}"}` },
  { name: 'bad percent-encoding', body: `email=%zz%${mark}&password=%&token=%E0%A4%A` },
  { name: 'NUL', body: `email=${mark}%00&password=%00&decision=%00&scope=%00&token=%00&grant_type=%00&client_id=%00&code=%00` },
  { name: 'no UTF-8', body: `email=${mark}%ff%fe&password=%c3&scope=%ff&token=%ff&client_id=%ff&grant_type=%ff` },
  { name: 'lone surrogates', body: `email=${mark}%ed%a0%80&password=%ed%bf%bf&client_id=%ed%a0%80` },
  { name: 'every field many times', body: `email=${mark}&grant_type=a&client_id=a&token=a&scope=a&decision=allow&`.repeat(50) },
  { name: 'prototypes', body: `__proto__=${mark}&constructor=${mark}&__proto__[x]=${mark}&email[]=${mark}&client_id[a]=${mark}` },
  { name: 'lines of a header', body: `email=${mark}%0d%0aset-cookie:%20a=b&redirect_uri=https://${mark}%0d%0a&state=%0d%0a` },
  { name: 'just over 64 KiB', body: `email=${mark}&password=${'x'.repeat(65_536)}` },
  { name: 'just over 64 KiB in chunks', body: `email=${mark}&password=${'x'.repeat(65_536)}`, chunked: true },
  { name: 'ten megabytes', body: `email=${mark}&password=${'x'.repeat(10 * megabyte)}` },
  { name: 'ten megabytes in chunks', body: `email=${mark}&password=${'x'.repeat(10 * megabyte)}`, chunked: true },
  { name: 'a hundred thousand fields', body: Array.from({ length: 10_000 }, (_, index) => `f${index}=${mark}`).join('&') },
];

export const contentTypes: readonly string[] = [
  '',
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded; charset=utf-7',
  'application/json, text/plain',
  `${mark}/${mark}`,
];

const leaks: readonly RegExp[] = [
  new RegExp(mark),
  /\bzod\b|ZodError|invalid_type|Expected .* received/i,
  /\bpostgres|\bpglite\b|SQLSTATE|syntax error at|violates|relation "/i,
  /Unexpected (?:token|end|non-whitespace)|in JSON at position|SyntaxError|TypeError|RangeError/,
  /\bat \S+ \(|node_modules|\.ts:\d|\.js:\d|node:internal/,
];

/** What an answer to hostile input holds that it must not. */
export function leaksIn(text: string): string[] {
  return leaks.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}
