import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../errors.ts';
import { clientAddress } from '../oauth/host.ts';
import { networkOf, type Limits } from '../oauth/limits.ts';
import { dayOf, type Clock } from '../policy/dates.ts';
import { cleanText } from '../policy/text.ts';
import { verificationLog, type VerificationEventKind } from '../policy/verification.ts';
import type { Orm } from '../store/db.ts';
import { certificateByCode, type VerifiedCertificate } from '../store/verification.ts';
import { recordEvent } from '../store/writes/verification-events.ts';
import { showPage, type WebContext, type WebEnv } from './http.ts';
import { Facts, Message, Page } from './page.tsx';
import { DayText } from './words.tsx';

export interface VerifyDeps {
  readonly orm: Orm;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** `/v/{code}`: a certificate for whoever has its link. Whatever the link holds instead of a living code gets the same answer. */
export function verifyPages({ orm, limits, clock }: VerifyDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.use('/v/*', async (c, next) => {
    await next();
    c.header('X-Robots-Tag', 'noindex, nofollow, noarchive');
  });
  pages.get('/v/*', async (c) => {
    const found = await open(c, { code: c.req.path.slice('/v/'.length), kind: 'view' });
    return found ? showPage(c, <VerifyPage certificate={found} today={dayOf(clock())} />) : showPage(c, <NothingHere />, 404);
  });
  return pages;

  /** Looks a code up and notes what was opened; a HEAD opens nothing. @throws AppError rate_limited after too many wrong codes */
  async function open(c: WebContext, { code, kind }: { code: string; kind: VerificationEventKind }): Promise<VerifiedCertificate | null> {
    const network = networkOf(c.env.incoming);
    if (await limits.isSpent('verification_code', network)) throw new AppError('rate_limited');
    const now = clock();
    const found = await certificateByCode({ orm, code, today: dayOf(now) });
    if (!found) {
      await limits.spend('verification_code', network);
      return null;
    }
    const { accountId, certificateId } = found;
    if (c.req.method !== 'HEAD') await recordEvent({ orm, event: { at: now, accountId, certificateId, kind, ...visitorOf(c) } });
    return found;
  }
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
    text="This link is incomplete, was withdrawn, or never led to a certificate. Ask whoever gave it to you for the one that holds now."
  />
);

const verdicts: Readonly<Record<string, { says: string; kind: string }>> = {
  valid: { says: 'This certificate is valid', kind: 'good' },
  expired: { says: 'This certificate has expired', kind: 'waiting' },
  revoked: { says: 'The issuer has revoked this certificate', kind: 'over' },
};

const VerifyPage: FC<{ certificate: VerifiedCertificate; today: string }> = ({ certificate, today }) => {
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
      </article>
      <WhatIsNoted />
    </Page>
  );
};

const WhatIsNoted: FC = () => (
  <section class="noted" aria-labelledby="noted">
    <h2 id="noted">What is noted when you open this page</h2>
    <ul>
      {verificationLog.notes.map((each) => (
        <li>{each}</li>
      ))}
    </ul>
    <p>
      We keep this for {verificationLog.kept}, {verificationLog.purposes}; then it is deleted. {verificationLog.aggregate}
    </p>
    <p>
      Questions, or is this certificate about you? Write to <a href={`mailto:${verificationLog.contact}`}>{verificationLog.contact}</a>.
    </p>
  </section>
);
