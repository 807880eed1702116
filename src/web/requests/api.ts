import { Hono } from 'hono';
import { z } from 'zod';
import { authorities, type AuthorityCode } from '../../policy/authorities.ts';
import { services } from '../../policy/classes.ts';
import { heldCategoryNames } from '../../policy/categories.ts';
import { erasureGrounds, regionNames, requestKinds, type ErasureGround } from '../../policy/requests.ts';
import type { Rights } from '../../rights/requests.ts';
import type { WebContext, WebEnv } from '../shell/http.ts';
import { jsonOf } from '../shell/json-body.ts';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import { ownRequest, ownRequests, requestJson, viewOf } from './view.ts';
import type { WebSessions } from '../shell/session.ts';
import { AppError } from '../../errors.ts';

export interface RequestsApiDeps extends OwnerDeps {
  readonly rights: Rights;
  readonly sessions: WebSessions;
}

const nothing = z.strictObject({});
const listing = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
const filing = z.strictObject({
  kind: z.enum(requestKinds),
  service: z.enum(services),
  categories: z.array(z.enum(heldCategoryNames)).min(1).max(heldCategoryNames.length).optional(),
});
const grounds = Object.keys(erasureGrounds) as [ErasureGround, ...ErasureGround[]];
const places = Object.keys(authorities) as [AuthorityCode, ...AuthorityCode[]];

/** What a confirmation may say, as JSON. */
const confirmation = z.strictObject({
  ground: z.enum(grounds).optional(),
  region: z.enum(regionNames).optional(),
  display_name: z.string().min(1).max(200).optional(),
  places: z.array(z.enum(places)).max(3).optional(),
});
const deactivation = z.strictObject({ service: z.enum(services).optional() });

/** JSON of privacy requests. Confirming and deactivating need a sign-in within 5 minutes. To be mounted after `apiRoutes`. */
export function requestsApi({ rights, sessions, ...deps }: RequestsApiDeps): Hono<WebEnv> {
  const { requireSession, reauthenticate } = sessions;
  const api = new Hono<WebEnv>();
  const mineOf = (c: WebContext) => ({ orm: deps.orm, ...ownerFor(deps, c.get('person')) });

  api.get('/api/requests', requireSession, async (c) => {
    const asked = listing.safeParse(c.req.query());
    if (!asked.success) throw new AppError('invalid_input');
    const { requests, next } = await ownRequests(mineOf(c), { after: asked.data.cursor, limit: asked.data.limit });
    return c.json({ requests: requests.map(requestJson), next_cursor: next });
  });

  api.post('/api/requests', requireSession, async (c) => {
    const { kind, service, categories } = await jsonOf(c, filing);
    const { accountId, handles } = mineOf(c);
    const row = await rights.file({
      accountId,
      kind,
      service,
      categories: categories ? [...new Set(categories)] : null,
      channel: 'dashboard',
    });
    return c.json(requestJson(viewOf(handles, row)), 201);
  });

  api.post('/api/requests/:request/confirm', requireSession, reauthenticate, async (c) => {
    const { display_name: displayName, ...said } = await jsonOf(c, confirmation);
    const mine = mineOf(c);
    const { requestId } = await ownRequest(mine, c.req.param('request'));
    const given = {
      ...(said.ground && { ground: said.ground }),
      ...(said.region && { region: said.region }),
      ...(said.places && { places: said.places }),
      ...(displayName !== undefined && { displayName }),
    };
    const { request } = await rights.confirm({ accountId: mine.accountId, requestId, confirmation: given });
    return c.json(requestJson(viewOf(mine.handles, request)));
  });

  api.post('/api/requests/:request/withdraw', requireSession, async (c) => {
    await jsonOf(c, nothing);
    const mine = mineOf(c);
    const { requestId } = await ownRequest(mine, c.req.param('request'));
    return c.json(requestJson(viewOf(mine.handles, await rights.withdraw({ accountId: mine.accountId, requestId }))));
  });

  api.post('/api/account/deactivate', requireSession, reauthenticate, async (c) => {
    const { service } = await jsonOf(c, deactivation);
    const { accountId } = mineOf(c);
    const ended = await rights.deactivate({ accountId, services: service ? [service] : services });
    if (ended.length === 0) throw new AppError('not_available');
    return c.json({ services: ended.map((each) => ({ service: each, status: 'deactivated' })), effective: 'next_call' });
  });
  return api;
}
