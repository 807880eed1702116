import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOutside } from '../../src/disclosure/lawful-disclosure.ts';
import { verifyLedger, type LedgerReport } from '../../src/disclosure/verify-ledger.ts';
import { verifyProof } from '../../src/disclosure/verify-proof.ts';
import type { LedgerProof } from '../../src/policy/ledger-proof.ts';
import { sweepRetention } from '../../src/jobs/retention.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { loadLedgerKeys, loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { sweepOf } from '../support/clock.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const tables = ['ledger_heads', 'ledger_leaves', 'disclosures', 'ledger_writers'] as const;

describe('the ledger, checked', () => {
  let world: World;
  let mine: ConnectedApp;
  let hers: ConnectedApp;
  let file: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    mine = await connect(world);
    hers = await connect(world, { owner: grace });
    for (let count = 0; count < 4; count += 1) {
      await mine.call('get_account_summary');
      await hers.call('get_account_summary');
    }
    await Promise.all([mine, hers, mine, hers, mine].map((app) => app.call('search_certificates', { limit: 2 })));
    file = (await mine.person.get('/dashboard/disclosures/heads.json')).body;
    for (const table of tables) await run(`create table kept_${table} as table ${table}`);
    // Whoever changes the ledger as its owner takes away first what keeps a leaf beside its head.
    await run('alter table ledger_heads drop constraint ledger_heads_leaf');
  });
  afterAll(() => world.close());

  const run = (text: string) => world.database.statement(text, []);
  const proof = () => JSON.parse(file) as LedgerProof;
  const check = async (kept?: readonly string[]): Promise<LedgerReport> =>
    verifyLedger({
      orm: world.database.orm,
      keys: await loadLedgerKeys({ orm: world.database.orm, dataKey: testDataKey }),
      ...(kept && { kept }),
    });
  const restore = async () => {
    for (const table of tables) await run(`delete from ${table}`);
    for (const table of tables.toReversed()) await run(`insert into ${table} select * from kept_${table}`);
  };
  const after = async (...changes: readonly string[]) => {
    for (const change of changes) await run(change);
    const { problems } = await check(proof().heads.map(({ head }) => head));
    await restore();
    return problems;
  };

  it('holds as it was written, also against the heads that an owner kept', async () => {
    expect(await check(proof().heads.map(({ head }) => head))).toMatchObject({ chains: 1, rows: 13, pruned: 0, problems: [] });
    expect(verifyProof(proof())).toMatchObject({ rows: 7, problems: [] });
  });

  it.each([
    ['tool = $$other$$', 2],
    ['record_count = record_count + 1', 1],
    ['field_names = field_names || $${email}$$', 3],
    ['outcome = $$failed$$', 1],
    ['at = at - interval $$1 ms$$', 4],
    ['day = day - 1', 4],
    ['salt = decode(md5($$x$$), $$hex$$)', 5],
    [
      'app_id = (select id from apps order by id desc limit 1), grant_id = (select id from grants where app_id = (select id from apps order by id limit 1))',
      6,
    ],
  ])('shows that a row was altered: %s', async (change, seq) => {
    expect(await after(`update disclosures set ${change} where seq = ${seq}`)).toEqual([
      `chain 1: row ${seq} is not what its leaf was made of`,
    ]);
  });

  it('shows that a leaf was altered together with its row', async () => {
    const problems = await after(
      'update disclosures d set salt = o.salt, tool = o.tool, record_count = o.record_count, field_names = o.field_names, at = o.at, account_id = o.account_id, app_id = o.app_id, grant_id = o.grant_id from disclosures o where d.seq = 3 and o.seq = 1',
      'update ledger_leaves l set leaf = o.leaf from ledger_leaves o where l.seq = 3 and o.seq = 1',
    );
    expect(problems).toContain('chain 1: the head of row 3 is not that of its chain');
    expect(problems.some((each) => each.startsWith('the kept head'))).toBe(true);
  });

  it('shows that a row was dropped', async () => {
    const problems = await after(
      'delete from disclosures where seq = 5',
      'delete from ledger_leaves where seq = 5',
      'delete from ledger_heads where seq = 5',
    );
    expect(problems).toContain('chain 1: row 5 is missing');
    expect(problems).toContain('chain 1: the head of row 6 is not that of its chain');
  });

  it('shows that a row was dropped and the gap closed', async () => {
    const problems = await after(
      ...['disclosures', 'ledger_leaves', 'ledger_heads'].flatMap((table) => [
        `delete from ${table} where seq = 5`,
        `update ${table} set seq = seq + 1000 where seq > 5`,
        `update ${table} set seq = seq - 1001 where seq > 1000`,
      ]),
    );
    expect(problems).toContain('chain 1: the head of row 5 is not that of its chain');
  });

  it('shows that a row was inserted, at the end, in the middle, or beside the chain', async () => {
    const row =
      'select writer_id, 14, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome from disclosures where seq = 1';
    const leaf = 'insert into ledger_leaves select writer_id, 14, leaf from ledger_leaves where seq = 1';
    expect(await after(`insert into disclosures ${row}`)).toEqual(['rows that are in no chain: 1']);
    expect(await after(leaf, `insert into disclosures ${row}`)).toEqual(['chain 1: no head signs its rows after 13']);
    const forged = await after(
      leaf,
      `insert into disclosures ${row}`,
      'insert into ledger_heads select writer_id, 14, sha256(head || (select leaf from ledger_leaves where seq = 14)), signature, key_id, signed_at from ledger_heads where seq = 13',
    );
    expect(forged).toEqual(['chain 1: the head of row 14 is not signed by a key of the ledger']);
  });

  it('tells a head without rows that nobody signed, as one call of the tools’ login once made it, from a chain that lost its rows', async () => {
    const stranger = '44444444-4444-4444-8444-444444444444';
    await run(`insert into ledger_writers (id, started_at) values ('${stranger}', now())`);
    const head = (writer: string, seq: number) =>
      run(`insert into ledger_heads values (${writer}, ${seq}, decode(repeat('00', 32), 'hex'), decode(repeat('00', 64), 'hex'),
        (select key_id from ledger_heads limit 1), now())`);
    await head(`'${stranger}'`, 7);
    expect(await check()).toMatchObject({ strangers: 1, problems: [] });
    await run(`delete from ledger_heads where writer_id = '${stranger}'`);
    await head('(select writer_id from ledger_leaves limit 1)', 70);
    const beside = await check();
    await restore();
    const taken = ['disclosures', 'ledger_leaves'].map((table) => `delete from ${table}`);
    expect([beside.strangers, beside.problems]).toEqual([0, ['chain 1: its rows end at 13, and a head signs row 70']]);
    expect(await after(...taken)).toContain('chain 1: its rows end at 0, and a head signs row 1');
  });

  it('shows that rows were reordered', async () => {
    const swapped = ['disclosures', 'ledger_leaves'].flatMap((table) => [
      `update ${table} set seq = 1002 where seq = 2`,
      `update ${table} set seq = 2 where seq = 3`,
      `update ${table} set seq = 3 where seq = 1002`,
    ]);
    expect(await after(...swapped)).toContain('chain 1: the head of row 2 is not that of its chain');
  });

  it('shows that the end was cut off, by its own last head or by one that an owner kept', async () => {
    const cut = ['disclosures', 'ledger_leaves'].map((table) => `delete from ${table} where seq > 6`);
    expect(await after(...cut)).toContain('chain 1: its rows end at 6, and a head signs row 7');
    const problems = await after(...cut, 'delete from ledger_heads where seq > 6');
    expect(problems.length).toBeGreaterThan(0);
    for (const each of problems) expect(each).toMatch(/^the kept head [0-9a-f]{64} is in no chain: rows were taken out or changed since$/);
    const all = await after(...tables.map((table) => `delete from ${table}`));
    expect(all).toHaveLength(proof().heads.length);
  });

  it('still holds when rows were pruned at the end of their period: content and salt are gone, leaves stay', async () => {
    await run('delete from disclosures where seq <= 4');
    const pruned = await check(proof().heads.map(({ head }) => head));
    const later = (await mine.person.get('/dashboard/disclosures/heads.json')).body;
    await restore();
    expect(pruned).toMatchObject({ rows: 13, pruned: 4, problems: [] });
    expect(verifyProof(JSON.parse(later))).toMatchObject({ rows: 5, problems: [] });
  });

  it('is checked by an owner offline: a file with a row altered, dropped, inserted or moved doesn’t hold', () => {
    const broken = (change: (file: LedgerProof) => void) => {
      const changed = proof();
      change(changed);
      return verifyProof(changed)?.problems ?? ['another file'];
    };
    const [first, second] = proof().heads;
    if (!first || !second) throw new Error('too few heads');
    const head = (file: LedgerProof) => file.heads[0] ?? first;
    const row = (file: LedgerProof) => head(file).rows[0] ?? { record_count: 0, leaf: 0 };
    expect(broken((file) => (row(file).record_count += 1))).toEqual(['head 1: the row of leaf 0 is not what it was made of']);
    expect(broken((file) => (head(file).leaves[0] = second.leaves[0] ?? ''))).toContain(
      'head 1: its leaves were changed, taken out, put in or moved',
    );
    expect(broken((file) => head(file).leaves.push(second.leaves[0] ?? ''))).toHaveLength(1);
    expect(broken((file) => (head(file).before = second.before))).toHaveLength(1);
    expect(broken((file) => (head(file).signature = second.signature))).toEqual(['head 1: it is not signed by a key of this file']);
    expect(broken((file) => head(file).rows.push(...head(file).rows))).toEqual(['head 1: leaf 0 has two rows']);
    expect(broken((file) => file.keys.splice(0))).not.toEqual([]);
    expect(broken((file) => (file.keys[0] = { ...(file.keys[0] ?? { kty: 'OKP', crv: 'Ed25519', x: '' }), kid: 'x' }))).not.toEqual([]);
    expect(broken((file) => Object.assign(file, { format: 'other' }))).toEqual(['another file']);
  });

  it('shows each of these too where content was pruned before', async () => {
    const pruned = 'delete from disclosures where seq <= 4';
    const without = (seq: string) => ['ledger_leaves', 'ledger_heads'].map((table) => `delete from ${table} where seq ${seq}`);
    expect(await after(pruned)).toEqual([]);
    expect(await after(pruned, 'update ledger_leaves set leaf = sha256(leaf) where seq = 2')).toContain(
      'chain 1: the head of row 2 is not that of its chain',
    );
    expect(await after(pruned, 'update disclosures set record_count = record_count + 1 where seq = 6')).toEqual([
      'chain 1: row 6 is not what its leaf was made of',
    ]);
    expect(await after(pruned, ...without('= 3'))).toContain('chain 1: row 3 is missing');
    const put = `insert into disclosures select writer_id, 2, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome
      from disclosures where seq = 5`;
    expect(await after(pruned, put)).toEqual(['chain 1: row 2 is not what its leaf was made of']);
    const moved = ['1002 where seq = 2', '2 where seq = 3', '3 where seq = 1002'].map((to) => `update ledger_leaves set seq = ${to}`);
    expect(await after(pruned, ...moved)).toContain('chain 1: the head of row 2 is not that of its chain');
    const cut = await after(pruned, 'delete from disclosures where seq > 3', ...without('> 3'));
    expect(cut.length).toBeGreaterThan(0);
    for (const each of cut) expect(each).toMatch(/^the kept head [0-9a-f]{64} is in no chain/);
  });

  it('CS-43, CS-50: holds after a sweep at the end of its period and after an erasure, offline and against the heads that an owner kept', async () => {
    const { orm } = world.database;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: world.clock });
    const accountId = (await accountWith({ orm, email: grace.email })) ?? '';
    const recorded = { code: 'legal_process', recipient: 'District court', fieldNames: ['email'], recordCount: 1 } as const;
    await recordOutside({ orm, key: keys.ledger, clock: world.clock }, { ...recorded, accountId, gagUntil: null, gagReason: null });
    await run(`delete from transactions where account_id = '${accountId}'`);
    const erasing = { orm, clock: world.clock, key: keys.tombstones, deletionsLog: world.deletionsLog };
    const rights = makeRights(erasing);
    for (const service of ['certfusion', 'certumssl'] as const) {
      const { requestId } = await rights.file({ accountId, kind: 'erasure', service, categories: null, channel: 'dashboard' });
      await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } });
    }
    expect(await run(`select id from accounts where id = '${accountId}'`)).toEqual([]);
    const kept = proof().heads.map(({ head }) => head);
    expect(await check(kept)).toMatchObject({ chains: 2, rows: 14, pruned: 7, problems: [] });
    world.clock.advance({ days: 40 });
    await sweepRetention({ ...erasing, ...(await sweepOf(world)), wall: world.clock, periods: { ledger: '1 months' } });
    expect(await run('select 1 from disclosures')).toEqual([]);
    expect(await check(kept)).toMatchObject({ rows: 14, pruned: 14, problems: [] });
    expect(verifyProof(proof())).toMatchObject({ rows: 7, problems: [] });
    for (const table of ['ledger_leaves', 'ledger_heads'])
      await run(`delete from ${table} where writer_id = (select writer_id from kept_ledger_heads limit 1) and seq > 6`);
    expect((await check(kept)).problems).toEqual(expect.arrayContaining([expect.stringMatching(/^the kept head/)]));
  });
});
