import type { ConnectedApp } from './connect.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The rows of one answer; fails when the call wasn't answered. */
export function rowsOf(answer: { structured: Record<string, unknown> | null; body: string }, key: string): Row[] {
  if (answer.structured === null) throw new Error(`not answered: ${answer.body}`);
  return answer.structured[key] as Row[];
}

/** Every page of a list tool, as long as there is a cursor. */
export async function allPages({ call }: Pick<ConnectedApp, 'call'>, tool: string, key: string, input: Row = {}): Promise<Row[][]> {
  const pages: Row[][] = [];
  let cursor: string | undefined;
  do {
    const answer = await call(tool, { ...input, ...(cursor !== undefined && { cursor }) });
    pages.push(rowsOf(answer, key));
    cursor = (answer.structured?.['next_cursor'] ?? undefined) as string | undefined;
    if (pages.length > 500) throw new Error('a list without an end');
  } while (cursor !== undefined);
  return pages;
}

/** A UUID in its written form: how an internal id would show in a page, an address or a header. */
export function holdsUuid(text: string): boolean {
  return /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(text) || /^\W*[0-9a-f]{32}\W*$/i.test(text);
}
