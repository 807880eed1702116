import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/policy/dates.ts';
import { loadPurposeKeys, rewrapPurposeKeys, WrongDataKey } from '../../src/store/purpose-keys.ts';
import { openText, placeOf, seal } from '../../src/store/sealing.ts';
import type { Database } from '../../src/store/db.ts';
import { connect } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { certveil, startServer, type ServerProcess, type Settings } from '../support/server-process.ts';

const isEmbedded = () => inject('databases').engine === 'pglite';
const wrongKey = { code: 1, stdout: '', stderr: 'certveil: DATA_KEY does not open the keys in this database\n' };
const inUse = 'certveil: DATA_DIR is in use by a running server. Stop it first.\n';
const [next, after, wrong] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const base64 = (key: Buffer) => key.toString('base64');

const storedKeys = async ({ statement }: Database) =>
  statement<{ id: string; wrapped: string }>(
    `select id, purpose, encode(wrapped, 'hex') as wrapped, retired_at from purpose_keys order by id`,
    [],
  );

describe('DATA_KEY, when it is changed', { timeout: 120_000 }, () => {
  let place: Installation;
  let settings: Settings & { readonly PORT: string };
  const rotate = (more: Settings) => certveil(['keys', 'rotate'], { ...settings, ...more });
  const keys = () => place.inspect(storedKeys);
  const exportedPhone = async () => {
    const { stdout } = await certveil(['export', '--account', 'ada@example.com'], settings);
    return (JSON.parse(stdout) as { data: { accounts: { phone: string }[] } }).data.accounts[0]?.phone;
  };

  /** Rotates to `next` while the server runs, or when embedded after the command was refused and the server ended. */
  const rotateBeside = async (server: ServerProcess, use: () => Promise<unknown>) => {
    const refused = isEmbedded() ? (await rotate({ DATA_KEY_NEXT: base64(next) })).stderr : inUse;
    expect(refused).toBe(inUse);
    if (isEmbedded()) await server.kill();
    const before = await keys();
    const { code, stdout, stderr } = await rotate({ DATA_KEY_NEXT: base64(next) });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Every key is wrapped by the new key\.[^]*set DATA_KEY to what DATA_KEY_NEXT is now/);
    const meanwhile = isEmbedded() ? null : await use();
    await server.kill();
    return { before, after: await keys(), meanwhile };
  };

  beforeAll(async () => {
    place = await openInstallation();
    settings = { ...place.settings, DATA_KEY: base64(testDataKey), DELETIONS_LOG: '/dev/null' };
  });
  afterAll(() => place.close());

  it('changes nothing without a new key, with a bad one, or when the old one does not open every key', async () => {
    const before = await keys();
    expect(before.length).toBeGreaterThan(5);
    expect((await rotate({})).stderr).toBe('certveil: DATA_KEY_NEXT must be set to the new key\n');
    expect((await rotate({ DATA_KEY_NEXT: 'short' })).stderr).toBe(
      'certveil: DATA_KEY_NEXT must be 32 random bytes in base64 or hexadecimal\n',
    );
    expect(await rotate({ DATA_KEY: base64(wrong), DATA_KEY_NEXT: base64(next) })).toEqual(wrongKey);
    expect(await keys()).toEqual(before);
  });

  it('wraps every key anew; the next start needs the new one, and what was signed, sealed and named holds', async () => {
    const server = await startServer(settings);
    const app = await connect(server);
    const list = async () => (await app.call('search_certificates', { limit: 2 })).structured as { next_cursor: string };
    const first = await list();
    const same = { ...first, next_cursor: expect.any(String) as string };
    const rotated = await rotateBeside(server, list);
    expect(rotated.before.map(({ id }) => id)).toEqual(rotated.after.map(({ id }) => id));
    expect(rotated.after.filter(({ wrapped }, at) => wrapped === rotated.before[at]?.wrapped)).toEqual([]);
    expect(rotated.meanwhile ?? same).toEqual(same);
    const refused = await certveil([], settings);
    expect([refused.code, refused.stdout, refused.stderr.trimEnd().split('\n').at(-1)]).toEqual([1, '', wrongKey.stderr.trimEnd()]);
    settings = { ...settings, DATA_KEY: base64(next) };
    const restarted = await startServer(settings);
    expect(await list()).toEqual(same);
    expect((await app.call('search_certificates', { limit: 2, cursor: first.next_cursor })).error).toBe(null);
    expect((await app.person.get('/dashboard/account')).status).toBe(200);
    await restarted.kill();
    const verified = await certveil(['ledger', 'verify'], settings);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/^The database: [1-9]\d* rows in \d+ chains? under/)]);
    expect(await exportedPhone()).toMatch(/\d/);
  });

  it('is the new one however often the command runs; a database half of the one key and half of the other stays as it is', async () => {
    const before = await keys();
    expect((await rotate({ DATA_KEY_NEXT: base64(next) })).stdout).toBe('The new key holds already.\n');
    expect((await rotate({ DATA_KEY: base64(testDataKey), DATA_KEY_NEXT: base64(next) })).stdout).toBe('The new key holds already.\n');
    await place.inspect(async (database) => {
      const { orm, statement } = database;
      const lone = before[0]?.id ?? '';
      await statement(`update purpose_keys set wrapped = '\\x00' where id = $1`, [lone]);
      const broken = await storedKeys(database);
      await expect(rewrapPurposeKeys({ orm, dataKey: next, next: after })).rejects.toThrow(WrongDataKey);
      expect(await storedKeys(database)).toEqual(broken);
      await statement(`update purpose_keys set wrapped = decode($2, 'hex') where id = $1`, [lone, before[0]?.wrapped ?? '']);
    });
  });

  it('leaves no key behind that only a wrong DATA_KEY opens, when a purpose lacks its key', async () => {
    await place.inspect(async ({ orm, statement }) => {
      await statement(`update purpose_keys set purpose = 'columns_aside' where purpose = 'columns'`, []);
      const aside = async () => statement<{ purpose: string }>(`select purpose from purpose_keys where purpose like 'columns%'`, []);
      await expect(loadPurposeKeys({ orm, dataKey: wrong, clock: systemClock })).rejects.toThrow(WrongDataKey);
      expect(await aside()).toEqual([{ purpose: 'columns_aside' }]);
      await statement(`update purpose_keys set purpose = 'columns' where purpose = 'columns_aside'`, []);
    });
  });

  it('CS-55c: columns sealed under a purpose key that was replaced stay readable, and new ones name the new key', async () => {
    await place.inspect(async ({ orm, statement }) => {
      const load = async () => (await loadPurposeKeys({ orm, dataKey: next, clock: systemClock })).columns;
      const old = await load();
      const context = placeOf('accounts.phone_sealed', 'row 1');
      const sealed = seal(old, '+44 20', context);
      await statement(`update purpose_keys set retired_at = now() where id = $1`, [old.id]);
      const current = await load();
      expect(current.id).not.toBe(old.id);
      expect(openText(current, sealed, context)).toBe('+44 20');
      expect(
        Buffer.from(seal(current, '', context))
          .subarray(0, 16)
          .toString('hex'),
      ).toBe(current.id.replaceAll('-', ''));
      expect(await rewrapPurposeKeys({ orm, dataKey: next, next: after })).toBe(true);
      expect(openText((await loadPurposeKeys({ orm, dataKey: after, clock: systemClock })).columns, sealed, context)).toBe('+44 20');
      expect(await rewrapPurposeKeys({ orm, dataKey: after, next })).toBe(true);
    });
    expect(await exportedPhone()).toMatch(/\d/);
  });
});

describe('the key in DATA_DIR', { timeout: 120_000 }, () => {
  it.runIf(isEmbedded())('is replaced by one that is made; an interruption at any point leaves a directory that starts', async () => {
    const place = await openInstallation();
    const directory = place.settings['DATA_DIR'] ?? '';
    const keyFile = join(directory, 'data.key');
    const read = async () => Buffer.from(await readFile(keyFile, 'utf8'), 'base64');
    const opens = async () => (await certveil(['account', 'list'], place.settings)).code;
    expect((await certveil(['keys', 'rotate'], place.settings)).stdout).toMatch(/DATA_DIR holds it\.\n$/);
    const made = await read();
    expect(made.equals(testDataKey)).toBe(false);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    // Before the database was changed.
    await writeFile(`${keyFile}.next`, base64(next));
    expect([await opens(), (await read()).equals(made)]).toEqual([0, true]);
    // After it was changed, before the file was.
    await writeFile(`${keyFile}.next`, base64(next));
    await place.inspect(async ({ orm }) => expect(await rewrapPurposeKeys({ orm, dataKey: made, next })).toBe(true));
    expect([await opens(), (await read()).equals(next)]).toEqual([0, true]);
    expect((await readdir(directory)).filter((name) => name.startsWith('data.key'))).toEqual(['data.key']);
    await place.close();
  });
});
