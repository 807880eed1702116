import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../../errors.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Clock } from '../../words/dates.ts';
import { cleanText } from '../../words/text.ts';
import { certificateOf, type CertificateRow } from '../../store/apps/connected-apps.ts';
import { rotateLink } from '../../store/verification/events.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import { Button, Card, Facts, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { DayText, Status } from '../shell/format.tsx';

export interface CertificatePageDeps extends OwnerDeps {
  readonly publicUrl: string;
  readonly sessions: WebSessions;
  readonly clock: Clock;
}

/** `/dashboard/certificates/{certificate}`: one certificate and its verification link, which its issuer may replace. */
export function certificatePage({ publicUrl, sessions, clock, ...deps }: CertificatePageDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const find = async (person: SignedIn, handle: string) => {
    const { accountId, handles } = ownerFor(deps, person);
    const certificateId = handles.decode('cert', handle);
    const certificate = certificateId && (await certificateOf({ orm: deps.orm, accountId, certificateId, now: clock() }));
    if (!certificate) throw new AppError('not_available');
    return { certificate, accountId, certificateId };
  };

  pages.get('/dashboard/certificates/:certificate', sessions.requireSession, async (c) => {
    const person = c.get('person');
    const handle = c.req.param('certificate');
    const { certificate } = await find(person, handle);
    const link = { address: `${publicUrl}/v/${certificate.verificationCode}`, handle, isNew: c.req.query('done') === 'rotated' };
    return showPage(c, <CertificatePage person={person} certificate={certificate} link={link} />);
  });

  pages.post('/dashboard/certificates/:certificate/rotate', sessions.requireSession, async (c) => {
    const handle = c.req.param('certificate');
    const { accountId, certificateId } = await find(c.get('person'), handle);
    await rotateLink({ orm: deps.orm, accountId, certificateId });
    return c.redirect(`/dashboard/certificates/${handle}?done=rotated`, 303);
  });
  // Where someone lands who had to sign in before a change: nothing is changed, the page is there to do it.
  pages.get('/dashboard/certificates/:certificate/rotate', (c) =>
    c.redirect(`/dashboard/certificates/${encodeURIComponent(c.req.param('certificate'))}`, 303),
  );
  return pages;
}

interface Link {
  readonly address: string;
  /** The certificate's. */
  readonly handle: string;
  /** It was replaced just now. */
  readonly isNew: boolean;
}

const VerificationLink: FC<{ link: Link }> = ({ link: { address, handle, isNew } }) => (
  <section class="card" aria-labelledby="link">
    <h2 id="link">Verification link</h2>
    {isNew && <p role="status">This is the link that holds now. No older one opens anything.</p>}
    <p>Whoever has this link can see the certificate, without signing in. No app is ever told it.</p>
    <p>
      <a class="code" href={address}>
        {address}
      </a>
    </p>
    <form method="post" action={`/dashboard/certificates/${handle}/rotate`}>
      <p class="small">Has it reached the wrong people? A new link makes this one stop at once; the recipient then needs the new one.</p>
      <Button kind="danger">Replace the link</Button>
    </form>
  </section>
);

const CertificatePage: FC<{ person: SignedIn; certificate: CertificateRow; link: Link }> = ({ person, certificate, link }) => {
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
      <VerificationLink link={link} />
    </Page>
  );
};
