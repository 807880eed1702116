import { verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headAfter, ledgerSigningKey } from '../../src/store/ledger/chain.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { writtenLeaf } from '../support/ledger-chain.ts';
import { ledgerRows, withLedger } from '../support/ledger-rows.ts';
import { openWorld, type World } from '../support/world.ts';

interface Leaf {
  writer_id: string;
  seq: number;
  leaf: string;
  salt: string;
  account_id: string;
  app_id: string;
  grant_id: string;
  at: string;
  tool: string;
  purpose: string;
  field_names: string[];
  record_count: number;
  outcome: string;
}

describe('the ledger', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
    await Promise.all(Array.from({ length: 40 }, (_, at) => app.call('search_certificates', { limit: 1 + (at % 50) })));
    await app.call('get_certificate_summary', { public_number: 'none' });
    for (let count = 0; count < 5; count += 1) await app.call('get_account_summary');
  });
  afterAll(() => world.close());

  it('has a row for each call, when the answer arrives', async () => {
    for (let count = 0; count < 5; count += 1) {
      const { rows } = await withLedger(world, () => app.call('get_account_summary'));
      expect(rows).toHaveLength(1);
    }
  });

  it('is a chain: each leaf is the hash of its row, each head of all before it, each head signed', async () => {
    const leaves = await world.database.statement<Leaf>(
      `select l.writer_id, l.seq::integer as seq, encode(l.leaf, 'hex') as leaf, encode(d.salt, 'hex') as salt, d.account_id, d.app_id, d.grant_id,
              to_char(d.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, d.tool, d.purpose, d.field_names, d.record_count, d.outcome
       from ledger_leaves l join disclosures d on d.writer_id = l.writer_id and d.seq = l.seq order by l.writer_id, l.seq`,
      [],
    );
    const heads = await world.database.statement<{ writer_id: string; seq: number; head: Uint8Array; signature: Uint8Array }>(
      'select writer_id, seq::integer as seq, head, signature from ledger_heads order by writer_id, seq',
      [],
    );
    const { publicKey } = ledgerSigningKey(
      (await loadPurposeKeys({ orm: world.database.orm, dataKey: testDataKey, clock: world.clock })).ledger,
    );
    expect(new Set(leaves.map(({ writer_id }) => writer_id)).size).toBe(1);
    expect(leaves.map(({ seq }) => seq)).toEqual(leaves.map((_, at) => at + 1));
    const chain = leaves.reduce<Buffer[]>(
      (found, { leaf }) => [...found, headAfter(found.at(-1) ?? Buffer.alloc(32), Buffer.from(leaf, 'hex'))],
      [],
    );
    for (const row of leaves) expect(writtenLeaf(row).toString('hex')).toBe(row.leaf);
    for (const { seq, head, signature } of heads) {
      expect(Buffer.from(head).toString('hex')).toBe(chain[seq - 1]?.toString('hex'));
      expect(verify(null, head, publicKey, signature)).toBe(true);
    }
    expect(heads.at(-1)?.seq).toBe(leaves.length);
    expect(heads.length).toBeLessThanOrEqual(leaves.length);
    expect(new Set(leaves.map(({ salt }) => salt)).size).toBe(leaves.length);
  });

  it('that cannot be written lets nothing out: try_later, no data, no row; then it goes on in a new chain', async () => {
    const before = await ledgerRows(world);
    await world.database.statement('alter table ledger_heads rename to ledger_heads_away', []);
    const answers = await Promise.all(
      ['get_account_summary', 'search_certificates', 'search_recipients', 'get_certificate_summary'].map((tool) => app.call(tool)),
    );
    await world.database.statement('alter table ledger_heads_away rename to ledger_heads', []);
    for (const answer of answers) {
      expect(answer.error).toBe('try_later');
      expect(answer.text).toBe('{"error":{"code":"try_later","message":"This cannot be answered now. Try again later."}}');
    }
    expect(await ledgerRows(world)).toEqual(before);
    expect((await app.call('get_account_summary')).error).toBeNull();
    const writers = await world.database.statement('select distinct writer_id from ledger_leaves', []);
    expect(writers).toHaveLength(2);
  });

  it('one app’s death in a batch takes none of the others with it', async () => {
    const dying = await connect(world, { name: 'Dying app' });
    const [before] = await world.database.statement<{ count: number }>('select count(*)::integer as count from disclosures', []);
    const calls = Array.from({ length: 30 }, (_, at) => (at % 3 === 0 ? dying : app).call('get_account_summary'));
    const revoked = world.database.statement(`update apps set status = 'revoked' where name = 'Dying app'`, []);
    const answers = await Promise.all(calls);
    await revoked;
    const others = answers.filter((_, at) => at % 3 !== 0);
    expect(others.filter(({ structured }) => structured === null)).toEqual([]);
    const ended = answers.filter(({ structured }, at) => at % 3 === 0 && structured === null);
    expect(ended.filter(({ status, error }) => status !== 401 && error !== 'not_available')).toEqual([]);
    const [after] = await world.database.statement<{ count: number }>('select count(*)::integer as count from disclosures', []);
    expect((after?.count ?? 0) - (before?.count ?? 0)).toBe(answers.filter(({ status }) => status === 200).length);
  });
});
