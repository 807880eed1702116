import type { World } from './world.ts';

export interface LinkedCertificate {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly recipientId: string;
  readonly recipientName: string;
  readonly email: string;
}

/** Ada's certificate at this place among those that its link opens. */
export async function linkedCertificate(world: World, at: number): Promise<LinkedCertificate> {
  const [found] = await world.database.statement<LinkedCertificate>(
    `select c.id, c.verification_code as code, c.title, r.id as "recipientId", r.name as "recipientName", r.email
     from certificates c join recipients r on r.id = c.recipient_id join lists l on l.id = c.list_id join accounts a on a.id = c.account_id
     where c.hidden_at is null and r.hidden_at is null and l.hidden_at is null and a.email = 'ada@example.com'
     order by c.public_number offset $1 limit 1`,
    [at],
  );
  if (!found) throw new Error(`Ada has no more than ${at} certificates`);
  return found;
}

/** The code that a certificate's link has now. */
export async function codeNow(world: World, { id }: { readonly id: string }): Promise<string> {
  const [row] = await world.database.statement<{ code: string }>('select verification_code as code from certificates where id = $1', [id]);
  return row?.code ?? '';
}
