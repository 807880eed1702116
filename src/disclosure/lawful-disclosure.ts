import { randomBytes, randomUUID, sign } from 'node:crypto';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { firstHead, headAfter, ledgerSigningKey, outsideLeaf, whoseOutside } from '../store/ledger/chain.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { insertOutside, type OutsideDisclosure } from '../store/ledger/lawful-disclosures.ts';

export interface OutsideDeps {
  readonly orm: Orm;
  /** `PurposeKeys.ledger`. */
  readonly key: PurposeKey;
  readonly clock: Clock;
}

/** Enters into the ledger what left outside the tools: a chain of one row, signed (CS-37). Answers the row's id. */
export async function recordOutside({ orm, key, clock }: OutsideDeps, disclosure: OutsideDisclosure): Promise<string> {
  const now = clock();
  const salt = randomBytes(16);
  const { accountId, code, recipient, fieldNames, recordCount, gagUntil, gagReason } = disclosure;
  const whose = whoseOutside(salt, { account_id: accountId, gag_until: gagUntil, gag_reason: gagReason });
  const content = { at: now.toISOString(), code, recipient, field_names: fieldNames, record_count: recordCount };
  const leaf = outsideLeaf(salt, whose, content);
  const head = headAfter(firstHead, leaf);
  const signature = sign(null, head, ledgerSigningKey(key).privateKey);
  const chained = { writerId: randomUUID(), salt, leaf, head, signature, keyId: key.id };
  return orm.transaction((tx) => insertOutside({ tx, disclosure, chained, now }));
}
