import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAdministrator } from '../support/administrator.ts';
import { neverSentColumns } from '../support/canaries.ts';
import { readerRole } from '../support/roles.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

describe('functions of the reader’s owner', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
  });
  afterAll(() => opened.close());

  async function codeOf(body: string): Promise<string> {
    try {
      await asAdministrator(opened, (run) =>
        run(`grant create on schema certveil to ${readerRole};
          create or replace function certveil.probe() returns bigint language plpgsql security definer set search_path = pg_catalog as $probe$
            declare n bigint; begin ${body} return n; end $probe$;
          alter function certveil.probe() owner to ${readerRole};
          select certveil.probe();`),
      );
      return 'allowed';
    } catch (error) {
      return String(Reflect.get(error as object, 'code'));
    }
  }

  const forbidden = neverSentColumns.filter(({ dataClass }) => dataClass !== 'internal');

  it('cannot read any column that is never sent: 42501 on either engine (CF-12 to CF-15)', async () => {
    expect(forbidden.length).toBeGreaterThan(80);
    for (const { table, column } of forbidden) {
      expect(`${table}.${column} ${await codeOf(`select count(${column}) into n from public.${table};`)}`).toBe(`${table}.${column} 42501`);
    }
  });

  it('cannot write anything', async () => {
    for (const body of [
      `update public.apps set status = 'active';`,
      `update public.accounts set display_name = 'x';`,
      `delete from public.disclosures;`,
      `insert into public.ledger_writers (id, started_at) values (gen_random_uuid(), now());`,
      `truncate public.certificates;`,
    ]) {
      expect(await codeOf(body)).toBe('42501');
    }
  });

  it('see no row without an account, and only that account’s with one', async () => {
    const count = `select count(*) into n from public.certificates; if n > 0 then raise exception using errcode = 'XX0' || case when n > 100 then '02' else '01' end; end if;`;
    expect(await codeOf(count)).toBe('allowed');
    expect(await codeOf(`perform set_config('app.account', gen_random_uuid()::text, true); ${count}`)).toBe('allowed');
    expect(await codeOf(`perform set_config('app.account', '', true); ${count}`)).toBe('allowed');
  });
});
