import { Readable } from 'node:stream';
import { importCertificates } from '../../src/source/import-certificates.ts';
import { demoPassword } from '../../src/demo/make-demo.ts';
import { owners } from '../../src/demo/owners.ts';
import { emailKey, maskEmail } from '../../src/words/text.ts';
import type { World } from './world.ts';

export interface Owner {
  readonly email: string;
  readonly password: string;
}

type Place = Pick<World, 'database' | 'clock'>;

/** An account of both services, with the demo's password. */
export async function addOwner({ database, clock }: Place, email: string, displayName = email): Promise<Owner> {
  const now = clock().toISOString();
  const [row] = await database.statement<{ id: string }>(
    `insert into accounts (email, email_masked, email_key, display_name, password_hash, created_at, last_activity_at)
     values ($1, $2, $3, $4, $5, $6, $6) returning id`,
    [email, maskEmail(email), emailKey(email), displayName, owners[0]?.passwordHash ?? '', now],
  );
  if (!row) throw new Error('no account was made');
  await database.statement(
    `insert into memberships (account_id, service, status, last_activity_at, created_at)
     select $1, service, 'active', $2, $2 from unnest(array['certfusion', 'certumssl']) service`,
    [row.id, now],
  );
  return { email, password: demoPassword };
}

/** Brings rows through the real import; the columns are the keys of the first row. */
export async function importRows(place: Place, owner: Owner, rows: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  const file = lines.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
  await importCertificates({ ...place, accountEmail: owner.email, input: Readable.from([Buffer.from(file)]) });
}
