import { services } from '../policy/classes.ts';
import type { Clock } from '../words/dates.ts';
import { heldCategoryNames } from '../policy/categories.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { endEveryToken } from '../store/apps/end-every-token.ts';
import { isUnderHold } from '../store/rights/erasure.ts';
import { deleteRecipient } from '../store/visibility/recipient-rights.ts';
import { addTombstone, allAccountIds, recipientIds } from '../store/rights/tombstones.ts';
import type { Deletion } from './deletions-log.ts';
import { missingDeletions } from './deletions.ts';
import { erase } from './erase.ts';
import { tombstoneOf, type Erasable } from './tombstones.ts';

export interface Replayed {
  /** Deletions of the file that this database didn't know. */
  readonly missing: number;
  /** Of these, those whose data it held again; the data is gone now. */
  readonly erased: number;
  /** Those that a legal hold of the restored database forbids: they stay missing. */
  readonly held: number;
  readonly tokens: number;
}

interface ReplayDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  /** `PurposeKeys.tombstones` of the database that was backed up. */
  readonly key: PurposeKey;
}

/**
 * Makes a restored database forget what was erased since its backup, and ends every token and sign-in that it brought back. What
 * retention had ended is only noted: its clocks have run out here too, and the next sweep ends it. May be run again.
 */
export async function replayDeletions(deps: ReplayDeps & { readonly deletions: readonly Deletion[] }): Promise<Replayed> {
  const { orm, clock, deletions } = deps;
  const missing = await missingDeletions({ orm, deletions });
  const owners = await ownersByHash(deps, missing);
  const counts = { erased: 0, held: 0 };
  for (const deletion of missing) {
    const owner = owners.get(deletion.hash);
    if (!(await replay(deps, deletion, owner))) counts.held += 1;
    else if (owner) counts.erased += 1;
  }
  return { missing: missing.length, ...counts, tokens: await endEveryToken({ orm, now: clock() }) };
}

/** False when a legal hold forbids it. */
async function replay({ orm, key }: ReplayDeps, { hash, kind, deletedAt }: Deletion, owner: Owner | undefined): Promise<boolean> {
  return orm.transaction(async (tx) => {
    if (owner && (await isUnderHold({ tx, accountId: owner.accountId }))) return false;
    if (owner?.recipientId) await deleteRecipient({ tx, accountId: owner.accountId, recipientId: owner.recipientId });
    else if (owner) {
      const service = services.find((each) => each === owner.kind);
      const what = service ? { service, categories: null } : { service: services[0], categories: [owner.kind] };
      await erase({ tx, accountId: owner.accountId, ...what, key, held: false, now: deletedAt });
    }
    await addTombstone({ tx, hash: Buffer.from(hash, 'hex'), kind, now: deletedAt });
    return true;
  });
}

interface Owner {
  readonly accountId: string;
  readonly kind: Erasable;
  readonly recipientId?: string;
}

const recipientsAtOnce = 5_000;

/** Whose the missing deletions are, of those that this database holds. */
async function ownersByHash({ orm, key }: ReplayDeps, missing: readonly Deletion[]): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  const wanted = new Set(missing.map(({ hash }) => hash));
  const look = (id: string, owner: Owner): void => {
    const hash = Buffer.from(tombstoneOf({ key, kind: owner.kind, id }).hash).toString('hex');
    if (wanted.has(hash)) owners.set(hash, owner);
  };
  for (const accountId of wanted.size > 0 ? await allAccountIds({ orm }) : [])
    for (const kind of [...services, ...heldCategoryNames]) look(accountId, { accountId, kind });
  let after: string | null = null;
  while (missing.some(({ kind }) => kind === 'recipient')) {
    const page = await recipientIds({ orm, after, limit: recipientsAtOnce });
    for (const { id, accountId } of page) look(id, { accountId, kind: 'recipient', recipientId: id });
    after = page.at(-1)?.id ?? null;
    if (page.length < recipientsAtOnce) break;
  }
  return owners;
}
