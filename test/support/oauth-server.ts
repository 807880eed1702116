import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { hash } from '@node-rs/argon2';
import { makeLogger } from '../../src/watch/log.ts';
import { makeOAuth, type OAuth } from '../../src/oauth/oauth.ts';
import type { FetchClientDocument } from '../../src/http/safe-fetch.ts';
import { emailKey, maskEmail } from '../../src/words/text.ts';
import { acceptedFieldsOf, fieldLabelsOf, policyVersion } from '../../src/policy/fields/all.ts';
import { scopesOf } from '../../src/policy/scopes.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { makeFrame } from '../../src/web/shell/frame.tsx';
import { passwordPages } from '../../src/web/sign-in/password.tsx';
import { renderProblem } from '../../src/web/sign-in/oauth-problem.tsx';
import { makeWebSessions, type WebSessions } from '../../src/web/shell/session.ts';
import { signInPages } from '../../src/web/sign-in/sign-in.tsx';
import { makeTestClock, type TestClock } from './clock.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from './engines.ts';

export const password = 'correct horse battery staple';
const passwordHash = hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });

export interface OAuthServer {
  readonly origin: string;
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
  readonly clock: TestClock;
  readonly db: TestDatabase;
  /** Documents that the server gets when it fetches client metadata, by URL; an error for a host that does not answer. */
  readonly documents: Map<string, unknown>;
  /** URLs that it asked for. */
  readonly fetched: string[];
  close(): Promise<void>;
}

/** The OAuth side and its pages behind one node:http server on a free port. */
export async function startOAuthServer(given: { db?: TestDatabase; clock?: TestClock; publicUrl?: string } = {}): Promise<OAuthServer> {
  const db = given.db ?? (await openTestDatabase());
  const clock = given.clock ?? makeTestClock();
  const log = makeLogger('silent');
  const documents = new Map<string, unknown>();
  const fetched: string[] = [];
  const fetchClientDocument: FetchClientDocument = async (url) => {
    fetched.push(String(url));
    const document = documents.get(String(url));
    if (document instanceof Error) throw document;
    if (document instanceof Response) return document.clone();
    return document === undefined ? new Response('', { status: 404 }) : Response.json(document);
  };
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publicUrl = given.publicUrl ?? origin;
  const keys = await loadPurposeKeys({ orm: db.database.orm, dataKey: testDataKey, clock });
  const scopes = scopesOf(['certfusion', 'certumssl']);
  const oauth = makeOAuth({
    orm: db.database.orm,
    clock,
    log,
    publicUrl,
    scopes,
    keys,
    acceptedFieldsOf,
    policyVersion,
    renderProblem,
    fetchClientDocument,
  });
  const sessions = makeWebSessions({ oauth, clock });
  const pages = makeFrame({ publicUrl, log });
  pages.route('/', signInPages({ oauth, sessions, fieldLabelsOf }));
  pages.route('/', passwordPages({ oauth }));
  pages.get('/dashboard', sessions.requireSession, (c) => c.text(`hello ${c.get('person').displayName}`));
  pages.get('/api/me', sessions.requireSession, (c) => c.json({ name: c.get('person').displayName }));
  pages.get('/danger', sessions.requireSession, sessions.reauthenticate, (c) => c.text('sure'));
  const showPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  handle = (request, response) => {
    const served = oauth.handles((request.url ?? '/').split('?')[0] ?? '/') ? oauth.handle(request, response) : showPage(request, response);
    served.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
  return {
    origin,
    oauth,
    sessions,
    clock,
    db,
    documents,
    fetched,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (!given.db) await db.close();
    },
  };
}

export interface TestAccount {
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** An account of both services whose password is `correct horse battery staple`. */
export async function addPerson(
  { db, clock }: Pick<OAuthServer, 'db' | 'clock'>,
  email: string,
  displayName = 'Ada Byron',
): Promise<TestAccount> {
  const now = clock().toISOString();
  const [row] = await db.database.statement<{ id: string }>(
    `insert into accounts (email, email_masked, email_key, display_name, password_hash, created_at, last_activity_at)
     values ($1, $2, $3, $4, $5, $6, $6) returning id`,
    [email, maskEmail(email), emailKey(email), displayName, await passwordHash, now],
  );
  if (!row) throw new Error('no account was made');
  await db.database.statement(
    `insert into memberships (account_id, service, status, last_activity_at, created_at)
     select $1, service, 'active', $2, $2 from unnest(array['certfusion', 'certumssl']) service`,
    [row.id, now],
  );
  return { accountId: row.id, email, password, displayName };
}
