import { inflateSync } from 'node:zlib';

export interface PdfPiece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface Pdf {
  readonly pages: number;
  readonly pieces: readonly PdfPiece[];
  /** What a reader or a search finds, line by line: the text that is declared, or else that of the glyphs. */
  readonly lines: readonly string[];
  readonly links: readonly string[];
  readonly objects: ReadonlyMap<number, string>;
}

/** Reads a PDF of one page as our typesetter writes them: its pieces of text, decoded by their fonts' own tables. */
export function readPdf(bytes: Uint8Array): Pdf {
  const objects = objectsOf(Buffer.from(bytes));
  const all = [...objects.values()];
  const page = all.find((each) => /\/Type \/Page\b/.test(each)) ?? '';
  const content = objects.get(referenceIn(page, 'Contents')) ?? '';
  const resources = objects.get(referenceIn(page, 'Resources')) ?? page;
  const tables = new Map(
    [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id]) => [
      name,
      glyphTable(objects.get(referenceIn(objects.get(Number(id)) ?? '', 'ToUnicode')) ?? ''),
    ]),
  );
  const { pieces, lines } = readContent(content, tables);
  return {
    pages: all.filter((each) => /\/Type \/Page\b(?!s)/.test(each)).length,
    pieces,
    lines,
    links: all.flatMap((each) => [...each.matchAll(/\/URI \(([^)]*)\)/g)].map(([, target = '']) => target)),
    objects,
  };
}

function objectsOf(file: Buffer): Map<number, string> {
  const objects = new Map<number, string>();
  for (const found of file.toString('latin1').matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id, body = ''] = found;
    const [, head = body, stream] = /^([\s\S]*?)\nstream\n([\s\S]*)\nendstream/.exec(body) ?? [];
    const inflated = stream !== undefined && head.includes('FlateDecode') ? inflateSync(Buffer.from(stream, 'latin1')) : (stream ?? '');
    objects.set(Number(id), `${head}\n${typeof inflated === 'string' ? inflated : inflated.toString('latin1')}`);
  }
  return objects;
}

function referenceIn(dictionary: string, key: string): number {
  return Number(new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary)?.[1] ?? Number.NaN);
}

function glyphTable(cmap: string): Map<string, string> {
  const table = new Map<string, string>();
  for (const [, start = '0', list = ''] of cmap.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    for (const [at, [, hex = '']] of [...list.matchAll(/<([^>]*)>/g)].entries()) {
      table.set((Number.parseInt(start, 16) + at).toString(16).padStart(4, '0'), utf16(hex.replaceAll(' ', '')));
    }
  }
  return table;
}

function utf16(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

function readContent(content: string, tables: ReadonlyMap<string, ReadonlyMap<string, string>>): Pick<Pdf, 'pieces' | 'lines'> {
  const pieces: PdfPiece[] = [];
  const lines: string[] = [];
  let declared: number | null = null;
  const parts = /\/ActualText (\((?:\\[\s\S]|[^\\)])*\))|1 0 0 1 ([\d.-]+) ([\d.-]+) Tm\n\/(F\d+)[^\n]*\n([\s\S]*?)ET|EMC/g;
  for (const [whole, actual, x, y, font = '', shown = ''] of content.matchAll(parts)) {
    if (actual !== undefined) {
      declared = lines.push(declaredText(actual.slice(1, -1))) - 1;
    } else if (whole === 'EMC') declared = null;
    else {
      const glyphs = [...shown.matchAll(/<([\da-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
      const text = glyphs.map((each) => tables.get(font)?.get(each) ?? '').join('');
      pieces.push({ text, x: Number(x), y: Number(y) });
      if (declared === null) lines.push(text);
    }
  }
  return { pieces, lines };
}

function declaredText(escaped: string): string {
  const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  const raw = escaped.replace(/\\([\s\S])/g, (_, each: string) => escapes[each] ?? each);
  const bytes = Buffer.from(raw, 'latin1');
  return bytes[0] === 0xfe ? bytes.subarray(2).swap16().toString('utf16le') : raw;
}
