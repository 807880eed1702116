/** One line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula is made text by an apostrophe. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[\s\p{Cc}]*[=+\-@＝＋－＠]/u.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines as they come, one batch of them in memory; each batch names the next, or ends the file. */
export async function* csvPieces(
  header: readonly string[],
  batch: (after: string | undefined) => Promise<{ lines: string; next: string | null }>,
): AsyncGenerator<string> {
  let { lines, next } = await batch(undefined);
  yield csvLine(header) + lines;
  while (next !== null) {
    ({ lines, next } = await batch(next));
    yield lines;
  }
}
