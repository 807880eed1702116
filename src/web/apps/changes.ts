import { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import { isScope } from '../../policy/scopes.ts';
import type { AppName } from '../../store/apps/apps.ts';
import type { Done } from './parts.tsx';
import { formOf, type WebContext, type WebEnv } from '../shell/http.ts';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import type { WebSessions } from '../shell/session.ts';

export interface AppChangeDeps extends OwnerDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
}

/** The forms that change apps. None asks for the password: withdrawing is as easy as consenting. */
export function appChanges({ oauth: { grants }, sessions: { requireSession }, ...deps }: AppChangeDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();

  pages.post('/dashboard/apps/revoke-all', requireSession, async (c) => {
    await grants.revokeAllApps({ accountId: c.get('person').accountId });
    return c.redirect('/dashboard?done=revoked_all', 303);
  });

  const acts = [
    { path: 'revoke', act: (name: AppName) => grants.revokeApp(name), done: 'revoked' },
    { path: 'pause', act: (name: AppName) => grants.pauseApp(name), done: 'paused' },
    { path: 'resume', act: (name: AppName) => grants.resumeApp(name), done: 'resumed' },
  ] as const;
  for (const { path, act, done } of acts) {
    pages.post(`/dashboard/apps/:app/${path}`, requireSession, async (c) => {
      const form = await fieldsOf(c);
      const { accountId } = c.get('person');
      const { app, appId } = await ownerFor(deps, c.get('person')).app(c.req.param('app'));
      if (!(await act({ accountId, appId }))) throw new AppError('not_available');
      return backTo(c, { app, done, form });
    });
  }

  pages.post('/dashboard/apps/:app/narrow', requireSession, async (c) => {
    const form = await fieldsOf(c);
    const { accountId } = c.get('person');
    const { app, appId } = await ownerFor(deps, c.get('person')).app(c.req.param('app'));
    if (!(await grants.narrowApp({ accountId, appId, scopes: form.getAll('scope').filter(isScope) }))) throw new AppError('not_available');
    return backTo(c, { app, done: 'narrowed', form });
  });

  // Where someone lands who had to sign in again before a change: nothing is changed, the page is there to do it.
  pages.get('/dashboard/apps/revoke-all', (c) => c.redirect('/dashboard', 303));
  pages.get('/dashboard/apps/:app/:act{revoke|pause|resume|narrow}', (c) =>
    c.redirect(`/dashboard/apps/${encodeURIComponent(c.req.param('app'))}`, 303),
  );
  return pages;
}

/** A form without fields may come without a body and its type. */
async function fieldsOf(c: WebContext): Promise<URLSearchParams> {
  return c.req.header('content-type') === undefined ? new URLSearchParams() : formOf(c);
}

function backTo(c: WebContext, { app, done, form }: { app: string; done: Done; form: URLSearchParams }): Response {
  return c.redirect(form.get('from') === 'app' ? `/dashboard/apps/${app}?done=${done}` : `/dashboard?done=${done}&app=${app}`, 303);
}
