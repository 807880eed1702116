import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../errors.ts';
import type { SignedIn } from '../oauth/sessions.ts';
import { services, type Service } from '../policy/classes.ts';
import { erasureGrounds, regionNames, requestKinds, type ErasureGround, type RequestKind } from '../policy/rights.ts';
import type { Rights } from '../rights/requests.ts';
import { formOf, showPage, type WebContext, type WebEnv } from './http.ts';
import { ownerFor, type OwnerDeps } from './owner.ts';
import { Actions, Button, Card, Empty, Page, Table } from './page.tsx';
import { ClosedPage, RequestPage } from './request.tsx';
import { kindWords, ownRequest, ownRequests, serviceNames, viewOf, type RequestView } from './request-view.ts';
import type { WebSessions } from './session.ts';
import { DayText, Status } from './words.tsx';

export interface RequestPagesDeps extends OwnerDeps {
  readonly rights: Rights;
  readonly sessions: WebSessions;
  readonly installed: readonly Service[];
}

const atOnce = 25;

/** `/dashboard/requests`: file, confirm, follow and withdraw privacy requests. Confirming needs a sign-in within 5 minutes. */
export function requestPages({ rights, sessions, installed, ...deps }: RequestPagesDeps): Hono<WebEnv> {
  const { requireSession, reauthenticate } = sessions;
  const pages = new Hono<WebEnv>();
  const mineOf = (c: WebContext) => ({ orm: deps.orm, ...ownerFor(deps, c.get('person')) });

  pages.get('/dashboard/requests', requireSession, async (c) => {
    const after = c.req.query('after');
    const { requests, next } = await ownRequests(mineOf(c), { after, limit: atOnce });
    return showPage(
      c,
      <RequestsPage person={c.get('person')} requests={requests} next={next} isFirst={after === undefined} installed={installed} />,
    );
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

interface RequestsProps {
  readonly person: SignedIn;
  readonly requests: readonly RequestView[];
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly installed: readonly Service[];
}

const RequestsPage: FC<RequestsProps> = ({ person, requests, next, isFirst, installed }) => (
  <Page title="Privacy requests" person={person} at="/dashboard/requests">
    <h1>Privacy requests</h1>
    <p class="lead">Ask for your data, have it corrected or deleted, or stop its use. Nothing happens before you confirm it here.</p>
    {requests.length === 0 ? (
      <Empty title={isFirst ? 'No requests yet' : 'No more requests'}>
        <p>
          {isFirst ? 'Those that you or an app files stand here, each with the day by which it is answered.' : 'You have seen them all.'}
        </p>
      </Empty>
    ) : (
      <Table
        caption="Your requests, newest first"
        columns={['Request', 'Service', 'State', 'Received', 'Answered by']}
        rows={requests.map((each) => [
          <a href={`/dashboard/requests/${each.request}`}>{kindWords[each.kind].name}</a>,
          serviceNames[each.service] ?? each.service,
          <Status status={each.status} />,
          <DayText day={each.receivedOn} />,
          <DayText day={each.dueOn} />,
        ])}
      />
    )}
    {(next !== null || !isFirst) && (
      <nav class="pager" aria-label="Pages">
        {!isFirst && (
          <a class="button quiet" href="/dashboard/requests">
            Newest requests
          </a>
        )}
        {next !== null && (
          <a class="button quiet" href={`/dashboard/requests?after=${next}`}>
            Older requests
          </a>
        )}
      </nav>
    )}
    <FilingForm installed={installed} />
  </Page>
);

const FilingForm: FC<{ installed: readonly Service[] }> = ({ installed }) => (
  <>
    <h2>File a request</h2>
    <Card>
      <form method="post" action="/dashboard/requests">
        <div class="field">
          <label for="field-kind">What do you ask for?</label>
          <select id="field-kind" name="kind">
            {requestKinds.map((kind: RequestKind) => (
              <option value={kind}>{kindWords[kind].name}</option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="field-service">Of which service?</label>
          <select id="field-service" name="service">
            {installed.map((service) => (
              <option value={service}>{serviceNames[service]}</option>
            ))}
          </select>
        </div>
        <p class="small">You see what it does, and confirm it, on the next page.</p>
        <Actions>
          <Button>Go on</Button>
        </Actions>
      </form>
    </Card>
  </>
);
