import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { contacts } from '../../policy/operator-contacts.ts';
import { authorities, isAuthorityCode, type AuthorityCode, noteOn } from '../../policy/authorities.ts';
import type { Service } from '../../policy/classes.ts';
import {
  isRegion,
  keptReasons,
  refusalReasons,
  regions,
  rightsNamedIn,
  type RefusalReason,
  type Region,
  type RequestOutcome,
} from '../../policy/requests.ts';
import { Actions, Button, Card, Facts, Field, Notice, Page } from '../shell/page.tsx';
import { Grounds, Places, Regions } from './fields.tsx';
import { Downloads } from './request-downloads.tsx';
import { Objected } from './request-objection.tsx';
import { kindWords, serviceNames, wordsOf, type RequestView } from './view.ts';
import { WhatItDoes } from './request-effect.tsx';
import { DayText, Status, plural } from '../shell/format.tsx';

interface RequestProps {
  readonly person: SignedIn;
  readonly view: RequestView;
}

function filedBy({ channel, appName, recipientId }: RequestView): string {
  if (channel === 'assistant') return appName === null ? 'by an app' : `by the app “${appName}”`;
  return recipientId === null ? 'by you or for you' : 'for one of your recipients';
}

/** A recipient's stops whatever is done with their record. */
function isOwnObjection({ kind, recipientId }: RequestView): boolean {
  return kind === 'objection' && recipientId === null;
}

/** One request: what it does, how far it is, what was done and what stays. */
export const RequestPage: FC<RequestProps> = ({ person, view }) => (
  <Page title={kindWords[view.kind].name} person={person} at="/dashboard/requests">
    <p class="back">
      <a href="/dashboard/requests">Back to privacy requests</a>
    </p>
    <h1>{kindWords[view.kind].name}</h1>
    <Card>
      <Facts
        facts={[
          ['State', <Status status={view.status} />],
          ['Service', serviceNames[view.service] ?? view.service],
          ...(view.categories === null ? [] : [['Only', wordsOf(view.categories)] as const]),
          ['Received', <DayText day={view.receivedOn} />],
          ['Answered by', <DayText day={view.dueOn} />],
          ['Filed', filedBy(view)],
        ]}
      />
      {view.dueBy === 'not_promised' && <p class="small">The notice of this service promises no day; this is ours.</p>}
    </Card>
    {view.status === 'awaiting_confirmation' && <Confirming view={view} />}
    {view.status === 'identity_check' && (
      <p>We make sure that the request comes from you, and may ask you for more. The day above stays.</p>
    )}
    {view.status === 'in_progress' && <p>We are looking into it. You need do nothing.</p>}
    {view.status === 'refused' && <Refused view={view} />}
    {view.outcome && (isOwnObjection(view) ? <Objected view={view} /> : <Outcome outcome={view.outcome} />)}
    {isRegion(view.region) && <RightsThere region={view.region} />}
    {view.nextStep === 'download_in_dashboard' && <Downloads view={view} />}
    {view.canWithdraw && (
      <form method="post" action={`/dashboard/requests/${view.request}/withdraw`}>
        <Actions>
          <Button kind="quiet">
            {view.kind === 'restriction' && view.status === 'done' ? 'Lift the restriction' : 'Withdraw the request'}
          </Button>
        </Actions>
      </form>
    )}
  </Page>
);

const Confirming: FC<{ view: RequestView }> = ({ view }) => {
  const final = view.kind === 'erasure' || view.kind === 'deactivation';
  return (
    <>
      <Notice kind={final ? 'warning' : 'info'}>
        <WhatItDoes view={view} />
      </Notice>
      <form method="post" action={`/dashboard/requests/${view.request}/confirm`}>
        {view.kind === 'erasure' && <Grounds />}
        {view.kind === 'rectification' && (
          <Field
            name="display_name"
            label="Your name, as it should be"
            maxlength={200}
            hint="Leave it empty to have us look into something else; write what is wrong to the address of the service."
          />
        )}
        {view.kind === 'complaint_help' && <Places />}
        <Regions />
        <p class="small">You may be asked for your password once more.</p>
        <Actions>
          <Button kind={final ? 'danger' : 'main'}>{view.kind === 'erasure' ? 'Confirm: delete my data' : 'Confirm'}</Button>
        </Actions>
      </form>
    </>
  );
};

const Refused: FC<{ view: RequestView }> = ({ view }) => {
  const reason = view.reasonCode !== null && Object.hasOwn(refusalReasons, view.reasonCode) ? (view.reasonCode as RefusalReason) : null;
  const { dataProtection } = contacts[view.service as Service];
  return (
    <Notice kind="bad">
      {reason && <p>{refusalReasons[reason]}</p>}
      <p>
        If you don’t agree, write to {dataProtection}, or complain to a data protection authority: file the request “
        {kindWords.complaint_help.name}” and we name those you can turn to. You may also go to court.
      </p>
    </Notice>
  );
};

/** What was done, and what stays: why and until when. */
const Outcome: FC<{ outcome: RequestOutcome }> = ({ outcome: { erased, kept, stopped, corrected, authorities: codes, appsRevoked } }) => (
  <>
    {erased && erased.length > 0 && (
      <>
        <h2>What was deleted</h2>
        <Items names={erased} />
      </>
    )}
    {appsRevoked !== undefined && appsRevoked > 0 && <p>{plural(appsRevoked, 'connected app was', 'connected apps were')} cut off.</p>}
    {kept && kept.length > 0 && (
      <>
        <h2>What stays</h2>
        <ul>
          {kept.map(({ category, reason, promise, until }) => (
            <li>
              <b>{wordsOf([category])}</b>
              {until !== null && (
                <>
                  {' '}
                  until <DayText day={until} />
                </>
              )}
              . {keptReasons[reason]} {promise !== null && <span class="small">({promise})</span>}
            </li>
          ))}
        </ul>
      </>
    )}
    {stopped && stopped.length > 0 && (
      <>
        <h2>What is stopped</h2>
        <Items names={stopped} />
      </>
    )}
    {corrected && corrected.length > 0 && (
      <p>It was corrected everywhere at once. Of the old and the new value only salted hashes are kept.</p>
    )}
    {codes && <Authorities codes={codes.filter(isAuthorityCode)} />}
  </>
);

const RightsThere: FC<{ region: Region }> = ({ region }) => (
  <p class="small">
    {regions[region]}: your rights are{' '}
    {rightsNamedIn(region)
      .map((kind) => kindWords[kind].right)
      .join(', ')}
    .
  </p>
);

const Authorities: FC<{ codes: readonly AuthorityCode[] }> = ({ codes }) => (
  <>
    <h2>Where to complain</h2>
    {codes.length === 0 && (
      <p>Outside the EEA, Switzerland and the United Kingdom we know of no authority to name. You can always write to us.</p>
    )}
    <ul>
      {codes.map((code) => (
        <li>
          {authorities[code].country}: <a href={authorities[code].site}>{authorities[code].name}</a>
          {noteOn(code) !== null && ` (${noteOn(code)})`}
        </li>
      ))}
    </ul>
  </>
);

const Items: FC<{ names: readonly string[] }> = ({ names }) => (
  <ul>
    {names.map((name) => (
      <li>{wordsOf([name])}</li>
    ))}
  </ul>
);

/** The answer to an erasure that closed the account: nobody is signed in any more. */
export const ClosedPage: FC<{ view: RequestView }> = ({ view }) => (
  <Page title="Your data is deleted" narrow>
    <h1>Your data is deleted</h1>
    <p class="lead">Your account is closed and you are signed out. Keep this page if you want a record: nobody can show it to you again.</p>
    {view.outcome && <Outcome outcome={view.outcome} />}
  </Page>
);
