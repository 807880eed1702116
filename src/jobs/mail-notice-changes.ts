import { dayOf } from '../words/dates.ts';
import { noticeChangedMail } from '../policy/mail.ts';
import { lockUninformed, markInformed } from '../store/mail/notice-mail.ts';
import { queueMail } from '../store/mail/outbox.ts';
import type { TellDeps } from './mail-lawful-disclosures.ts';

const batchSize = 100;

/** Mails owners that a notice has changed, once for each version and in batches, unless they asked for no such mail (CS-07, CS-59). Answers how many. */
export async function tellNotices({ orm, key, publicUrl, clock }: TellDeps): Promise<number> {
  const now = clock();
  let told = 0;
  const tellBatch = () =>
    orm.transaction(async (tx) => {
      const batch = await lockUninformed({ tx, today: dayOf(now), limit: batchSize });
      for (const { email, ...whose } of batch) {
        const { accountId, service } = whose;
        const queued = await queueMail({ tx, key, now, to: email, message: noticeChangedMail({ publicUrl, service }), accountId, service });
        if (queued === 'queued') told += 1;
        await markInformed({ tx, ...whose });
      }
      return batch.length === batchSize;
    });
  while (await tellBatch());
  return told;
}
