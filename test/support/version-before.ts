import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { allScopes } from '../../src/policy/scopes.ts';
import { urlFor, type Login } from './postgres-logins.ts';

const root = join(import.meta.dirname, '../..');

export interface VersionBefore {
  readonly url: string;
  /** Of its tools' login, a member of `certveil_tools`. */
  readonly toolsUrl: string;
  /** Of a living token for its one account, which has each scope. */
  readonly digest: Uint8Array;
}

/** A database as the last landed version made it, with an account and an app, by the owner who makes the cluster's roles. */
export async function makeVersionBefore({
  adminUrl,
  owner,
  tools,
  database,
}: {
  adminUrl: string;
  owner: Login;
  tools: Login;
  database: string;
}): Promise<VersionBefore> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  const url = urlFor({ adminUrl, login: owner, database });
  await admin.unsafe(`create database ${database} owner ${owner.name}`);
  const own = postgres(url, { max: 1, onnotice: () => undefined });
  const digest = createHash('sha256').update(randomBytes(32)).digest();
  try {
    const made = await readFile(join(root, 'test/fixtures/version-before.sql'), 'utf8');
    await own.unsafe(migrationsUpTo(/^-- after (\S+)/.exec(made)?.[1] ?? '')).simple();
    await own.unsafe(made).simple();
    await own.unsafe(someData(digest)).simple();
    await admin.unsafe(`create role ${tools.name} login password '${tools.password}' in role certveil_tools`);
  } finally {
    await Promise.all([admin.end(), own.end()]);
  }
  return { url, toolsUrl: urlFor({ adminUrl, login: tools, database }), digest };
}

/** The migrations up to one, and the migrator's own record of them. */
function migrationsUpTo(tag: string): string {
  const all = readMigrationFiles({ migrationsFolder: join(root, 'drizzle') });
  const last = Number(/^(\d{4})_/.exec(tag)?.[1]);
  const record = ({ hash, folderMillis }: (typeof all)[number]) =>
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash}', ${folderMillis});`;
  return [
    'create schema drizzle;',
    'create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);',
    ...all.slice(0, last + 1).flatMap((each) => [...each.sql.map((statement) => `${statement};`), record(each)]),
  ].join('\n');
}

function someData(digest: Uint8Array): string {
  const list = (texts: readonly string[]) => `array[${texts.map((text) => `'${text}'`).join(', ')}]`;
  const scopes = list(allScopes);
  const fields = list(acceptedFieldsOf(allScopes));
  return `
    with account as (
      insert into accounts (email, email_masked, email_key, display_name, created_at, last_activity_at)
      values ('ada@example.com', 'a•••@example.com', 'ada@example.com', 'Ada', now(), now()) returning id
    ), member as (
      insert into memberships (account_id, service, status, last_activity_at, created_at)
      select id, s, 'active', now(), now() from account, unnest(array['certfusion', 'certumssl']) s
    ), app as (
      insert into apps (account_id, client_id, name, redirect_host, status, connected_at, connected_on, status_changed_at)
      select id, 'client', 'Example app', 'app.example', 'active', now(), current_date, now() from account returning id, account_id
    ), given as (
      insert into grants (account_id, app_id, oidc_grant_id, status, scopes, accepted_fields, consented_scopes, consented_fields, app_name,
        redirect_host, policy_version, consented_at)
      select account_id, id, 'grant', 'active', ${scopes}, ${fields}, ${scopes}, ${fields}, 'Example app', 'app.example', 'test', now() from app
    )
    insert into oauth_artifacts (kind, digest, payload, account_id, client_id, oidc_grant_id, scope, resource, created_at, expires_at)
    select 'AccessToken', '\\x${Buffer.from(digest).toString('hex')}', '{}', account_id, 'client', 'grant', '${allScopes.join(' ')}',
      'http://localhost/mcp', now(), now() + interval '1 hour' from app;`;
}
