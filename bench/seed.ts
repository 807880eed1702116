import { randomBytes, randomUUID } from 'node:crypto';
import { tokenDigest } from '../src/oauth/tokens.ts';
import { acceptedFieldsOf, policyVersion } from '../src/policy/fields.ts';
import { allScopes } from '../src/policy/scopes.ts';
import type { Statement } from '../src/store/db.ts';

/** An account with certificates, and an app that its owner connected. */
export interface Owner {
  readonly accountId: string;
  readonly appId: string;
  readonly grantId: string;
  readonly token: string;
  readonly digest: Uint8Array;
}

export const publicUrl = 'http://localhost';

const recipientsAtMost = 100_000;
const firstDay = '2015-01-01';
const dayCount = 4000;

/** Rows made by the database itself, one statement a table; `statement` is the owner's login. Words for search are left out. */
export async function seedOwner(statement: Statement, { certificates }: { certificates: number }): Promise<Owner> {
  const token = randomBytes(32).toString('base64url');
  const owner = { accountId: randomUUID(), appId: randomUUID(), grantId: randomUUID(), token, digest: tokenDigest(token) };
  await seedConnection(statement, owner);
  await seedCertificates(statement, { accountId: owner.accountId, listId: randomUUID(), certificates });
  return owner;
}

async function seedConnection(statement: Statement, { accountId, appId, grantId, digest }: Owner): Promise<void> {
  const name = accountId.slice(0, 8);
  const scopes = [...allScopes];
  await statement(
    `insert into public.accounts (id, email, email_masked, email_key, display_name, created_at, last_activity_at)
     values ($1, $2, 'o…@example.com', $2, 'Example Academy', now(), now())`,
    [accountId, `owner-${name}@example.com`],
  );
  await statement(
    `insert into public.memberships (account_id, service, status, last_activity_at, created_at) values ($1, 'certfusion', 'active', now(), now())`,
    [accountId],
  );
  await statement(
    `insert into public.apps (id, account_id, client_id, name, redirect_host, status, connected_at, connected_on, status_changed_at)
     values ($1, $2, $3, 'Example app', 'app.example', 'active', now(), current_date, now())`,
    [appId, accountId, `client-${name}`],
  );
  await statement(
    `insert into public.grants (id, account_id, app_id, oidc_grant_id, status, scopes, accepted_fields, policy_version, consented_at)
     values ($1, $2, $3, $4, 'active', $5, $6, $7, now())`,
    [grantId, accountId, appId, `grant-${name}`, scopes, acceptedFieldsOf(scopes), policyVersion],
  );
  await statement(
    `insert into public.oauth_artifacts (kind, digest, payload, account_id, client_id, oidc_grant_id, scope, resource, created_at, expires_at)
     values ('AccessToken', $1, '{}', $2, $3, $4, $5, $6, now(), now() + interval '1 day')`,
    [digest, accountId, `client-${name}`, `grant-${name}`, scopes.join(' '), `${publicUrl}/mcp`],
  );
}

interface Batch {
  readonly accountId: string;
  readonly listId: string;
  readonly certificates: number;
}

async function seedCertificates(statement: Statement, { accountId, listId, certificates }: Batch): Promise<void> {
  const recipients = Math.min(Math.ceil(certificates / 2), recipientsAtMost);
  await statement(
    `insert into public.lists (id, account_id, name, name_key, created_on) values ($1, $2, 'Courses 2025', 'courses 2025', '${firstDay}')`,
    [listId, accountId],
  );
  await statement(
    `insert into public.recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
     select $1, $2, 'Adéle Björk ' || n, 'adele bjork', n, n || '@example.com', n % 10 || '…@example.com', n || '@example.com', now()
     from generate_series(1, $3::integer) n`,
    [accountId, listId, recipients],
  );
  await statement(
    `insert into public.certificates (account_id, list_id, recipient_id, title, public_number, issued_on, expires_on, revoked_on, created_at)
     select $1, $2, r.id, 'Foundations of Data Protection, part ' || n % 40, 'C-' || lpad(n::text, 9, '0'), d.issued_on,
            case when n % 3 <> 0 then d.issued_on + 1095 end, case when n % 50 = 0 then d.issued_on + 30 end, now()
     from generate_series(1, $3::integer) n
     join public.recipients r on r.account_id = $1 and r.name_rank = 1 + n % $4::integer
     cross join lateral (select date '${firstDay}' + (n * 7919::bigint % ${dayCount})::integer as issued_on) d`,
    [accountId, listId, certificates, recipients],
  );
}

/** After what autovacuum would have done by now. */
export async function settled<Result>(statement: Statement, result: Result): Promise<Result> {
  await statement('vacuum analyze', []);
  return result;
}

/** Several owners at once: foreign keys dropped and indexes made anew, or millions of rows would take minutes. */
export async function seedOwners(statement: Statement, sizes: readonly number[]): Promise<Owner[]> {
  const keys = await statement<{ drop: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop from pg_constraint
     where conrelid = 'public.certificates'::regclass and contype = 'f'`,
    [],
  );
  const indexes = await statement<{ drop: string; make: string }>(
    `select 'drop index ' || i.indexrelid::regclass as drop, pg_get_indexdef(i.indexrelid) as make from pg_index i
     where i.indrelid = 'public.certificates'::regclass and not i.indisprimary`,
    [],
  );
  for (const { drop } of [...keys, ...indexes]) await statement(drop, []);
  const owners = [];
  for (const certificates of sizes) owners.push(await seedOwner(statement, { certificates }));
  for (const { make } of indexes) await statement(make, []);
  return settled(statement, owners);
}
