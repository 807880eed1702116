import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoOwners, demoPassword, DemoRefused, makeDemo } from '../../src/demo/make-demo.ts';
import { addDays, dayOf, systemClock } from '../../src/words/dates.ts';
import { isEmpty } from '../../src/store/accounts/new-account.ts';
import { canariesIn, canariesOf, neverSentColumns, plantedIn, withoutCanary } from '../support/canaries.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { testDataKey } from '../support/templates.ts';

let demo: TestDatabase;
beforeAll(async () => {
  demo = await openTestDatabase({ demo: true });
});
afterAll(() => demo.close());

describe('the demo data', () => {
  it('fills an empty database with two owners who sign in with the documented password', async () => {
    const owners = await demo.database.statement<{ email: string; password_hash: string }>(
      'select email, password_hash from accounts order by email',
      [],
    );
    expect(owners.map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com']);
    expect(demoOwners).toEqual(['ada@example.com', 'grace@example.com']);
    for (const { password_hash } of owners) expect(await verify(password_hash, demoPassword)).toBe(true);
    expect(await isEmpty({ orm: demo.database.orm })).toBe(false);
  });

  it('has in every never-sent column a canary, or a reason why not (BR-03)', async () => {
    const bare: string[] = [];
    for (const column of neverSentColumns) {
      if (['internal', 'control', 'operational'].includes(column.dataClass)) continue;
      const planted = await plantedIn({ database: demo.database, dataKey: testDataKey, column });
      if (planted.length === 0) bare.push(`${column.table}.${column.column}`);
    }
    expect(bare.toSorted()).toEqual(Object.keys(withoutCanary).toSorted());
  });

  it('plants none of its canaries in a column that may leave, but in restricted records', async () => {
    const canaries = await canariesOf({ database: demo.database, dataKey: testDataKey });
    const visible = await demo.database.statement<{ text: string }>(
      `select name as text from lists where hidden_at is null
       union select name || ' ' || email from recipients where hidden_at is null
       union select concat_ws(' ', title, description, public_number) from certificates where hidden_at is null
       union select shared_name from custom_fields where hidden_at is null
       union select shared_value from custom_values where hidden_at is null
       union select concat_ws(' ', common_name, dns_names::text, issuer, organisation_name) from tls_certificates where hidden_at is null
       union select concat_ws(' ', domain, published_field_names::text) from domain_privacy where hidden_at is null`,
      [],
    );
    expect(canaries.length).toBeGreaterThan(1000);
    const everything = visible.map(({ text }) => text).join('\n');
    expect(canariesIn(everything, canaries)).toEqual([]);
  });

  it('has something to show for every question: soon to expire, expired, revoked, issued this quarter, an Ada, every script that a PDF is set in', async () => {
    const today = dayOf(systemClock());
    const [counts] = await demo.database.statement<Record<string, number>>(
      `select count(*) filter (where expires_on between $1::date and $2::date)::integer as soon,
              count(*) filter (where expires_on < $1::date)::integer as expired,
              count(*) filter (where revoked_on is not null)::integer as revoked,
              count(*) filter (where issued_on > $3::date)::integer as recent,
              count(distinct revoked_on)::integer as days_of_revocation
       from certificates where hidden_at is null`,
      [today, addDays(today, 30), addDays(today, -90)],
    );
    expect(Object.entries(counts ?? {}).filter(([, count]) => count < 3)).toEqual([]);
    const names = (await demo.database.statement<{ name: string }>('select name from recipients where hidden_at is null', []))
      .map(({ name }) => name)
      .join(' ');
    expect(names).toContain('Ada Byron');
    for (const script of ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Devanagari', 'Han', 'Hiragana']) {
      expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
  });

  it('has opened links of fourteen months, from addresses that belong to nobody', async () => {
    const [events] = await demo.database.statement<{ count: number; months: number; strangers: number }>(
      `select count(*)::integer as count, count(distinct date_trunc('month', at))::integer as months,
              count(*) filter (where ip not like '203.0.113.%')::integer as strangers from verification_events`,
      [],
    );
    expect(events?.count).toBeGreaterThan(500);
    expect(events?.months).toBeGreaterThanOrEqual(14);
    expect(events?.strangers).toBe(0);
  });

  it('has published its closed months, so that there is an answer to "were May’s certificates opened"', async () => {
    const months = await demo.database.statement<{ month: string; told: number; suppressed: number }>(
      `select month, count(views)::integer as told, (count(*) - count(views))::integer as suppressed
       from verification_months where hidden_at is null group by month order by month`,
      [],
    );
    expect(months.length).toBeGreaterThanOrEqual(11);
    expect(months.every(({ told }) => told > 0)).toBe(true);
    expect(months.some(({ suppressed }) => suppressed > 0)).toBe(true);
  });

  it('is never made twice over', async () => {
    await expect(makeDemo({ database: demo.database, dataKey: testDataKey, clock: systemClock })).rejects.toThrow(DemoRefused);
    const [row] = await demo.database.statement<{ count: number }>('select count(*)::integer as count from accounts', []);
    expect(row?.count).toBe(2);
  });
});
