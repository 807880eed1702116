import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../errors.ts';
import type { SignedIn } from '../oauth/sessions.ts';
import { dayOf, type Clock } from '../policy/dates.ts';
import { cleanText } from '../policy/text.ts';
import { certificateOf, type CertificateRow } from '../store/dashboard.ts';
import { showPage, type WebEnv } from './http.ts';
import { ownerFor, type OwnerDeps } from './owner.ts';
import { Card, Facts, Page } from './page.tsx';
import type { WebSessions } from './session.ts';
import { DayText, Status } from './words.tsx';

export interface CertificatePageDeps extends OwnerDeps {
  readonly sessions: WebSessions;
  readonly clock: Clock;
}

/** `/dashboard/certificates/{certificate}`: one certificate. */
export function certificatePage({ sessions, clock, ...deps }: CertificatePageDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/certificates/:certificate', sessions.requireSession, async (c) => {
    const person = c.get('person');
    const { accountId, handles } = ownerFor(deps, person);
    const certificateId = handles.decode('cert', c.req.param('certificate'));
    const certificate = certificateId && (await certificateOf({ orm: deps.orm, accountId, certificateId, today: dayOf(clock()) }));
    if (!certificate) throw new AppError('not_available');
    return showPage(c, <CertificatePage person={person} certificate={certificate} />);
  });
  return pages;
}

const CertificatePage: FC<{ person: SignedIn; certificate: CertificateRow }> = ({ person, certificate }) => {
  const { title, recipientName, publicNumber, issuedOn, expiresOn, revokedOn, status, listName, description } = certificate;
  const shownTitle = cleanText(title, 200);
  return (
    <Page title={shownTitle} person={person}>
      <p class="eyebrow">Certificate</p>
      <h1 class="name">{shownTitle}</h1>
      <p class="lead">
        for <span class="name">{cleanText(recipientName, 200)}</span>
      </p>
      <Card>
        <Facts
          facts={[
            ['Status', <Status status={status} />],
            ['Number', <code>{cleanText(publicNumber, 200)}</code>],
            ['Issued', <DayText day={issuedOn} />],
            ['Expires', expiresOn === null ? 'never' : <DayText day={expiresOn} />],
            ...(revokedOn === null ? [] : [['Revoked', <DayText day={revokedOn} />] as const]),
            ['List', <span class="name">{cleanText(listName, 200)}</span>],
          ]}
        />
        {description !== null && (
          <>
            <h2>Description</h2>
            <p class="name">{cleanText(description, 2_000)}</p>
          </>
        )}
      </Card>
    </Page>
  );
};
