import { randomBytes, randomUUID } from 'node:crypto';
import type { World } from './world.ts';

export interface ToldRow {
  readonly day: string;
  readonly tool: string;
  readonly fields: readonly string[];
  readonly calls?: number;
  readonly records?: number;
  readonly outcome?: 'answered' | 'withheld' | 'failed';
}

/** Ledger rows of days gone by, for the one app of this client name: what pages show, without a chain to verify. */
export async function tell({ database }: Pick<World, 'database'>, appName: string, rows: readonly ToldRow[]): Promise<void> {
  for (const { day, tool, fields, calls = 1, records = 1, outcome = 'answered' } of rows) {
    await database.statement(
      `insert into disclosures (writer_id, seq, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome)
       select $1, n, $2, a.account_id, a.id, g.id, $3::date, $3::date, $4, 'fulfil_request', $5::text[], $6::integer, $7
       from apps a cross join lateral (select id from grants where app_id = a.id order by consented_at limit 1) g
       cross join generate_series(1, $8::integer) n where a.name = $9`,
      [randomUUID(), randomBytes(16), day, tool, fields, records, outcome, calls, appName],
    );
  }
}
