import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { allScopes, type Scope } from '../../src/policy/scopes.ts';
import type { Database } from '../../src/store/engine/db.ts';

export interface IssuedToken {
  readonly digest: Uint8Array;
  readonly accountId: string;
  readonly appId: string;
  readonly grantId: string;
}

/** A living grant of an account's new app and the digest of a token for it, written as consent and token endpoint would. */
export async function issueToken(
  { statement }: Pick<Database, 'statement'>,
  { email, scopes = allScopes, kind = 'AccessToken', now }: { email: string; scopes?: readonly Scope[]; kind?: string; now: Date },
): Promise<IssuedToken> {
  const digest = createHash('sha256').update(randomBytes(32)).digest();
  const clientId = randomBytes(8).toString('hex');
  const oidcGrantId = randomBytes(8).toString('hex');
  const [ids] = await statement<{ account: string; app: string; grant: string }>(
    `with app as (
       insert into apps (id, account_id, client_id, name, redirect_host, status, connected_at, connected_on, status_changed_at)
       select $1, id, $2, 'Example app', 'app.example', 'active', $3::timestamptz, $3::date, $3::timestamptz from accounts where email = $4
       returning id, account_id),
     given as (
       insert into grants (account_id, app_id, oidc_grant_id, status, scopes, accepted_fields, consented_scopes, consented_fields, app_name,
         redirect_host, policy_version, consented_at)
       select account_id, id, $5, 'active', $6, $7, $6, $7, 'Example app', 'app.example', 'test', $3::timestamptz from app returning id, account_id, app_id)
     insert into oauth_artifacts (kind, digest, payload, account_id, client_id, oidc_grant_id, scope, resource, created_at, expires_at)
     select $8, $9, '{}', account_id, $2, $5, $10, 'http://localhost/mcp', $3::timestamptz, $3::timestamptz + interval '15 minutes' from given
     returning account_id as account, (select id from app) as app, (select id from given) as grant`,
    [randomUUID(), clientId, now.toISOString(), email, oidcGrantId, [...scopes], acceptedFieldsOf(scopes), kind, digest, scopes.join(' ')],
  );
  if (!ids) throw new Error('no token was issued');
  return { digest, accountId: ids.account, appId: ids.app, grantId: ids.grant };
}
