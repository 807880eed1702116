import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountRefused, addAccount, disableAccount, isEmpty, listAccounts } from '../../src/store/accounts/new-account.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

const clock = (): Date => new Date('2026-03-04T05:06:07.089Z');
let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

describe('accounts from the command line', () => {
  it('are made with a one-time link of which only the digest is kept, good for a day', async () => {
    const { orm, statement } = test.database;
    expect(await isEmpty({ orm })).toBe(true);
    const { accountId, linkToken } = await addAccount({
      orm,
      clock,
      email: ' Björn@Example.org ',
      displayName: ' Björn\u202e  AB ',
      services: ['certfusion', 'certfusion'],
    });
    expect(linkToken).toMatch(/^[\w-]{43}$/);
    const links = await statement<{ digest: Uint8Array; expires_at: string }>(
      'select digest, expires_at from password_links where account_id = $1',
      [accountId],
    );
    expect(links.map(({ digest }) => Buffer.from(digest).toString('hex'))).toEqual([createHash('sha256').update(linkToken).digest('hex')]);
    expect(new Date(links[0]?.expires_at ?? '').toISOString()).toBe('2026-03-05T05:06:07.089Z');
    expect(await listAccounts({ orm })).toEqual([
      { email: 'Björn@Example.org', displayName: 'Björn AB', services: [{ service: 'certfusion', status: 'active' }], disabled: false },
    ]);
    expect(await isEmpty({ orm })).toBe(false);
  });

  it('are refused for an address that is taken in another case, or is none', async () => {
    const { orm } = test.database;
    const asked = { orm, clock, displayName: 'B', services: ['certumssl'] as const };
    await expect(addAccount({ ...asked, email: 'BJÖRN@example.ORG' })).rejects.toThrow(new AccountRefused('email_taken'));
    await expect(addAccount({ ...asked, email: 'nobody' })).rejects.toThrow(new AccountRefused('email_invalid'));
    await expect(addAccount({ ...asked, email: 'c@example.org', displayName: '\u200b' })).rejects.toThrow(
      new AccountRefused('name_missing'),
    );
    await expect(addAccount({ ...asked, email: 'c@example.org', services: [] })).rejects.toThrow(new AccountRefused('service_missing'));
    expect(await listAccounts({ orm })).toHaveLength(1);
  });

  it('are disabled once, by their address', async () => {
    const { orm } = test.database;
    expect(await disableAccount({ orm, clock, email: 'nobody@example.org' })).toBe(false);
    expect(await disableAccount({ orm, clock, email: 'björn@example.org' })).toBe(true);
    expect(await disableAccount({ orm, clock, email: 'björn@example.org' })).toBe(false);
    expect((await listAccounts({ orm }))[0]?.disabled).toBe(true);
  });
});
