import { sql } from 'drizzle-orm';
import { check, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytea, id, instant, key } from './columns.ts';

/** Clients of dynamic registration (RFC 7591) and fetched metadata documents. None has a secret. */
export const oauthClients = pgTable(
  'oauth_clients',
  {
    clientId: key('client_id').primaryKey(),
    payload: jsonb('payload').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Of a metadata document: when its host last served it, and from when on it is fetched again. Null for a registered client. */
    fetchedAt: instant('fetched_at'),
    freshUntil: instant('fresh_until'),
    /** When the first account connected it; null while none has. */
    connectedAt: instant('connected_at'),
  },
  (t) => [
    index('oauth_clients_unused')
      .on(t.createdAt)
      .where(sql`${t.connectedAt} is null`),
  ],
);

/** What oidc-provider keeps: codes, tokens, sessions, interactions, its own grants. The digest stands for the secret. */
export const oauthArtifacts = pgTable(
  'oauth_artifacts',
  {
    kind: key('kind').notNull(),
    digest: bytea('digest').notNull(),
    payload: jsonb('payload').notNull(),
    accountId: uuid('account_id'),
    clientId: key('client_id'),
    oidcGrantId: key('oidc_grant_id'),
    uid: key('uid'),
    /** Of access and refresh tokens: space-separated scopes and the resource (RFC 8707) that they were issued for. */
    scope: text('scope'),
    resource: text('resource'),
    /** The answer of a just rotated refresh token, encrypted under that token, for a retry within the window. */
    replaySealed: bytea('replay_sealed'),
    createdAt: instant('created_at').notNull(),
    consumedAt: instant('consumed_at'),
    expiresAt: instant('expires_at'),
    /** Of sessions: the last day on which a page was opened. */
    lastSeenOn: date('last_seen_on', { mode: 'string' }),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.digest] }),
    index('oauth_artifacts_grant').on(t.oidcGrantId),
    index('oauth_artifacts_uid').on(t.kind, t.uid),
    index('oauth_artifacts_account').on(t.accountId, t.kind),
    index('oauth_artifacts_expiry').on(t.expiresAt),
    /** The begun authorizations of browsers that nobody is signed in on. */
    index('oauth_artifacts_open')
      .on(t.createdAt, t.clientId)
      .where(sql`${t.kind} = 'Interaction' and ${t.accountId} is null`),
  ],
);

/** An app: one account and one client. Its row outlives every revocation. */
export const apps = pgTable(
  'apps',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    clientId: key('client_id').notNull(),
    name: text('name').notNull(),
    /** The host that vouches for the name: of a client metadata document; null when nobody does. */
    publisherDomain: text('publisher_domain'),
    redirectHost: text('redirect_host').notNull(),
    status: text('status').notNull(),
    connectedAt: instant('connected_at').notNull(),
    connectedOn: date('connected_on', { mode: 'string' }).notNull(),
    statusChangedAt: instant('status_changed_at').notNull(),
  },
  (t) => [
    uniqueIndex('apps_account_client').on(t.accountId, t.clientId),
    check('apps_status', sql`${t.status} in ('active', 'paused', 'revoked')`),
  ],
);

/**
 * A grant: one consent. What was consented to stays as it was; `scopes` and `accepted_fields` (the policy's field ids) are what is
 * left of it, and only ever shrink.
 */
export const grants = pgTable(
  'grants',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    appId: uuid('app_id')
      .notNull()
      .references(() => apps.id),
    oidcGrantId: key('oidc_grant_id').notNull(),
    status: text('status').notNull(),
    scopes: text('scopes').array().notNull(),
    acceptedFields: text('accepted_fields').array().notNull(),
    consentedScopes: text('consented_scopes').array().notNull(),
    consentedFields: text('consented_fields').array().notNull(),
    appName: text('app_name').notNull(),
    publisherDomain: text('publisher_domain'),
    redirectHost: text('redirect_host').notNull(),
    policyVersion: text('policy_version').notNull(),
    noticeVersion: text('notice_version'),
    consentedAt: instant('consented_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('grants_oidc_grant').on(t.oidcGrantId),
    index('grants_app').on(t.appId, t.status),
    index('grants_account').on(t.accountId),
    check('grants_status', sql`${t.status} in ('active', 'revoked')`),
    check('grants_scopes', sql`${t.scopes} <@ ${t.consentedScopes}`),
    check('grants_fields', sql`${t.acceptedFields} <@ ${t.consentedFields}`),
  ],
);

/** What happened to a consent, append-only. It names its grant without a foreign key, so that it outlives the row. */
export const consentEvents = pgTable(
  'consent_events',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    appId: uuid('app_id').notNull(),
    /** Null where the whole app was paused, resumed or revoked. */
    grantId: uuid('grant_id'),
    kind: text('kind').notNull(),
    /** What is left after it. */
    scopes: text('scopes').array().notNull(),
    at: instant('at').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
  },
  (t) => [
    index('consent_events_app').on(t.accountId, t.appId, t.at),
    index('consent_events_grant').on(t.grantId),
    check('consent_events_kind', sql`${t.kind} in ('consented', 'narrowed', 'paused', 'resumed', 'revoked', 'ended', 'lapsed')`),
  ],
);

/** How much of a budget is used up, shared by every instance. The key is a keyed hash of what is counted. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: key('key').primaryKey(),
    points: integer('points').notNull(),
    expire: instant('expires_at').notNull(),
  },
  (t) => [index('rate_limits_expiry').on(t.expire)],
);
