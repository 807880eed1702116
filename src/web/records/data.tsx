import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Service } from '../../policy/classes.ts';
import { dayOf, type Clock, type Day } from '../../words/dates.ts';
import { heldCategories, heldCategoriesOf } from '../../policy/categories.ts';
import { basisNames } from '../../policy/processing.ts';
import type { OperatorPeriods } from '../../policy/retention.ts';
import { deletionOf, scheduleOf, type ReasonKept, type ScheduleEntry } from '../../policy/retention-schedule.ts';
import { accountState, heldSpans } from '../../store/retention/data-page.ts';
import type { Orm } from '../../store/engine/db.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { Card, Empty, Facts, Notice, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { DayText } from '../shell/format.tsx';

export interface DataDeps {
  readonly orm: Orm;
  readonly sessions: WebSessions;
  readonly clock: Clock;
  readonly services: readonly Service[];
  readonly retention: OperatorPeriods;
}

interface Shown extends ScheduleEntry {
  readonly held: boolean;
  /** When the last of what is there now goes. */
  readonly lastDeletionOn: Day | null;
}

/** `/dashboard/data` and `GET /api/retention`: what is held, by category: legal basis, period, the date on which it goes (CS-50). To be mounted after `apiRoutes`. */
export function dataPages(deps: DataDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const { requireSession } = deps.sessions;

  pages.get('/dashboard/data', requireSession, async (c) => {
    const person = c.get('person');
    return showPage(c, <DataPage person={person} shown={await shownOf(deps, person.accountId)} />);
  });

  pages.get('/api/retention', requireSession, async (c) => {
    const shown = await shownOf(deps, c.get('person').accountId);
    return c.json({ categories: shown.map(({ held: _held, lastDeletionOn: _last, ...entry }) => entry) });
  });
  return pages;
}

async function shownOf({ orm, clock, services, retention: operator }: DataDeps, accountId: string): Promise<Shown[]> {
  const { underHold, uses, active } = await accountState({ orm, accountId });
  const today = dayOf(clock());
  const shown: Shown[] = [];
  const categories = heldCategoriesOf(services.filter((each) => uses.includes(each)));
  for (const [category, { held, firstOn: started, lastOn }] of await heldSpans({ orm, accountId, categories })) {
    const facts = { category, held, underHold, uses, active, started, operator, today };
    shown.push({ ...scheduleOf(facts), held, lastDeletionOn: deletionOf(facts, lastOn) });
  }
  return shown;
}

const reasonTexts: Readonly<Record<ReasonKept, string>> = {
  active_account: 'you use the service',
  tax_law: 'tax law obliges us to',
  ca_policy: 'the rules of certificate authorities oblige us to',
  promise: 'our notice says for how long',
  legal_hold: 'a legal claim or order forbids us to delete it for now',
  none: 'no reason is left but its period',
};

const DataPage: FC<{ person: SignedIn; shown: readonly Shown[] }> = ({ person, shown }) => {
  const held = shown.filter((each) => each.held);
  const others = shown.filter((each) => !each.held);
  return (
    <Page title="Your data" person={person} at="/dashboard/data">
      <h1>Your data</h1>
      <p class="lead">
        What we hold about you and on your behalf, why, and when it is deleted. For a copy, a correction or an earlier end{' '}
        <a href="/dashboard/requests">make a privacy request</a>.
      </p>
      {shown.some(({ reason_kept: reason }) => reason === 'legal_hold') && (
        <Notice kind="warning">
          <p>A legal claim or order forbids us to delete your data for now. Once it ends, the dates below count again.</p>
        </Notice>
      )}
      {held.length === 0 ? (
        <Empty title="Nothing is held">
          <p>We hold no data of yours but your sign-in.</p>
        </Empty>
      ) : (
        held.map((each) => <CategoryCard entry={each} />)
      )}
      {held.length > 0 && others.length > 0 && (
        <Card>
          <h2>Not held</h2>
          <p>We hold nothing of these:</p>
          <ul>
            {others.map(({ category }) => (
              <li>{heldCategories[category].label}</li>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
};

const CategoryCard: FC<{ entry: Shown }> = ({ entry }) => {
  const { category, period, starts_from: from, reason_kept: reason, promised_in_notice: promised } = entry;
  const { label, role, basis } = heldCategories[category];
  return (
    <Card>
      <h2>{`${label[0]?.toUpperCase()}${label.slice(1)}`}</h2>
      <Facts
        facts={[
          ...(role === 'on_behalf' ? [['About', 'other people, on your behalf'] as const] : []),
          ['Legal basis', basisNames[basis]],
          ['Kept', `${period}, from ${from}${promised ? '' : ' (not promised in the notice)'}`],
          ['Kept because', reasonTexts[reason]],
          ['Goes', <Going entry={entry} />],
        ]}
      />
    </Card>
  );
};

const Going: FC<{ entry: Shown }> = ({ entry: { earliest_deletion_on: first, lastDeletionOn: last, reason_kept: reason, period } }) => {
  if (reason === 'legal_hold') return <>not while the claim or order holds</>;
  if (first === null) return <>{period === 'no period set' ? 'no day is set; you can ask us to delete it' : 'no clock runs yet'}</>;
  if (last === null || last === first)
    return (
      <>
        <DayText day={first} />
        {reason === 'active_account' && ', if you don’t sign in again before'}
      </>
    );
  return (
    <>
      the first on <DayText day={first} />, the last of what is there now on <DayText day={last} />
    </>
  );
};
