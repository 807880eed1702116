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
export function csvStream(
  header: readonly string[],
  batch: (after: string | undefined) => Promise<{ lines: string; next: string | null }>,
) {
  const encoder = new TextEncoder();
  let after: string | undefined;
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { lines, next } = await batch(after);
        controller.enqueue(encoder.encode(begun ? lines : csvLine(header) + lines));
        begun = true;
        if (next === null) controller.close();
        else after = next;
      },
    },
    { highWaterMark: 0 },
  );
}
