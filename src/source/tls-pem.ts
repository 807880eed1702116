import type { Readable } from 'node:stream';
import { cleanText } from '../words/text.ts';
import { ImportRefused, type Problem, type ProblemCode } from './problems.ts';

/** A certificate's DER, or what is wrong with a block; `line` is that of its BEGIN. */
export type PemBlock = { readonly line: number; readonly der: Uint8Array } | { readonly line: number; readonly problem: Problem };

const begin = /-----BEGIN ([^-\r\n]{1,60})-----/;
const end = /-----END ([^-\r\n]{1,60})-----/;
const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE'];
const longestLine = 1024 * 1024;
const longestBlock = 1024 * 1024;

/** The blocks of a PEM file (RFC 7468) in order, as a stream; text between them is passed over, but not the end of a block whose beginning is damaged. @throws ImportRefused */
export async function* pemBlocks(input: Readable): AsyncGenerator<PemBlock> {
  let open: { readonly label: string; readonly line: number; body: string } | null = null;
  let isTooLong = false;
  for await (const { line, text } of textLines(input)) {
    const begins = begin.exec(text);
    if (open !== null && begins !== null) yield problemAt(open.line, open.label, 'block_open');
    if (begins !== null) open = { label: (begins[1] ?? '').trim(), line, body: '' };
    if (open === null) {
      const stray = end.exec(text);
      if (stray !== null && !isTooLong) yield problemAt(line, (stray[1] ?? '').trim(), 'end_alone');
      if (stray !== null) isTooLong = false;
      continue;
    }
    const rest = begins === null ? text : text.slice(begins.index + begins[0].length);
    const ends = end.exec(rest);
    open.body += ends === null ? rest : rest.slice(0, ends.index);
    const tooLong = open.body.length > longestBlock;
    if (ends === null && !tooLong) continue;
    yield tooLong ? problemAt(open.line, open.label, 'block_too_long') : closed(open, (ends?.[1] ?? '').trim());
    isTooLong = ends === null;
    open = null;
  }
  if (open !== null) yield problemAt(open.line, open.label, 'block_open');
}

function closed({ label, line, body }: { label: string; line: number; body: string }, endLabel: string): PemBlock {
  if (label.endsWith('PRIVATE KEY')) return problemAt(line, label, 'private_key');
  if (label.endsWith('CERTIFICATE REQUEST')) return problemAt(line, label, 'certificate_request');
  if (!certificateLabels.includes(label)) return problemAt(line, label, 'not_a_certificate');
  if (endLabel !== label) return problemAt(line, label, 'block_open');
  const base64 = body.replace(/\s+/g, '');
  const sound = base64 !== '' && /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0;
  return sound ? { line, der: Buffer.from(base64, 'base64') } : problemAt(line, label, 'certificate_unreadable');
}

/** A block is called by its name where it has one of the usual form, and that holds no value. */
function problemAt(line: number, label: string, code: ProblemCode): PemBlock {
  return { line, problem: { line, column: /^[A-Z0-9 ]{1,40}$/.test(label) ? cleanText(label, 40) : null, code } };
}

async function* textLines(input: Readable): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  let rest = '';
  let line = 1;
  for await (const chunk of input) {
    const text = rest + (chunk as Buffer).toString('latin1');
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const each of lines) yield { line: line++, text: each };
    if (rest.length > longestLine) throw new ImportRefused('problems', [{ line, column: null, code: 'line_too_long' }]);
  }
  for (const each of rest.split('\r')) yield { line: line++, text: each };
}
