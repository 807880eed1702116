import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/words/dates.ts';
import { embeddedDataKey, keepComingKey, settleDataKey } from '../../src/store/engine/embedded-key.ts';
import { loadPurposeKeys, rewrapPurposeKeys, WrongDataKey } from '../../src/store/engine/purpose-keys.ts';
import { openText, placeOf, seal } from '../../src/store/engine/sealing.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';

const [next, wrong] = [randomBytes(32), randomBytes(32)];
const context = placeOf('accounts.phone_sealed', 'row 1');

describe('the purpose keys that DATA_KEY wraps', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
  });
  afterAll(() => opened.close());

  const run = (text: string) => opened.database.statement<{ id: string; wrapped: string }>(text, []);
  const stored = () => run(`select id, purpose, encode(wrapped, 'hex') as wrapped, retired_at from purpose_keys order by id`);
  const load = (dataKey: Buffer) => loadPurposeKeys({ orm: opened.database.orm, dataKey, clock: systemClock });
  const rewrap = (dataKey: Buffer, into: Buffer) => rewrapPurposeKeys({ orm: opened.database.orm, dataKey, next: into });

  it('are the same under another DATA_KEY, which alone opens them from then on; twice is once', async () => {
    const before = await load(testDataKey);
    expect(await rewrap(testDataKey, next)).toBe(true);
    expect(await load(next)).toEqual(before);
    await expect(load(testDataKey)).rejects.toThrow(WrongDataKey);
    expect(await rewrap(testDataKey, next)).toBe(false);
    expect(await rewrap(next, testDataKey)).toBe(true);
    expect(await load(testDataKey)).toEqual(before);
  });

  it('all stay as they are when the old DATA_KEY does not open one of them', async () => {
    const [first] = await stored();
    await run(`update purpose_keys set wrapped = '\\x00' where id = '${first?.id}'`);
    const broken = await stored();
    await expect(rewrap(testDataKey, next)).rejects.toThrow(WrongDataKey);
    expect(await stored()).toEqual(broken);
    await run(`update purpose_keys set wrapped = decode('${first?.wrapped}', 'hex') where id = '${first?.id}'`);
    await expect(rewrap(wrong, next)).rejects.toThrow(WrongDataKey);
    expect(await rewrap(testDataKey, testDataKey)).toBe(false);
  });

  it('are made where one is missing, but never under a DATA_KEY that does not open the others', async () => {
    await run(`update purpose_keys set purpose = 'aside' where purpose = 'cursors'`);
    const without = await stored();
    await expect(load(wrong)).rejects.toThrow(WrongDataKey);
    expect(await stored()).toEqual(without);
    expect((await load(testDataKey)).cursors.bytes).toHaveLength(32);
    expect(await stored()).toHaveLength(without.length + 1);
    await run(`delete from purpose_keys where purpose = 'cursors'`);
    await run(`update purpose_keys set purpose = 'cursors' where purpose = 'aside'`);
  });

  it('CS-55c: columns sealed under a purpose key that was replaced stay readable, also after DATA_KEY changed; new ones name the new key', async () => {
    const { columns: old } = await load(testDataKey);
    const sealed = seal(old, '+44 20', context);
    await run(`update purpose_keys set retired_at = now() where id = '${old.id}'`);
    const { columns: current } = await load(testDataKey);
    expect(current.id).not.toBe(old.id);
    expect(
      Buffer.from(seal(current, '', context))
        .subarray(0, 16)
        .toString('hex'),
    ).toBe(current.id.replaceAll('-', ''));
    expect(openText(current, sealed, context)).toBe('+44 20');
    await rewrap(testDataKey, next);
    expect(openText((await load(next)).columns, sealed, context)).toBe('+44 20');
  });

  it('kept in DATA_DIR: an interrupted change leaves the file that opens the database, readable by its owner only', async () => {
    const { orm } = opened.database;
    const directory = await mkdtemp(join(tmpdir(), 'certveil-key-'));
    const current = await embeddedDataKey({ directory });
    await rewrap(next, current);
    const settle = (dataKey: Buffer) => settleDataKey({ directory, orm, dataKey });
    expect(await settle(current)).toEqual(current);
    // Before the database was changed.
    await keepComingKey({ directory, key: next });
    expect([await settle(current), await embeddedDataKey({ directory })]).toEqual([current, current]);
    // After it was changed, before the file was.
    await keepComingKey({ directory, key: next });
    await rewrap(current, next);
    expect([await settle(current), await embeddedDataKey({ directory })]).toEqual([next, next]);
    expect((await stat(join(directory, 'data.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['data.key']);
    await rm(directory, { recursive: true });
  });
});
