import { asc, eq, inArray, sql } from 'drizzle-orm';
import { emailKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, privacyRequests, requestSteps } from '../schema/index.ts';
import { requestColumns, type RequestRow } from './requests.ts';

export async function accountWith({ orm, email }: { orm: Orm; email: string }): Promise<string | null> {
  const [found] = await orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.emailKey, emailKey(email)));
  return found?.id ?? null;
}

export interface StaffLine extends RequestRow {
  readonly email: string;
}

/** Requests that wait for somebody, the first due first; or all of an account's. */
export async function requestsForStaff({ orm, accountId }: { orm: Orm; accountId: string | null }): Promise<StaffLine[]> {
  const open = inArray(privacyRequests.status, ['awaiting_confirmation', 'identity_check', 'in_progress']);
  return orm
    .select({ ...requestColumns, email: accounts.email })
    .from(privacyRequests)
    .innerJoin(accounts, eq(accounts.id, privacyRequests.accountId))
    .where(accountId === null ? open : eq(privacyRequests.accountId, accountId))
    .orderBy(asc(privacyRequests.dueOn), asc(privacyRequests.ordinal));
}

export interface StepLine {
  readonly at: Date;
  readonly actor: string;
  readonly staffName: string | null;
  readonly status: string;
}

// Several may be taken in one instant.
const inOrder = sql`array_position(array['awaiting_confirmation', 'identity_check', 'in_progress', 'done'], ${requestSteps.status})`;

export async function stepsOf({ orm, requestId }: { orm: Orm; requestId: string }): Promise<StepLine[]> {
  return orm
    .select({ at: requestSteps.at, actor: requestSteps.actor, staffName: requestSteps.staffName, status: requestSteps.status })
    .from(requestSteps)
    .where(eq(requestSteps.requestId, requestId))
    .orderBy(asc(requestSteps.at), asc(inOrder));
}
