import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/engine/db.ts';
import { command } from '../support/command-line.ts';
import { connect } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { certveil, startServer, type ServerProcess, type Settings } from '../support/server-process.ts';

const wrongKey = { code: 1, stdout: '', stderr: 'certveil: DATA_KEY does not open the keys in this database\n' };
const [next, wrong] = [randomBytes(32), randomBytes(32)];
const base64 = (key: Buffer) => key.toString('base64');

const storedKeys = async ({ statement }: Database) =>
  statement<{ id: string; wrapped: string }>(
    `select id, purpose, encode(wrapped, 'hex') as wrapped, retired_at from purpose_keys order by id`,
    [],
  );

describe('DATA_KEY, when it is changed', { timeout: 120_000 }, () => {
  let place: Installation;
  let settings: Settings & { readonly PORT: string };
  const rotate = (more: Settings, as = command) => as(['keys', 'rotate'], { ...settings, ...more });
  const keys = () => place.inspect(storedKeys);
  const exportedPhone = async () => {
    const { stdout } = await certveil(['export', '--account', 'ada@example.com'], settings);
    return (JSON.parse(stdout) as { data: { accounts: { phone: string }[] } }).data.accounts[0]?.phone;
  };

  const rotateBeside = async (server: ServerProcess, use: () => Promise<unknown>) => {
    const before = await keys();
    const { code, stdout, stderr } = await rotate({ DATA_KEY_NEXT: base64(next) }, certveil);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Every key is wrapped by the new key\.[^]*set DATA_KEY to what DATA_KEY_NEXT is now/);
    const meanwhile = await use();
    await server.kill();
    return { before, after: await keys(), meanwhile };
  };

  beforeAll(async () => {
    place = await openInstallation();
    settings = { ...place.settings, DATA_KEY: base64(testDataKey) };
  });
  afterAll(() => place.close());

  it('changes nothing without a new key, with a bad one, or when the old one does not open every key', async () => {
    const before = await keys();
    expect(before.length).toBeGreaterThan(5);
    expect((await rotate({})).stderr).toBe('certveil: DATA_KEY_NEXT must be set to the new key\n');
    expect((await rotate({ DATA_KEY_NEXT: 'short' })).stderr).toBe(
      'certveil: DATA_KEY_NEXT must be 32 random bytes in base64 or hexadecimal\n',
    );
    expect(await rotate({ DATA_KEY: base64(wrong), DATA_KEY_NEXT: base64(next) }, certveil)).toEqual(wrongKey);
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
    expect(rotated.meanwhile).toEqual(same);
    const refused = await certveil([], settings);
    expect([refused.code, refused.stdout, refused.stderr.trimEnd().split('\n').at(-1)]).toEqual([1, '', wrongKey.stderr.trimEnd()]);
    settings = { ...settings, DATA_KEY: base64(next) };
    const restarted = await startServer(settings);
    expect(await list()).toEqual(same);
    expect((await app.call('search_certificates', { limit: 2, cursor: first.next_cursor })).error).toBe(null);
    expect((await app.person.get('/dashboard/account')).status).toBe(200);
    await restarted.kill();
    const verified = await command(['ledger', 'verify'], settings);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/^The database: [1-9]\d* rows in \d+ chains? under/)]);
    expect(await exportedPhone()).toMatch(/\d/);
  });

  it('is the new one however often the command runs', async () => {
    const before = await keys();
    expect((await rotate({ DATA_KEY_NEXT: base64(next) })).stdout).toBe('The new key holds already.\n');
    expect((await rotate({ DATA_KEY: base64(testDataKey), DATA_KEY_NEXT: base64(next) })).stdout).toBe('The new key holds already.\n');
    expect(await keys()).toEqual(before);
  });
});
