import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { customFields, customValues } from '../schema/index.ts';
import { takeImportTurn } from '../engine/turns.ts';

export interface SharingChange {
  readonly orm: Orm;
  readonly accountId: string;
  readonly listId: string;
  readonly name: string;
  readonly shareable: boolean;
}

/**
 * Moves a custom field's name and all its values into the columns that may leave, or out of them, in one step. No import of the
 * account runs meanwhile. False when the list has no such field that could be changed so.
 */
export async function changeSharing({ orm, accountId, listId, name, shareable }: SharingChange): Promise<boolean> {
  const from = shareable ? customFields.privateName : customFields.sharedName;
  return orm.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`);
    await takeImportTurn({ tx, accountId });
    const [field] = await tx
      .update(customFields)
      .set(shareable ? { sharedName: name, privateName: null } : { sharedName: null, privateName: name })
      .where(and(eq(customFields.accountId, accountId), eq(customFields.listId, listId), eq(from, name), isNull(customFields.hiddenAt)))
      .returning({ id: customFields.id });
    if (!field) return false;
    await tx
      .update(customValues)
      .set({ sharedValue: sql`${customValues.privateValue}`, privateValue: sql`${customValues.sharedValue}` })
      .where(
        and(
          eq(customValues.fieldId, field.id),
          sql`${customValues.certificateId} in (select c.id from certificates c where c.account_id = ${accountId} and c.list_id = ${listId})`,
        ),
      );
    return true;
  });
}
