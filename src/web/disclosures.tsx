import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { SignedIn } from '../oauth/sessions.ts';
import type { PurposeKey } from '../store/purpose-keys.ts';
import { ledgerHeads } from '../store/dashboard-disclosures.ts';
import { csvLine, csvStream } from './csv.ts';
import { tellingsOf, WhoWasTold, type Telling } from './email-tellings.tsx';
import { headsDocument, LedgerHeads, type Heads } from './ledger-heads.tsx';
import { showPage, type WebEnv } from './http.ts';
import { ownerFor, type OwnerDeps, type Told, type ToldPage } from './owner.ts';
import { Actions, Empty, Page } from './page.tsx';
import type { WebSessions } from './session.ts';
import { Pager, ToldTable } from './told.tsx';

export interface DisclosuresDeps extends OwnerDeps {
  readonly sessions: WebSessions;
  readonly ledgerKey: PurposeKey;
}

const filters = [
  { told: undefined, label: 'Everything' },
  { told: 'email', label: 'E-mail in full' },
  { told: 'email_masked', label: 'E-mail masked' },
] as const;
type Filter = (typeof filters)[number]['told'];

/** `/dashboard/disclosures`: what all apps were told. */
export function disclosuresPage({ sessions: { requireSession }, ledgerKey, ...deps }: DisclosuresDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/disclosures', requireSession, async (c) => {
    const person = c.get('person');
    const owner = ownerFor(deps, person);
    const told = filters.find((each) => each.told === c.req.query('told'))?.told;
    const after = c.req.query('after');
    const page = await owner.told({ fieldName: told, after, limit: 50 });
    const tellings = told === undefined ? [] : await tellingsOf(deps, owner);
    const heads = await ledgerHeads({ orm: deps.orm, limit: 5 });
    return showPage(c, <DisclosuresPage person={person} told={told} after={after} page={page} tellings={tellings} heads={heads} />);
  });
  pages.get('/dashboard/disclosures.csv', requireSession, (c) => {
    const owner = ownerFor(deps, c.get('person'));
    const lines = csvStream(csvColumns, async (after) => {
      const { rows, next } = await owner.told({ after, limit: 500 });
      return { lines: rows.map(csvRow).join(''), next };
    });
    return c.body(lines, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="disclosures.csv"',
    });
  });
  pages.get('/dashboard/disclosures/heads.json', requireSession, async (c) => {
    c.header('Content-Disposition', 'attachment; filename="ledger-heads.json"');
    const heads = await ledgerHeads({ orm: deps.orm, limit: 1_000 });
    return c.body(JSON.stringify(headsDocument({ heads, ledgerKey }), null, 2), 200, { 'Content-Type': 'application/json' });
  });
  return pages;
}

const csvColumns = ['day', 'app', 'publisher', 'tool', 'purpose', 'field_names', 'calls', 'record_count', 'outcome'];

function csvRow({ day, appName, publisherDomain, tool, purpose, fieldNames, calls, recordCount, outcome }: Told): string {
  return csvLine([day, appName, publisherDomain ?? 'unverified', tool, purpose, fieldNames.join(' '), calls, recordCount, outcome]);
}

interface DisclosuresProps {
  readonly person: SignedIn;
  readonly told: Filter;
  readonly after: string | undefined;
  readonly page: ToldPage;
  readonly tellings: readonly Telling[];
  readonly heads: Heads;
}

const DisclosuresPage: FC<DisclosuresProps> = ({ person, told, after, page, tellings, heads }) => (
  <Page title="Disclosures" person={person} at="/dashboard/disclosures">
    <h1>Disclosures</h1>
    <p class="lead">Every answer that an app got from your account: which fields, how often, how many records. Never the values.</p>
    <nav class="filters" aria-label="Filter">
      <ul>
        {filters.map((each) => (
          <li>
            <a href={addressOf(each.told)} {...(each.told === told && { 'aria-current': 'true' as const })}>
              {each.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
    {told !== undefined && <WhoWasTold full={told === 'email'} tellings={tellings} />}
    {page.rows.length === 0 ? (
      <Empty title={told === undefined ? 'Nothing yet' : 'No app was told this'}>
        <p>{after === undefined ? 'As soon as an app is answered, it stands here.' : 'There is nothing older.'}</p>
      </Empty>
    ) : (
      <ToldTable caption="What apps were told, newest day first" rows={page.rows} withApp />
    )}
    <Pager path={addressOf(told)} after={after} page={page} />
    <Actions>
      <a class="button quiet" href="/dashboard/disclosures.csv" download="disclosures.csv">
        Download everything as CSV
      </a>
    </Actions>
    <LedgerHeads heads={heads} />
  </Page>
);

function addressOf(told: Filter): string {
  return told === undefined ? '/dashboard/disclosures' : `/dashboard/disclosures?told=${told}`;
}
