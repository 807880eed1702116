import { createHash, randomBytes } from 'node:crypto';
import { authoritiesFor } from '../policy/authorities.ts';
import type { Service } from '../policy/classes.ts';
import { goingOnOf, interestsOf, stoppedOf } from '../policy/objection.ts';
import type { RequestOutcome } from '../policy/requests.ts';
import type { Orm } from '../store/engine/db.ts';
import { renameAccount } from '../store/accounts/account-settings.ts';
import { objectTo } from '../store/rights/corrections.ts';
import { deactivateService } from '../store/apps/end-service.ts';
import type { RequestRow, Move } from '../store/rights/requests.ts';
import { hideRecipient } from '../store/visibility/recipient-rights.ts';
import { hiddenCategoriesOf, hideService } from '../store/visibility/restriction.ts';

/** What a person says with their confirmation. */
export interface Details {
  readonly displayName?: string;
  /** Where they live, work, or were wronged: ISO 3166 codes. */
  readonly places?: readonly string[];
}

export interface Carried {
  readonly done: boolean;
  readonly outcome: RequestOutcome;
  readonly changes?: NonNullable<Move['changes']>;
}

interface Work {
  readonly tx: Orm;
  readonly request: RequestRow;
  readonly service: Service;
  readonly details: Details;
  readonly now: Date;
}

/** Carries out whatever but an erasure a confirmed request asks for, in the transaction that confirms it. */
export async function carryOut(work: Work): Promise<Carried> {
  const { tx, request, service, details, now } = work;
  const { accountId, recipientId } = request;
  if (recipientId !== null) return carryOutForRecipient({ ...work, recipientId });
  switch (request.kind) {
    case 'rectification':
      return rectify(work);
    case 'restriction':
      await hideService({ tx, accountId, service, at: now });
      return { done: true, outcome: { stopped: hiddenCategoriesOf(service) }, changes: { effectiveAt: now } };
    case 'objection':
      return object(work);
    case 'deactivation':
      await deactivateService({ tx, accountId, service, now });
      return { done: true, outcome: {}, changes: { effectiveAt: now } };
    case 'complaint_help':
      return { done: true, outcome: { authorities: authoritiesFor(details.places ?? []) } };
    case 'access':
    case 'portability':
      return { done: true, outcome: {} };
    case 'erasure':
      throw new Error('an erasure is carried out by erase');
  }
}

/** A recipient's record leaves everything while an objection is reviewed too; copies and corrections are for staff to give and make. */
async function carryOutForRecipient({ tx, request, recipientId, details, now }: Work & { recipientId: string }): Promise<Carried> {
  const { kind, accountId } = request;
  if (kind === 'restriction' || kind === 'objection') {
    await hideRecipient({ tx, accountId, recipientId, at: now });
    return { done: kind === 'restriction', outcome: { stopped: ['recipients'] }, changes: { effectiveAt: now } };
  }
  return kind === 'complaint_help'
    ? { done: true, outcome: { authorities: authoritiesFor(details.places ?? []) } }
    : { done: false, outcome: {} };
}

/** Effective everywhere at once; of the values only salted hashes are kept (CS-42). Without a value staff look into it. */
async function rectify({ tx, request, details }: Work): Promise<Carried> {
  const renamed = await renameAccount({ tx, accountId: request.accountId, displayName: details.displayName ?? '' });
  return renamed ? corrected('display_name', renamed.before, renamed.after) : { done: false, outcome: {} };
}

/** What a correction leaves behind: the field's name, and salted hashes of both values (CS-42). */
export function corrected(field: string, before: string, after: string): Carried {
  return { done: true, outcome: { corrected: [field] }, changes: { beforeHash: saltedHash(before), afterHash: saltedHash(after) } };
}

/** Direct marketing ends at once; what rests on legitimate interests stops until it has been reviewed, as far as it can (CS-46). */
async function object({ tx, request, service, now }: Work): Promise<Carried> {
  const interests = interestsOf({ service, categories: request.categories });
  const stopped = stoppedOf(interests);
  const outcome = { stopped: ['marketing', ...stopped], goesOn: goingOnOf(interests) };
  await objectTo({ tx, accountId: request.accountId, service, stops: stopped.length > 0, now });
  return { done: stopped.length === 0, outcome, changes: { effectiveAt: now } };
}

function saltedHash(value: string): Uint8Array {
  const salt = randomBytes(16);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(value).digest()]);
}
