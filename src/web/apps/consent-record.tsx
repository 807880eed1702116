import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { isScope, scopes } from '../../policy/scopes.ts';
import { consentHistoryOf, consentsOf, type ConsentRow, type HistoryRow } from '../../store/apps/consents.ts';
import type { WebEnv } from '../shell/http.ts';
import { nameOf, ownerFor, type ConnectedApp, type OwnerDeps } from '../shell/owner.ts';
import type { WebSessions } from '../shell/session.ts';
import { DayText } from '../shell/format.tsx';

export interface ConsentRecordDeps extends OwnerDeps {
  readonly sessions: WebSessions;
}

/** The consent record of an app as a file: who allowed which app what, under which notice, when, and what became of it. */
export function consentRecordFile({ sessions, ...deps }: ConsentRecordDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/apps/:app/consent.json', sessions.requireSession, async (c) => {
    const person = c.get('person');
    const app = await ownerFor(deps, person).app(c.req.param('app'));
    const own = { orm: deps.orm, accountId: person.accountId, appId: app.appId };
    const record = recordOf({ person, app, consents: await consentsOf(own), history: await consentHistoryOf(own) });
    c.header('Content-Disposition', 'attachment; filename="consent.json"');
    return c.body(JSON.stringify(record, null, 2), 200, { 'Content-Type': 'application/json' });
  });
  return pages;
}

interface Recorded {
  readonly person: SignedIn;
  readonly app: ConnectedApp;
  readonly consents: readonly ConsentRow[];
  readonly history: readonly HistoryRow[];
}

function recordOf({ person, app, consents, history }: Recorded) {
  return {
    person: { display_name: person.displayName, email: person.email },
    app: {
      app: app.app,
      name: app.name,
      publisher_domain: app.publisherDomain,
      redirect_host: app.redirectHost,
      connected_on: app.connectedOn,
      status: app.status,
    },
    consents: consents.map((each) => ({
      consented_at: each.consentedAt.toISOString(),
      app_name: nameOf(each.appName),
      publisher_domain: each.publisherDomain,
      redirect_host: each.redirectHost,
      scopes: each.consentedScopes,
      accepted_fields: each.consentedFields,
      policy_version: each.policyVersion,
      notice_version: each.noticeVersion,
      status: each.status,
      ended_at: each.endedAt?.toISOString() ?? null,
      remaining_scopes: each.status === 'active' ? each.scopes : [],
      remaining_fields: each.status === 'active' ? each.acceptedFields : [],
    })),
    history: history.map(({ day, kind, scopes: left }) => ({ day, event: kind, scopes: left })),
  };
}

const events: Readonly<Record<string, string>> = {
  consented: 'You allowed it',
  narrowed: 'Narrowed to',
  paused: 'You paused it',
  resumed: 'You resumed it',
  revoked: 'You revoked its access',
  ended: 'Its access ended: it disconnected itself, or one of its tokens was used twice',
  lapsed: 'Its access ended: it hadn’t come back before its last token expired',
};

/** What was decided about an app, day by day. */
export const ConsentHistory: FC<{ rows: readonly HistoryRow[] }> = ({ rows }) => (
  <>
    <h2>What was decided</h2>
    <p class="small">Every consent and every change of it. The consent record above holds the same as a file, with each field.</p>
    <ol class="history">
      {rows.map(({ day, kind, scopes: left }) => (
        <li>
          <b>
            <DayText day={day} />: {events[kind] ?? kind}
          </b>
          {(kind === 'consented' || kind === 'narrowed') && <Lines left={left} />}
        </li>
      ))}
    </ol>
  </>
);

const Lines: FC<{ left: readonly string[] }> = ({ left }) => {
  const lines = left.filter(isScope).map((each) => scopes[each].line);
  return <span class="small">{lines.length === 0 ? 'nothing' : lines.join('; ')}</span>;
};
