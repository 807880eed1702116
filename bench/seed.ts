import { randomBytes, randomUUID } from 'node:crypto';
import { tokenDigest } from '../src/crypto/digest.ts';
import { acceptedFieldsOf, policyVersion } from '../src/policy/fields/all.ts';
import { allScopes } from '../src/policy/scopes.ts';
import type { Statement } from '../src/store/engine/db.ts';

/** An account with certificates, and an app that its owner connected. */
export interface Owner {
  readonly accountId: string;
  readonly email: string;
  readonly appId: string;
  readonly grantId: string;
  readonly token: string;
  readonly digest: Uint8Array;
}

export const publicUrl = 'http://localhost';

const recipientsAtMost = 100_000;
const firstDay = '2015-01-01';
const dayCount = 4000;

/** Rows made by the database itself, one statement a table; `statement` is the owner's login. Words for search are left out: see seedTerms. */
export async function seedOwner(statement: Statement, { certificates }: { certificates: number }): Promise<Owner> {
  const owner = await seedConnection(statement);
  await seedCertificates(statement, { accountId: owner.accountId, listId: randomUUID(), certificates });
  return owner;
}

/** An account without certificates, and an app that may ask for all. */
export async function seedConnection(statement: Statement): Promise<Owner> {
  const token = randomBytes(32).toString('base64url');
  const owner = { accountId: randomUUID(), appId: randomUUID(), grantId: randomUUID(), token, digest: tokenDigest(token) };
  const { accountId, appId, grantId, digest } = owner;
  const name = accountId.slice(0, 8);
  const email = `owner-${name}@example.com`;
  const scopes = [...allScopes];
  await statement(
    `insert into public.accounts (id, email, email_masked, email_key, display_name, created_at, last_activity_at)
     values ($1, $2, 'o…@example.com', $2, 'Example Academy', now(), now())`,
    [accountId, email],
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
    `insert into public.grants (id, account_id, app_id, oidc_grant_id, status, scopes, accepted_fields, consented_scopes, consented_fields,
       app_name, redirect_host, policy_version, consented_at)
     values ($1, $2, $3, $4, 'active', $5, $6, $5, $6, 'Example app', 'app.example', $7, now())`,
    [grantId, accountId, appId, `grant-${name}`, scopes, acceptedFieldsOf(scopes), policyVersion],
  );
  await statement(
    `insert into public.oauth_artifacts (kind, digest, payload, account_id, client_id, oidc_grant_id, scope, resource, created_at, expires_at)
     values ('AccessToken', $1, '{}', $2, $3, $4, $5, $6, now(), now() + interval '1 day')`,
    [digest, accountId, `client-${name}`, `grant-${name}`, scopes.join(' '), `${publicUrl}/mcp`],
  );
  return { ...owner, email };
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
  for (const { drop } of keys) await statement(drop, []);
  const owners: Owner[] = [];
  await withoutIndexes(statement, 'certificates', async () => {
    for (const certificates of sizes) owners.push(await seedOwner(statement, { certificates }));
  });
  return settled(statement, owners);
}

async function withoutIndexes(statement: Statement, table: string, fill: () => Promise<void>): Promise<void> {
  const indexes = await statement<{ drop: string; make: string }>(
    `select 'drop index ' || i.indexrelid::regclass as drop, pg_get_indexdef(i.indexrelid) as make from pg_index i
     where i.indrelid = $1::regclass and not i.indisprimary`,
    [`public.${table}`],
  );
  for (const { drop } of indexes) await statement(drop, []);
  await fill();
  for (const { make } of indexes) await statement(make, []);
}

/** Words that searches are measured with: on every record, on every other one and on the others, on twenty, and each one’s own number. */
export const words = { every: 'data', even: 'even', odd: 'odd', rare: 'zythum' } as const;
const rareRecords = 20;

/** The search terms of owners whose certificates are there. */
export async function seedTerms(statement: Statement, owners: readonly Owner[]): Promise<void> {
  await withoutIndexes(statement, 'certificate_terms', async () => {
    for (const { accountId } of owners) {
      await statement(
        `insert into public.certificate_terms (account_id, certificate_id, issued_on, public_number, term, source)
         select c.account_id, c.id, c.issued_on, c.public_number, w.term, w.source
         from (select x.*, substr(x.public_number, 3)::integer as n, count(*) over () as size from public.certificates x where x.account_id = $1) c
         cross join lateral (values ('${words.every}', 'title'), (case when c.n % 2 = 0 then '${words.even}' else '${words.odd}' end, 'title'),
           (substr(c.public_number, 3), 'public_number'), (case when c.n % (c.size / ${rareRecords}) = 0 then '${words.rare}' end, 'title')) w (term, source)
         where w.term is not null order by w.term, c.issued_on, c.public_number`,
        [accountId],
      );
    }
  });
  await withoutIndexes(statement, 'recipient_terms', async () => {
    for (const { accountId } of owners) {
      await statement(
        `insert into public.recipient_terms (account_id, recipient_id, name_key, name_rank, term, source)
         select r.account_id, r.id, r.name_key, r.name_rank, w.term, 'name'
         from (select x.*, count(*) over () as size from public.recipients x where x.account_id = $1) r
         cross join lateral (values ('${words.every}'), (case when r.name_rank % 2 = 0 then '${words.even}' else '${words.odd}' end),
           (case when r.name_rank % (r.size / ${rareRecords}) = 0 then '${words.rare}' end)) w (term)
         where w.term is not null order by w.term, r.name_rank`,
        [accountId],
      );
    }
  });
  await settled(statement, null);
}
