import { expect, vi } from 'vitest';
import { chanceFrom } from '../../src/demo/chance.ts';
import { command } from './command-line.ts';
import { openTestDatabase, testDataKey } from './engines.ts';
import { fillAccount, rowsOf, type RowCounts } from './retention-data.ts';
import { run, type Settings } from './server-process.ts';

export interface Kills {
  /** How many sweeps were killed after they had begun to delete and before they had come to their end. */
  readonly killed: number;
  /** What was there before of the account whose clocks all run, and after. */
  readonly stays: readonly [before: RowCounts, after: RowCounts];
  readonly messagesThatStay: readonly [before: number, after: number];
  /** What is left of the account that is long due. */
  readonly due: RowCounts;
  readonly dueMessages: number;
}

export interface Sweeps {
  readonly rounds: number;
  readonly deletionsLog: string;
  /** How many rows are due in each; 20,000 unless told, of which a sweep deletes 5,000 at a time. */
  readonly perRound?: number;
}

/** Kills `certveil retention run` in the middle of its work, so many times on one database, then lets it come to its end. */
export async function killSweeps({ rounds, deletionsLog, perRound = 20_000 }: Sweeps): Promise<Kills> {
  const { database, url, close } = await openTestDatabase();
  const settings: Settings = {
    DATABASE_URL: url ?? '',
    DATA_KEY: testDataKey.toString('base64'),
    DELETIONS_LOG: deletionsLog,
    RETENTION: 'account_certfusion=12 months,tls_order=12 months,certificate=12 months,recipient=12 months,ledger=12 months',
  };
  const today = new Date().toISOString().slice(0, 10);
  try {
    const young = (await fillAccount({ database, from: today })).accountId;
    const old = (await fillAccount({ database, from: '2001-01-01' })).accountId;
    await database.statement('delete from legal_holds', []);
    const messages = async (accountId: string) => {
      const [row] = await database.statement<{ n: number }>('select count(*)::integer as n from support_messages where account_id = $1', [
        accountId,
      ]);
      return row?.n ?? 0;
    };
    const write = (accountId: string, resolved: string, many: number) =>
      database.statement(
        `insert into support_messages (account_id, subject, body, from_staff, written_at, resolved_at)
         select $1, 'x', 'x', true, $2::timestamptz, $2::timestamptz from generate_series(1, $3::integer)`,
        [accountId, resolved, many],
      );
    const isThere = async (id: string) => (await database.statement('select from support_messages where id = $1', [id])).length > 0;
    const sessionsSince = async (at: string) =>
      (
        await database.statement(
          'select from pg_stat_activity where datname = current_database() and backend_start > $1::timestamptz and pid <> pg_backend_pid()',
          [at],
        )
      ).length;
    await write(young, `${today}T00:00:00Z`, perRound);
    const before = [await rowsOf(database, young), await messages(young)] as const;
    let killed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const chance = chanceFrom(7_000 + round);
      await write(old, '2001-01-01T00:00:00Z', perRound);
      const [{ id: first, started } = { id: '', started: '' }] = await database.statement<{ id: string; started: string }>(
        'select id, clock_timestamp()::text as started from support_messages where account_id = $1 order by id limit 1',
        [old],
      );
      const sweep = await run(['retention', 'run'], settings);
      let ended = false;
      const end = sweep.ended.then(() => {
        ended = true;
      });
      const connected = async () => ended || (await sessionsSince(started)) > 0;
      await vi.waitFor(async () => expect(await connected()).toBe(true), { timeout: 20_000, interval: 20 });
      while (!ended && (await isThere(first)));
      for (let looks = chance.below(8); looks > 0 && !ended; looks -= 1) await messages(old);
      if (!ended) killed += 1;
      await sweep.kill();
      await end;
    }
    await command(['retention', 'run'], settings);
    return {
      killed,
      stays: [before[0], await rowsOf(database, young)],
      messagesThatStay: [before[1], await messages(young)],
      due: await rowsOf(database, old),
      dueMessages: await messages(old),
    };
  } finally {
    await close();
  }
}
