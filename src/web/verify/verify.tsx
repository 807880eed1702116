import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { clientAddress } from '../../http/host.ts';
import { networkOf, type Limits } from '../../http/limits.ts';
import { shareOf, spending, whereWithin, type SharedAct, type Spend } from '../../oauth/spending.ts';
import { dayOf, type Clock } from '../../words/dates.ts';
import { cleanText } from '../../words/text.ts';
import { verificationLog, type VerificationEventKind } from '../../policy/verification.ts';
import type { Orm } from '../../store/engine/db.ts';
import type { PurposeKey } from '../../store/engine/purpose-keys.ts';
import { certificateByCode, type VerifiedCertificate } from '../../store/verification/certificate-by-code.ts';
import { mailNewLink } from '../../store/certificates/recipient-links.ts';
import { recordEvent } from '../../store/verification/events.ts';
import { showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { NewLinkAsked, NewLinkForm, newLinkPath } from './new-link.tsx';
import { Actions, Facts, Message, Page } from '../shell/page.tsx';
import { makeCertificatePdfs } from './pdf/certificate-pdf.ts';
import { DayText } from '../shell/format.tsx';

export interface VerifyDeps {
  readonly publicUrl: string;
  readonly orm: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** `/v/{code}`, and the same as a PDF: a certificate for whoever has its link. Whatever the link holds instead of a living code gets the same answer. */
export function verifyPages({ publicUrl, orm, key, limits, clock }: VerifyDeps): Hono<WebEnv> {
  const makePdf = makeCertificatePdfs();
  const pages = new Hono<WebEnv>();
  pages.use('/v/*', async (c, next) => {
    await next();
    c.header('X-Robots-Tag', 'noindex, nofollow, noarchive');
  });
  pages.get('/v/*', async (c) => {
    const path = c.req.path.slice('/v/'.length);
    const wantsFile = path.endsWith(fileName);
    const code = wantsFile ? path.slice(0, -fileName.length) : path;
    const found = await find(c, code);
    if (!found) return showPage(c, <NothingHere />, 404);
    if (wantsFile) return sendFile(c, found, code);
    await note(c, found, 'view');
    return showPage(c, <VerifyPage certificate={found} today={dayOf(clock())} code={code} />);
  });
  pages.post(`/v/:code${newLinkPath}`, async (c) => {
    const code = c.req.param('code') ?? '';
    const found = await find(c, code);
    if (!found) return showPage(c, <NothingHere />, 404);
    const { certificateId } = found;
    const spends = [
      ['new_link', certificateId],
      ['new_link_network', networkOf(c.env.incoming)],
    ] as const;
    await spending(limits, spends, () =>
      whereWithin(limits, ['new_link_address', found.recipientKey], () =>
        mailNewLink({ orm, key, publicUrl, now: clock(), certificateId, code }),
      ),
    );
    return showPage(c, <NewLinkAsked />);
  });
  return pages;

  /** A wrong code counts for its network, and only wrong ones are refused by that. @throws AppError rate_limited */
  async function find(c: WebContext, code: string): Promise<VerifiedCertificate | null> {
    const found = await certificateByCode({ orm, code, now: clock() });
    if (found) await limits.demand(...(await share(c, 'verification_page', found)));
    else await limits.demand('verification_code', networkOf(c.env.incoming));
    return found;
  }

  function share(c: WebContext, act: SharedAct, { certificateId }: VerifiedCertificate): Promise<Spend> {
    return shareOf(limits, act, { network: networkOf(c.env.incoming), of: certificateId });
  }

  /** A HEAD opens nothing. */
  async function note(c: WebContext, { accountId, certificateId }: VerifiedCertificate, kind: VerificationEventKind): Promise<void> {
    if (c.req.method !== 'HEAD') await recordEvent({ orm, event: { at: clock(), accountId, certificateId, kind, ...visitorOf(c) } });
  }

  /** @throws AppError rate_limited after too many files, each of which takes the time of many pages */
  async function sendFile(c: WebContext, certificate: VerifiedCertificate, code: string): Promise<Response> {
    const headers = { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename="${nameOfFile(certificate)}"` };
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    const file = await spending(limits, [await share(c, 'certificate_file', certificate)], () =>
      makePdf({ certificate, link: `${publicUrl}/v/${code}`, now: clock() }),
    );
    await note(c, certificate, 'download');
    return c.body(file, 200, headers);
  }
}

const fileName = '/certificate.pdf';

/** Letters, digits and points of the number: what every system takes as a name, and no header misreads. */
function nameOfFile({ publicNumber }: VerifiedCertificate): string {
  const number = publicNumber
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  return number === '' ? 'certificate.pdf' : `certificate-${number}.pdf`;
}

/** What CF-19 names of a request; capped, since visitors write the last two as they like. */
function visitorOf(c: WebContext): { ip: string | null; userAgent: string | null; referrer: string | null } {
  const capped = (name: string, length: number) => c.req.header(name)?.slice(0, length) ?? null;
  return {
    ip: clientAddress(c.env.incoming),
    userAgent: capped('user-agent', 512),
    referrer: capped('referer', 1_000),
  };
}

const NothingHere: FC = () => (
  <Message
    title="No certificate here"
    text="This link is incomplete, was withdrawn, or never led to a certificate. Ask whoever gave it to you for the one that holds now; if the certificate is yours, look into your mail for it."
  />
);

const verdicts: Readonly<Record<string, { says: string; kind: string }>> = {
  valid: { says: 'This certificate is valid', kind: 'good' },
  expired: { says: 'This certificate has expired', kind: 'waiting' },
  revoked: { says: 'The issuer has revoked this certificate', kind: 'over' },
};

const VerifyPage: FC<{ certificate: VerifiedCertificate; today: string; code: string }> = ({ certificate, today, code }) => {
  const { title, recipientName, issuerName, publicNumber, issuedOn, expiresOn, revokedOn, status } = certificate;
  const { says, kind } = verdicts[status] ?? { says: status, kind: 'plain' };
  const shownTitle = cleanText(title, 200);
  return (
    <Page title={shownTitle} narrow>
      <article class="verified">
        <p class={`verdict ${kind}`}>
          <b>{says}</b>
          <span>
            as of <DayText day={today} />
          </span>
        </p>
        <p class="eyebrow">awarded to</p>
        <p class="recipient" dir="auto">
          {cleanText(recipientName, 200)}
        </p>
        <h1 class="name" dir="auto">
          {shownTitle}
        </h1>
        <Facts
          facts={[
            ['Issuer', <span class="name">{cleanText(issuerName, 200)}</span>],
            ['Number', <code>{cleanText(publicNumber, 200)}</code>],
            ['Issued', <DayText day={issuedOn} />],
            ['Expires', expiresOn === null ? 'never' : <DayText day={expiresOn} />],
            ...(revokedOn === null ? [] : [['Revoked', <DayText day={revokedOn} />] as const]),
          ]}
        />
        <Actions>
          <a class="button" href={`/v/${code}${fileName}`} download>
            Download as PDF
          </a>
        </Actions>
      </article>
      <NewLinkForm code={code} />
      <WhatIsNoted />
    </Page>
  );
};

const WhatIsNoted: FC = () => (
  <section class="noted" aria-labelledby="noted">
    <h2 id="noted">What is noted when you open this page or download the PDF</h2>
    <ul>
      {verificationLog.notes.map((each) => (
        <li>{each}</li>
      ))}
    </ul>
    <p>
      We keep this for {verificationLog.kept}, {verificationLog.purposes}; then it is deleted. {verificationLog.aggregate}
    </p>
    <p>
      Questions, or is this certificate about you? Write to <a href={`mailto:${verificationLog.contact}`}>{verificationLog.contact}</a>.{' '}
      {verificationLog.objection}
    </p>
  </section>
);
