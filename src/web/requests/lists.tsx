import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Service } from '../../policy/classes.ts';
import { requestKinds, type RequestKind } from '../../policy/requests.ts';
import type { RequestGroup } from '../../store/rights/requests.ts';
import { Actions, Button, Card, Empty, Page, Table } from '../shell/page.tsx';
import { kindWords, serviceNames, type RequestView } from './view.ts';
import { DayText, Status } from '../shell/format.tsx';

export interface RequestList {
  readonly group: RequestGroup;
  readonly requests: readonly RequestView[];
  readonly next: string | null;
}

interface RequestsProps {
  readonly person: SignedIn;
  /** The first page of every group, or a later one of a single group. */
  readonly lists: readonly RequestList[];
  readonly isFirst: boolean;
  readonly installed: readonly Service[];
}

const captions: Readonly<Record<RequestGroup, string>> = {
  own: 'Your requests, newest first',
  apps: 'Filed by apps, newest first',
  taken_back: 'Filed by apps and taken back, newest first',
};

/** The person's own requests, then those of apps; what apps took back is folded, so that it buries nothing. */
export const RequestsPage: FC<RequestsProps> = ({ person, lists, isFirst, installed }) => (
  <Page title="Privacy requests" person={person} at="/dashboard/requests">
    <h1>Privacy requests</h1>
    <p class="lead">Ask for your data, have it corrected or deleted, or stop its use. Nothing happens before you confirm it here.</p>
    {lists.every(({ requests }) => requests.length === 0) && (
      <Empty title={isFirst ? 'No requests yet' : 'No more requests'}>
        <p>
          {isFirst ? 'Those that you or an app files stand here, each with the day by which it is answered.' : 'You have seen them all.'}
        </p>
      </Empty>
    )}
    {lists
      .filter(({ requests }) => requests.length > 0)
      .map((list) =>
        list.group === 'taken_back' && isFirst ? (
          <details>
            <summary>Requests that apps filed and took back</summary>
            <Requests {...list} />
          </details>
        ) : (
          <Requests {...list} />
        ),
      )}
    {!isFirst && (
      <p>
        <a href="/dashboard/requests">Newest requests</a>
      </p>
    )}
    <FilingForm installed={installed} />
  </Page>
);

const Requests: FC<RequestList> = ({ group, requests, next }) => (
  <>
    <Table
      caption={captions[group]}
      columns={['Request', ...(group === 'own' ? [] : ['App']), 'Service', 'State', 'Received', 'Answered by']}
      rows={requests.map((each) => [
        <a href={`/dashboard/requests/${each.request}`}>{kindWords[each.kind].name}</a>,
        ...(group === 'own' ? [] : [<span class="name">{each.appName}</span>]),
        serviceNames[each.service] ?? each.service,
        <Status status={each.status} />,
        <DayText day={each.receivedOn} />,
        <DayText day={each.dueOn} />,
      ])}
    />
    {next !== null && (
      <nav class="pager" aria-label={`Pages: ${captions[group]}`}>
        <a class="button quiet" href={`/dashboard/requests?of=${group}&after=${next}`}>
          Older requests
        </a>
      </nav>
    )}
  </>
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
