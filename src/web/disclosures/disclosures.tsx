import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { Logger } from '../../watch/log.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import { dayOf } from '../../words/dates.ts';
import type { OperatorPeriods } from '../../policy/retention.ts';
import { latestOwnHead } from '../../store/ledger/proof.ts';
import { outsideDisclosuresOf } from '../../store/ledger/lawful-disclosures.ts';
import { csvLine, csvPieces } from '../shell/csv.ts';

import { LedgerHead, type LatestHead } from './ledger-head.tsx';
import { proofFile, type ProofDeps } from './proof-file.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { ownerFor, type OwnerDeps, type Told, type ToldPage } from '../shell/owner.ts';
import { OutsideDisclosures, type OutsideRows } from './lawful-disclosures.tsx';
import { Actions, Empty, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { inPieces, textStream } from '../shell/text-stream.ts';
import { addressOf, answerOf, questionOf, WhoWasTold, type Answer } from './who-was-told.tsx';
import { Pager, ToldTable } from './disclosure-table.tsx';

export interface DisclosuresDeps extends OwnerDeps, ProofDeps {
  readonly sessions: WebSessions;
  readonly retention: OperatorPeriods;
  readonly log: Logger;
}

/** `/dashboard/disclosures`: what all apps were told. */
export function disclosuresPage({ sessions: { requireSession }, log, ...deps }: DisclosuresDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/disclosures', requireSession, async (c) => {
    const person = c.get('person');
    const owner = ownerFor(deps, person);
    const question = questionOf(c.req.query('told'));
    const after = c.req.query('after');
    const answer = await answerOf(deps, owner, { question, after });
    const mine = { orm: deps.orm, accountId: owner.accountId, today: dayOf(deps.clock()) };
    const page = question === null ? await owner.told({ after, limit: 50 }) : null;
    const latest = await latestOwnHead(mine);
    const outside = after === undefined && question === null ? await outsideDisclosuresOf({ ...mine, limit: 200 }) : [];
    return showPage(c, <DisclosuresPage {...{ person, answer, after, page, latest, outside }} />);
  });
  pages.get('/dashboard/disclosures.csv', requireSession, (c) => {
    const owner = ownerFor(deps, c.get('person'));
    const pieces = csvPieces(csvColumns, async (after) => {
      const { rows, next } = await owner.told({ after, limit: 500 });
      return { lines: rows.map(csvRow).join(''), next };
    });
    return c.body(textStream({ pieces, log }), 200, {
      ...inPieces,
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="disclosures.csv"',
    });
  });
  pages.get('/dashboard/disclosures/heads.json', requireSession, (c) => {
    const { accountId, handles } = ownerFor(deps, c.get('person'));
    return c.body(textStream({ pieces: proofFile({ ...deps, accountId, handles }), log }), 200, {
      ...inPieces,
      'Content-Type': 'application/json',
      'Content-Disposition': 'attachment; filename="ledger-heads.json"',
    });
  });
  return pages;
}

const csvColumns = ['day', 'app', 'publisher', 'tool', 'purpose', 'field_names', 'calls', 'record_count', 'outcome'];

function csvRow({ day, appName, publisherDomain, tool, purpose, fieldNames, calls, recordCount, outcome }: Told): string {
  return csvLine([day, appName, publisherDomain ?? 'unverified', tool, purpose, fieldNames.join(' '), calls, recordCount, outcome]);
}

interface DisclosuresProps {
  readonly person: SignedIn;
  readonly answer: Answer;
  readonly after: string | undefined;
  /** Everything; null while one question is answered. */
  readonly page: ToldPage | null;
  readonly latest: LatestHead;
  readonly outside: OutsideRows;
}

const DisclosuresPage: FC<DisclosuresProps> = ({ person, answer, after, page, latest, outside }) => (
  <Page title="Disclosures" person={person} at="/dashboard/disclosures">
    <h1>Disclosures</h1>
    <p class="lead">Every answer that an app got from your account: which fields, how often, how many records. Never the values.</p>
    {(page === null || after === undefined) && <WhoWasTold answer={answer} after={after} />}
    {page === null ? (
      <>
        <Pager path={addressOf(answer.question)} after={after} page={answer.page} />
        <p>
          <a href="/dashboard/disclosures">Everything that apps were told</a>
        </p>
      </>
    ) : (
      <Everything page={page} after={after} />
    )}
    <Actions>
      <a class="button quiet" href="/dashboard/disclosures.csv" download="disclosures.csv">
        Download everything as CSV
      </a>
    </Actions>
    <OutsideDisclosures rows={outside} />
    <LedgerHead latest={latest} />
  </Page>
);

const Everything: FC<{ page: ToldPage; after: string | undefined }> = ({ page, after }) => (
  <>
    <h2>Everything that apps were told</h2>
    {page.rows.length === 0 ? (
      <Empty title="Nothing yet">
        <p>{after === undefined ? 'As soon as an app is answered, it stands here.' : 'There is nothing older.'}</p>
      </Empty>
    ) : (
      <ToldTable caption="What apps were told, newest day first" rows={page.rows} withApp />
    )}
    <Pager path="/dashboard/disclosures" after={after} page={page} />
  </>
);
