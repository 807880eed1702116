import { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import { services, type Service } from '../../policy/classes.ts';
import { erasureGrounds, regionNames, requestKinds, type ErasureGround } from '../../policy/requests.ts';
import type { Rights } from '../../rights/requests.ts';
import type { RequestGroup } from '../../store/rights/requests.ts';
import { formOf, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import { ClosedPage, RequestPage } from './request.tsx';
import { RequestsPage } from './lists.tsx';
import { ownRequest, ownRequests, viewOf } from './view.ts';
import type { WebSessions } from '../shell/session.ts';

export interface RequestPagesDeps extends OwnerDeps {
  readonly rights: Rights;
  readonly sessions: WebSessions;
  readonly installed: readonly Service[];
}

const atOnce = 25;
const groups = ['own', 'apps', 'taken_back'] as const satisfies readonly RequestGroup[];

/** `/dashboard/requests`: file, confirm, follow and withdraw privacy requests. Confirming needs a sign-in within 5 minutes. */
export function requestPages({ rights, sessions, installed, ...deps }: RequestPagesDeps): Hono<WebEnv> {
  const { requireSession, reauthenticate } = sessions;
  const pages = new Hono<WebEnv>();
  const mineOf = (c: WebContext) => ({ orm: deps.orm, ...ownerFor(deps, c.get('person')) });

  pages.get('/dashboard/requests', requireSession, async (c) => {
    const after = c.req.query('after');
    const of = groups.find((each) => each === c.req.query('of'));
    const pageOf = (group: RequestGroup) => ownRequests(mineOf(c), { after: of === undefined ? undefined : after, limit: atOnce, group });
    const shown = of === undefined ? groups : [of];
    const lists = await Promise.all(shown.map(async (group) => ({ group, ...(await pageOf(group)) })));
    return showPage(c, <RequestsPage person={c.get('person')} lists={lists} isFirst={of === undefined} installed={installed} />);
  });

  pages.post('/dashboard/requests', requireSession, async (c) => {
    const form = await formOf(c);
    const kind = requestKinds.find((each) => each === form.get('kind'));
    const service = services.find((each) => each === form.get('service'));
    if (!kind || !service) throw new AppError('invalid_input');
    const { accountId, handles } = mineOf(c);
    const categories = form.has('categories') ? [...new Set(form.getAll('categories'))] : null;
    const { requestId } = await rights.file({ accountId, kind, service, categories, channel: 'dashboard' });
    return c.redirect(`/dashboard/requests/${handles.encode('req', requestId)}`, 303);
  });

  pages.get('/dashboard/requests/:request', requireSession, async (c) =>
    showPage(c, <RequestPage person={c.get('person')} view={await ownRequest(mineOf(c), c.req.param('request'))} />),
  );

  pages.post('/dashboard/requests/:request/confirm', requireSession, reauthenticate, async (c) => {
    const form = await formOf(c);
    const mine = mineOf(c);
    const { request, requestId } = await ownRequest(mine, c.req.param('request'));
    const ground = (Object.keys(erasureGrounds) as ErasureGround[]).find((each) => each === form.get('ground'));
    const region = regionNames.find((each) => each === form.get('region'));
    const displayName = form.get('display_name');
    const stepped = await rights.confirm({
      accountId: mine.accountId,
      requestId,
      confirmation: {
        ...(ground && { ground }),
        ...(region && { region }),
        ...(displayName !== null && { displayName }),
        places: form.getAll('place'),
      },
    });
    const view = viewOf(mine.handles, stepped.request);
    if (view.outcome?.accountClosed) {
      await sessions.signOut(c);
      return showPage(c, <ClosedPage view={view} />);
    }
    return c.redirect(`/dashboard/requests/${request}`, 303);
  });

  pages.post('/dashboard/requests/:request/withdraw', requireSession, async (c) => {
    const mine = mineOf(c);
    const { request, requestId } = await ownRequest(mine, c.req.param('request'));
    await rights.withdraw({ accountId: mine.accountId, requestId });
    return c.redirect(`/dashboard/requests/${request}`, 303);
  });
  // Where someone lands who had to sign in again before a step: nothing is done, the page is there to do it.
  pages.get('/dashboard/requests/:request/:step{confirm|withdraw}', (c) =>
    c.redirect(`/dashboard/requests/${encodeURIComponent(c.req.param('request'))}`, 303),
  );
  return pages;
}
