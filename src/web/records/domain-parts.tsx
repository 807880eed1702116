import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { cleanText } from '../../words/text.ts';
import { publishedWithoutPrivacy, type PrivacyRequirement } from '../../policy/tls.ts';
import type { DomainRow, ExposurePeriod } from '../../store/tls/domains.ts';
import { Actions, Button, Card, Empty, Facts, Notice, Page } from '../shell/page.tsx';
import { DayText } from '../shell/format.tsx';

const demands: Readonly<Record<PrivacyRequirement, string>> = {
  ca_policy: 'the certificate authority’s policy',
  registry: 'the domain’s registry',
  none: 'nobody',
};

export interface DomainsProps {
  readonly person: SignedIn;
  readonly domains: readonly DomainRow[];
  readonly isFirst: boolean;
  readonly next: string | null;
  /** What was changed just now. */
  readonly changed: DomainRow | null;
}

export const DomainsPage: FC<DomainsProps> = ({ person, domains, isFirst, next, changed }) => (
  <Page title="Domains" person={person} at="/dashboard/domains">
    {changed && (
      <Notice>
        <p role="status">
          The contacts of <b class="name">{changed.domain}</b> are {changed.privacyOn ? 'private' : 'public'} now.
        </p>
      </Notice>
    )}
    <h1>Domains</h1>
    <p class="lead">
      Whether the contacts of your domains are kept out of public directories. Apps can be told the names of the public fields, never what
      is in them, and can’t change anything here.
    </p>
    {domains.length === 0 ? (
      <Empty title={isFirst ? 'No domains yet' : 'No more domains'}>
        <p>{isFirst ? 'They come with your orders.' : 'You have seen them all.'}</p>
      </Empty>
    ) : (
      domains.map((row) => <DomainCard row={row} />)
    )}
    {(next !== null || !isFirst) && (
      <nav class="pager" aria-label="Pages">
        {!isFirst && (
          <a class="button quiet" href="/dashboard/domains">
            First domains
          </a>
        )}
        {next !== null && (
          <a class="button quiet" href={`/dashboard/domains?after=${encodeURIComponent(next)}`}>
            More domains
          </a>
        )}
      </nav>
    )}
  </Page>
);

const DomainCard: FC<{ row: DomainRow }> = ({ row: { domain, privacyOn, publishedFieldNames, requiredBy, periods } }) => (
  <Card>
    <div class="domain-heading">
      <h2 class="name">{domain}</h2>
      <span class={`status ${privacyOn ? 'good' : 'waiting'}`}>{privacyOn ? 'Private' : 'Public'}</span>
    </div>
    <Facts
      facts={[
        ['Public fields', publishedFieldNames.length === 0 ? 'none' : publishedFieldNames.map((each) => cleanText(each, 200)).join(', ')],
        ['Required by', demands[requiredBy]],
        ['Was public', <Periods periods={periods} />],
      ]}
    />
    {privacyOn ? (
      <form method="get" action="/dashboard/domains/off">
        <input type="hidden" name="domain" value={domain} />
        <Button kind="quiet">
          Turn privacy off<span class="unseen"> for {domain}</span> …
        </Button>
      </form>
    ) : (
      <form method="post" action="/dashboard/domains/on">
        <input type="hidden" name="domain" value={domain} />
        <Button>
          Turn privacy on<span class="unseen"> for {domain}</span>
        </Button>
      </form>
    )}
  </Card>
);

const Periods: FC<{ periods: readonly ExposurePeriod[] }> = ({ periods }) =>
  periods.length === 0 ? (
    <>never</>
  ) : (
    <ul class="periods">
      {periods.map(({ startedOn, endedOn }) => (
        <li>
          <DayText day={startedOn} /> – {endedOn === null ? 'today' : <DayText day={endedOn} />}
        </li>
      ))}
    </ul>
  );

/** What a person reads and confirms before contacts become public (CS-15, CS-16). */
export const WarningPage: FC<{ person: SignedIn; row: DomainRow }> = ({ person, row: { domain, requiredBy } }) => (
  <Page title="Turn privacy off" person={person} at="/dashboard/domains" narrow>
    <h1>Make the contacts of this domain public?</h1>
    <p class="lead name">{domain}</p>
    <Notice kind="warning">
      <p>
        <b>Anyone may then read these contacts in public directories, download them, store them, copy them and pass them on.</b>
      </p>
      <p>
        <b>Turning privacy on again does not take back what was public.</b> Whoever has copied it keeps it.
      </p>
    </Notice>
    <Facts
      facts={[
        ['Becomes public', publishedWithoutPrivacy[requiredBy].join(', ')],
        ['Required by', demands[requiredBy]],
        ['From', 'now on, until you turn privacy on; the period stays on record'],
      ]}
    />
    <form method="post" action="/dashboard/domains/off">
      <input type="hidden" name="domain" value={domain} />
      <label class="understood">
        <input type="checkbox" name="understood" value="public" required />
        <span>I understand that what becomes public can’t be recalled.</span>
      </label>
      <Actions>
        <Button kind="danger">Make public</Button>
        <a class="button quiet" href="/dashboard/domains">
          Keep private
        </a>
      </Actions>
    </form>
  </Page>
);
