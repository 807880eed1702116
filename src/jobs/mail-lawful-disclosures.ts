import { dayOf, type Clock } from '../words/dates.ts';
import { disclosedOutsideMail } from '../policy/mail.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { queueMail } from '../store/mail/outbox.ts';
import { lockUntold, markTold } from '../store/ledger/lawful-disclosures.ts';

export interface TellDeps {
  readonly orm: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly publicUrl: string;
  readonly clock: Clock;
}

/** Mails those whose data was disclosed outside the tools, as soon as the law allows it (CS-39). Answers how many. */
export async function tellOutside({ orm, key, publicUrl, clock }: TellDeps): Promise<number> {
  const now = clock();
  const tellNext = () =>
    orm.transaction(async (tx) => {
      const untold = await lockUntold({ tx, today: dayOf(now) });
      if (!untold) return false;
      await queueMail({ tx, key, now, to: untold.email, message: disclosedOutsideMail({ publicUrl }), accountId: untold.accountId });
      await markTold({ tx, id: untold.id, now });
      return true;
    });
  let told = 0;
  while (await tellNext()) told += 1;
  return told;
}
