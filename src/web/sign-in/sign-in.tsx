import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { dashboardClientId } from '../../oauth/clients.ts';
import type { Asked } from '../../oauth/interaction.ts';
import { limitTable } from '../../http/limits.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import { passwordLength } from '../../sign-in/passwords.ts';
import type { Scope } from '../../policy/scopes.ts';
import { AppIdentity, AppWarnings } from './app-identity.tsx';
import { ConsentPage } from './consent.tsx';
import { exchangeOf, formOf, safePath, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { Actions, Button, Field, Message, Notice, Page } from '../shell/page.tsx';
import { expired } from './oauth-problem.tsx';
import type { WebSessions } from '../shell/session.ts';

export interface SignInDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
  readonly fieldLabelsOf: (scope: Scope, accepted?: readonly string[]) => readonly string[];
}

/** `/sign-in`, `/sign-out` and `/interaction/…`. */
export function signInPages(deps: SignInDeps): Hono<WebEnv> {
  const { oauth, sessions } = deps;
  const pages = new Hono<WebEnv>();
  pages.get('/sign-in', (c) => c.redirect(authorizePath(oauth.publicUrl, safePath(c.req.query('to')), c.req.query('again') === '1'), 303));
  pages.get('/sign-in/done', async (c) => {
    if (await sessions.sessionOf(c)) return c.redirect(safePath(c.req.query('state')), 303);
    return showPage(
      c,
      <Message title="You are not signed in" text={texts.noCookies} link={{ href: '/sign-in', label: 'Try again' }} />,
      400,
    );
  });
  pages.post('/sign-out', (c) => signOut(c, sessions, false));
  pages.post('/sign-out/everywhere', (c) => signOut(c, sessions, true));
  pages.get('/interaction/:id', async (c) => {
    const asked = await askedOf(c, oauth);
    if (!asked) return showPage(c, <Expired />, 400);
    return showPage(
      c,
      asked.kind === 'sign_in' ? <SignInPage asked={asked} /> : <ConsentPage asked={asked} fieldLabelsOf={deps.fieldLabelsOf} />,
    );
  });
  pages.post('/interaction/:id', async (c) => {
    const asked = await askedOf(c, oauth);
    if (!asked) return showPage(c, <Expired />, 400);
    return asked.kind === 'sign_in' ? answerSignIn(c, oauth, asked) : answerConsent(c, deps);
  });
  return pages;
}

const texts = {
  noCookies:
    'Your browser doesn’t keep our cookies. They hold a sign-in together, say that you have signed in, and tell this browser from strangers who guess at your password; they do nothing else. Allow cookies for this site and try again.',
  wrong: 'That e-mail address and password don’t go together.',
  limited: 'Too many tries. Wait a quarter of an hour and try again.',
  otherAccount: 'You are signed in to another account in this browser. Sign out there first.',
  signedOut: 'You are signed out. Connected apps stay connected until you disconnect them in your dashboard.',
} as const;

const Expired: FC = () => <Message title="Start again" text={expired} />;

/** Our own sign-in is an authorization without code or token; `state` says where to go on. */
function authorizePath(publicUrl: string, to: string, again: boolean): string {
  const query = new URLSearchParams({
    client_id: dashboardClientId,
    response_type: 'none',
    scope: 'openid',
    redirect_uri: `${publicUrl}/sign-in/done`,
    state: to,
    ...(again && { prompt: 'login' }),
  });
  return `/oauth/authorize?${query.toString()}`;
}

async function askedOf(c: WebContext, oauth: OAuth): Promise<Asked | null> {
  const asked = await oauth.interactions.asked(exchangeOf(c));
  return asked?.id === c.req.param('id') ? asked : null;
}

type SignInAsked = Asked & { readonly kind: 'sign_in' };

async function answerSignIn(c: WebContext, oauth: OAuth, asked: SignInAsked): Promise<Response> {
  const form = await formOf(c);
  const email = form.get('email') ?? '';
  const outcome = await oauth.interactions.signIn(exchangeOf(c), { email, password: form.get('password') ?? '' });
  if (!outcome) return showPage(c, <Expired />, 400);
  if (outcome.kind === 'signed_in') return c.redirect(outcome.location, 303);
  if (outcome.kind === 'limited') c.header('Retry-After', String(limitTable.sign_in.seconds));
  const problem = { wrong: texts.wrong, limited: texts.limited, other_account: texts.otherAccount }[outcome.kind];
  return showPage(c, <SignInPage asked={asked} problem={problem} email={email.slice(0, 320)} />, outcome.kind === 'limited' ? 429 : 401);
}

async function answerConsent(c: WebContext, { oauth, fieldLabelsOf }: SignInDeps): Promise<Response> {
  const form = await formOf(c);
  const allow = form.get('decision') === 'allow';
  const decided = await oauth.interactions.decide(exchangeOf(c), { allow, scopes: form.getAll('scope'), page: form.get('page') });
  if (decided === null) return showPage(c, <Expired />, 400);
  if (decided.kind === 'go_on') return c.redirect(decided.location, 303);
  return showPage(c, <ConsentPage asked={decided.asked} changed fieldLabelsOf={fieldLabelsOf} />, 409);
}

const SignInPage: FC<{ asked: SignInAsked; problem?: string; email?: string }> = ({ asked, problem, email }) => (
  <Page title="Sign in" narrow>
    <h1>{asked.again ? 'Confirm that it is you' : 'Sign in'}</h1>
    {asked.app ? (
      <>
        <p class="lead">
          to connect <span class="name">{asked.app.name}</span>. What it may see, you decide on the next page.
        </p>
        <AppIdentity app={asked.app} />
        <AppWarnings app={asked.app} lookAlike={asked.lookAlike} />
      </>
    ) : (
      <p class="lead">
        {asked.again ? 'Enter your password once more to go on.' : 'to see which apps are connected, and what each was told.'}
      </p>
    )}
    {problem && (
      <Notice kind="bad">
        <p>{problem}</p>
      </Notice>
    )}
    <form method="post" action={`/interaction/${asked.id}`}>
      <Field
        name="email"
        label="E-mail address"
        type="email"
        autocomplete="username"
        required
        maxlength={320}
        value={email ?? asked.again?.email ?? ''}
      />
      <Field name="password" label="Password" type="password" autocomplete="current-password" required maxlength={passwordLength.most} />
      <Actions>
        <Button>Sign in</Button>
        <a href="/password/reset">Forgot your password?</a>
      </Actions>
    </form>
  </Page>
);

async function signOut(c: WebContext, sessions: WebSessions, everywhere: boolean): Promise<Response> {
  await sessions.signOut(c, { everywhere });
  return showPage(c, <Message title="Signed out" text={texts.signedOut} link={{ href: '/sign-in', label: 'Sign in' }} />);
}
