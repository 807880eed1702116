import { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import { services } from '../../policy/classes.ts';
import type { Clock } from '../../words/dates.ts';
import type { Orm } from '../../store/engine/db.ts';
import { renameAccount, setNoContact, setOptOut } from '../../store/accounts/account-settings.ts';
import { formOf, type WebContext, type WebEnv } from '../shell/http.ts';
import type { WebSessions } from '../shell/session.ts';

export interface AccountDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
  readonly orm: Orm;
  readonly clock: Clock;
}

/** The forms of `/dashboard/account` that need no password. */
export function accountChanges({ oauth, sessions, orm, clock }: AccountDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const { requireSession } = sessions;

  pages.post('/dashboard/account/details', requireSession, async (c) => {
    const displayName = (await formOf(c)).get('display_name') ?? '';
    const { accountId } = c.get('person');
    const renamed = await orm.transaction((tx) => renameAccount({ tx, accountId, displayName }));
    return back(c, renamed ? 'saved' : 'no_name');
  });

  pages.post('/dashboard/account/mail', requireSession, async (c) => {
    const form = await formOf(c);
    const service = services.find((each) => each === form.get('service'));
    const leftAlone = form.get('mail') === 'no';
    const owner = { orm, accountId: c.get('person').accountId, now: clock(), leftAlone };
    if (service) await setOptOut({ ...owner, service });
    else if (form.get('service') === 'all') await setNoContact(owner);
    else throw new AppError('invalid_input');
    return back(c, 'saved');
  });

  pages.post('/dashboard/account/sessions', requireSession, async (c) => {
    const name = (await formOf(c)).get('session') ?? '';
    const { accountId, sessionDigest } = c.get('person');
    if (name === 'others') await oauth.sessions.endAll({ accountId, keep: sessionDigest });
    else if (!(await oauth.sessions.endOne({ accountId, name }))) throw new AppError('not_available');
    return back(c, 'signed_out');
  });

  // Where someone lands who had to sign in again before a change: nothing is changed, the page is there to do it.
  pages.get('/dashboard/account/:act{details|mail|sessions|password}', (c) => c.redirect('/dashboard/account', 303));
  return pages;
}

function back(c: WebContext, done: string): Response {
  return c.redirect(`/dashboard/account?done=${done}`, 303);
}
