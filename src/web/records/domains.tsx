import { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import { dayOf, type Clock } from '../../words/dates.ts';
import { domainKey } from '../../policy/domains.ts';
import { domainsOf, type DomainRow } from '../../store/tls/domains.ts';
import type { Orm } from '../../store/engine/db.ts';
import { turnPrivacyOff, turnPrivacyOn } from '../../store/tls/domain-privacy.ts';
import { DomainsPage, WarningPage } from './domain-parts.tsx';
import { formOf, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import type { WebSessions } from '../shell/session.ts';

export interface DomainsDeps {
  readonly orm: Orm;
  readonly sessions: WebSessions;
  readonly clock: Clock;
}

const domainsAtOnce = 50;

/**
 * `/dashboard/domains`: whose contacts are public, since when, and which fields. Privacy is turned on with one click; it is turned
 * off on a page of its own, after its warning (CS-15) and a fresh sign-in.
 */
export function domainPages({ orm, sessions: { requireSession, reauthenticate }, clock }: DomainsDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();

  pages.get('/dashboard/domains', requireSession, async (c) => {
    const person = c.get('person');
    const given = c.req.query('after');
    const after = given === undefined ? undefined : (domainKey(given) ?? undefined);
    const found = await domainsOf({ orm, accountId: person.accountId, now: clock(), after, limit: domainsAtOnce + 1 });
    const domains = found.slice(0, domainsAtOnce);
    const next = found.length > domainsAtOnce ? (domains.at(-1)?.domain ?? null) : null;
    const changed = domains.find(({ domain }) => domain === c.req.query('changed')) ?? null;
    return showPage(c, <DomainsPage person={person} domains={domains} isFirst={after === undefined} next={next} changed={changed} />);
  });

  // Where someone lands, too, who had to sign in again while confirming: nothing is changed, the list is there to begin anew.
  pages.get('/dashboard/domains/off', requireSession, (c, next) =>
    c.req.query('domain') === undefined ? Promise.resolve(c.redirect('/dashboard/domains', 303)) : reauthenticate(c, next),
  );
  pages.get('/dashboard/domains/off', async (c) => {
    const row = await find(c, c.req.query('domain') ?? null);
    return row.privacyOn ? showPage(c, <WarningPage person={c.get('person')} row={row} />) : back(c, row.domain);
  });

  pages.post('/dashboard/domains/off', requireSession, reauthenticate, async (c) => {
    const form = await formOf(c);
    const { domain } = await find(c, form.get('domain'));
    if (form.get('understood') !== 'public') throw new AppError('invalid_input');
    await turnPrivacyOff({ orm, accountId: c.get('person').accountId, domain, today: dayOf(clock()) });
    return back(c, domain);
  });

  pages.post('/dashboard/domains/on', requireSession, async (c) => {
    const { domain } = await find(c, (await formOf(c)).get('domain'));
    await turnPrivacyOn({ orm, accountId: c.get('person').accountId, domain, today: dayOf(clock()) });
    return back(c, domain);
  });
  pages.get('/dashboard/domains/on', (c) => c.redirect('/dashboard/domains', 303));
  return pages;

  /** @throws AppError not_available, the same for an unknown domain and another account's */
  async function find(c: WebContext, named: string | null): Promise<DomainRow> {
    const domain = domainKey(named ?? '');
    const [row] = domain === null ? [] : await domainsOf({ orm, accountId: c.get('person').accountId, now: clock(), domain, limit: 1 });
    if (!row) throw new AppError('not_available');
    return row;
  }
}

function back(c: WebContext, domain: string): Response {
  return c.redirect(`/dashboard/domains?changed=${encodeURIComponent(domain)}`, 303);
}
