import type { World } from './world.ts';

export interface LedgerRow {
  readonly tool: string;
  readonly purpose: string;
  readonly field_names: readonly string[];
  readonly record_count: number;
  readonly outcome: string;
}

/** What the ledger says, in the order in which it was written. */
export async function ledgerRows({ database }: Pick<World, 'database'>): Promise<LedgerRow[]> {
  return database.statement<LedgerRow>(
    `select d.tool, d.purpose, d.field_names, d.record_count, d.outcome
     from disclosures d join ledger_writers w on w.id = d.writer_id order by w.started_at, d.writer_id, d.seq`,
    [],
  );
}

/** An answer together with the ledger rows that it left. */
export async function withLedger<Answer>(
  world: Pick<World, 'database'>,
  act: () => Promise<Answer>,
): Promise<{ answer: Answer; rows: LedgerRow[] }> {
  const before = (await ledgerRows(world)).length;
  const answer = await act();
  return { answer, rows: (await ledgerRows(world)).slice(before) };
}

export function answered(tool: string, fieldNames: readonly string[], recordCount: number): LedgerRow {
  return { tool, purpose: 'fulfil_request', field_names: fieldNames, record_count: recordCount, outcome: 'answered' };
}

export function unanswered(tool: string, outcome: 'withheld' | 'failed' = 'failed'): LedgerRow {
  return { tool, purpose: 'fulfil_request', field_names: [], record_count: 0, outcome };
}
