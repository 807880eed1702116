import { and, eq } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { emailKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, memberships } from '../schema/index.ts';

/** Who an import is for: an account's id and the state of its membership in the service, or null. */
export async function findImportAccount({
  orm,
  email,
  service,
}: {
  orm: Orm;
  email: string;
  service: Service;
}): Promise<{ id: string; status: string | null } | null> {
  const [found] = await orm
    .select({ id: accounts.id, status: memberships.status })
    .from(accounts)
    .leftJoin(memberships, and(eq(memberships.accountId, accounts.id), eq(memberships.service, service)))
    .where(eq(accounts.emailKey, emailKey(email)));
  return found ?? null;
}
