import type { Orm } from '../engine/db.ts';
import { minorErasures } from '../schema/index.ts';

interface Noting {
  readonly tx: Orm;
  readonly at: Date;
  readonly staffName: string;
  readonly subject: 'account' | 'recipient';
  readonly recordCount: number;
}

/** Who had a minor's data deleted; it stays when the account and its requests are gone, and says nothing of whose it was. */
export async function noteMinorErasure({ tx, ...noted }: Noting): Promise<void> {
  await tx.insert(minorErasures).values(noted);
}
