import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../src/policy/tables/all.ts';
import type { TablePolicy } from '../../src/policy/tables/table.ts';
import { canary } from '../../src/demo/canary.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

/** Words of a fixed list, which tell no contact and no document. */
const words = ['vetting_documents.kind', 'order_contacts.role'];

const policies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);
const guarded = policies.flatMap(([table, { columns }]) =>
  Object.entries(columns)
    .filter(([column, [dataClass]]) => ['private_contact', 'vetting'].includes(dataClass) || column.startsWith('mfa_'))
    .map(([column]) => `${table}.${column}`),
);

describe('private contacts, vetting documents and second factors at rest (CS-55c)', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
  });
  afterAll(() => opened.close());

  it('are in sealed columns, whichever the policy marks as such', () => {
    expect(guarded.length).toBeGreaterThan(5);
    expect(guarded.filter((each) => !each.endsWith('_sealed'))).toEqual(words);
  });

  it('stand nowhere in a dump of the database in the clear, though other canaries do', async () => {
    const names = await opened.database.statement<{ name: string }>(
      `select quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')`,
      [],
    );
    const dump = await Promise.all(
      names.map(({ name }) => opened.database.statement<{ row: string }>(`select t::text as row from public.${name} t`, [])),
    );
    const text = dump
      .flat()
      .map(({ row }) => row)
      .join('\n');
    expect(text).toContain(canary('verification_events', 'user_agent', 1).slice(0, 24));
    for (const each of guarded.filter((column) => column.endsWith('_sealed'))) {
      const [table, column] = each.split('.');
      const plain = `canary-${table}-${column}`;
      for (const form of [plain, Buffer.from(plain).toString('hex'), Buffer.from(plain).toString('base64').slice(0, -4)]) {
        expect([each, text.includes(form)]).toEqual([each, false]);
      }
    }
  });
});
