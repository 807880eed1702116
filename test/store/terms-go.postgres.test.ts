import { expect, it } from 'vitest';
import { deleteService } from '../../src/store/rights/erasure.ts';
import { asAdministrator } from '../support/administrator.ts';
import { openTestDatabase } from '../support/engines.ts';

it('the search terms of a service go with it even where their trigger is switched off; another owner’s stay', async () => {
  const opened = await openTestDatabase({ demo: true });
  const { database } = opened;
  const termsOf = async (email: string) => {
    const [row] = await database.statement<{ terms: number; id: string }>(
      `select a.id, (select count(*)::integer from recipient_terms t where t.account_id = a.id)
         + (select count(*)::integer from certificate_terms t where t.account_id = a.id) as terms from accounts a where a.email = $1`,
      [email],
    );
    return row ?? { terms: 0, id: '' };
  };
  try {
    await asAdministrator(opened, (run) =>
      run('alter table recipients disable trigger forget_terms; alter table certificates disable trigger forget_terms'),
    );
    const [ada, grace] = [await termsOf('ada@example.com'), await termsOf('grace@example.com')];
    expect(Math.min(ada.terms, grace.terms)).toBeGreaterThan(0);
    await database.orm.transaction((tx) => deleteService({ tx, accountId: ada.id, service: 'certfusion' }));
    expect((await termsOf('ada@example.com')).terms).toBe(0);
    expect((await termsOf('grace@example.com')).terms).toBe(grace.terms);
  } finally {
    await opened.close();
  }
});
