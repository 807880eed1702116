import { Hono } from 'hono';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { AppChange } from '../../oauth/grants.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import { allScopes } from '../../policy/scopes.ts';
import type { AppName } from '../../store/apps/apps.ts';
import type { WebContext, WebEnv } from '../shell/http.ts';
import { jsonOf } from '../shell/json-body.ts';
import { ownerFor, type ConnectedApp, type OwnerDeps, type Told } from '../shell/owner.ts';
import type { WebSessions } from '../shell/session.ts';

export interface ApiDeps extends OwnerDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
}

const nothing = z.strictObject({});
const narrowing = z.strictObject({ scopes: z.array(z.enum(allScopes)).max(allScopes.length) });
const listing = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(12_000).optional(),
});

/** JSON for programs that hold the person's session; other sites may not even read. */
export function apiRoutes(deps: ApiDeps): Hono<WebEnv> {
  const { sessions, oauth } = deps;
  const { requireSession } = sessions;
  const api = new Hono<WebEnv>();
  api.use('/api/*', async (c, next) => {
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new AppError('forbidden');
    await next();
  });

  api.get('/api/apps', requireSession, async (c) => c.json({ apps: (await ownerOf(deps, c).apps()).map(appJson) }));

  api.on(['GET', 'PATCH'], '/api/apps/revoke-all', (c) => {
    c.header('Allow', 'POST');
    throw new AppError('method_not_allowed');
  });
  api.post('/api/apps/revoke-all', requireSession, async (c) => {
    await jsonOf(c, nothing);
    const revoked = await oauth.grants.revokeAllApps({ accountId: c.get('person').accountId });
    return c.json({ revoked, effective: 'next_call' });
  });

  api.get('/api/apps/:app', requireSession, async (c) => {
    const owner = ownerOf(deps, c);
    const app = await owner.app(c.req.param('app'));
    const { rows } = await owner.told({ app, limit: 50 });
    return c.json({ ...appJson(app), disclosures: rows.map(toldJson) });
  });

  api.patch('/api/apps/:app', requireSession, async (c) => {
    const { scopes } = await jsonOf(c, narrowing);
    const owner = ownerOf(deps, c);
    const app = await owner.app(c.req.param('app'));
    if (!scopes.every((each) => app.scopes.includes(each))) throw new AppError('invalid_input');
    return answerChange(c, app, await oauth.grants.narrowApp({ accountId: owner.accountId, appId: app.appId, scopes }));
  });

  const acts = {
    revoke: (name: AppName) => oauth.grants.revokeApp(name),
    pause: (name: AppName) => oauth.grants.pauseApp(name),
    resume: (name: AppName) => oauth.grants.resumeApp(name),
  };
  for (const [name, act] of Object.entries(acts)) {
    api.post(`/api/apps/:app/${name}`, requireSession, async (c) => {
      await jsonOf(c, nothing);
      const owner = ownerOf(deps, c);
      const app = await owner.app(c.req.param('app'));
      return answerChange(c, app, await act({ accountId: owner.accountId, appId: app.appId }));
    });
  }

  api.get('/api/disclosures', requireSession, async (c) => {
    const asked = listing.safeParse(c.req.query());
    if (!asked.success) throw new AppError('invalid_input');
    const { rows, next } = await ownerOf(deps, c).told({ limit: asked.data.limit, after: asked.data.cursor });
    return c.json({ disclosures: rows.map(toldJson), next_cursor: next });
  });
  return api;
}

function ownerOf(deps: OwnerDeps, c: WebContext) {
  return ownerFor(deps, c.get('person'));
}

function answerChange(c: WebContext, { app }: ConnectedApp, change: AppChange | null): Response {
  if (!change) throw new AppError('not_available');
  return c.json({ app, status: change.status, effective: 'next_call' });
}

function appJson({ app, name, publisherDomain, connectedOn, lastUsedOn, scopes, status }: ConnectedApp) {
  return { app, name, publisher_domain: publisherDomain, connected_on: connectedOn, last_used_on: lastUsedOn, scopes, status };
}

function toldJson({ app, day, tool, purpose, fieldNames, calls, recordCount, outcome }: Told) {
  return { app, day, tool, purpose, field_names: fieldNames, calls, record_count: recordCount, outcome };
}
