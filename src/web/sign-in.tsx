import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../errors.ts';
import { dashboardClientId } from '../oauth/clients.ts';
import type { Asked } from '../oauth/interaction.ts';
import { networkOf } from '../oauth/limits.ts';
import type { OAuth } from '../oauth/oauth.ts';
import { passwordLength } from '../oauth/passwords.ts';
import type { OAuthProblem } from '../oauth/provider.ts';
import type { Scope } from '../policy/scopes.ts';
import { ConsentPage } from './consent.tsx';
import { exchangeOf, formOf, safePath, showPage, type WebContext, type WebEnv } from './http.ts';
import { Actions, Button, Field, Notice, Page, renderPage } from './page.tsx';
import type { WebSessions } from './session.ts';

export interface SignInDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
  readonly fieldLabelsOf: (scope: Scope) => readonly string[];
}

/** `/sign-in`, `/sign-out`, `/interaction/…` and `/password/…`. */
export function signInPages(deps: SignInDeps): Hono<WebEnv> {
  const { oauth, sessions } = deps;
  const pages = new Hono<WebEnv>();
  pages.get('/sign-in', (c) => c.redirect(authorizePath(oauth.publicUrl, safePath(c.req.query('to')), c.req.query('again') === '1'), 303));
  pages.get('/sign-in/done', async (c) => {
    if (await sessions.sessionOf(c)) return c.redirect(safePath(c.req.query('state')), 303);
    return showPage(c, <Message title="You are not signed in" text={texts.noCookies} link={{ href: '/sign-in', label: 'Try again' }} />, 400);
  });
  pages.post('/sign-out', (c) => signOut(c, sessions, false));
  pages.post('/sign-out/everywhere', (c) => signOut(c, sessions, true));
  pages.get('/interaction/:id', async (c) => {
    const asked = await askedOf(c, oauth);
    if (!asked) return showPage(c, <Expired />, 400);
    return showPage(c, asked.kind === 'sign_in' ? <SignInPage asked={asked} /> : <ConsentPage asked={asked} fieldLabelsOf={deps.fieldLabelsOf} />);
  });
  pages.post('/interaction/:id', async (c) => {
    const asked = await askedOf(c, oauth);
    if (!asked) return showPage(c, <Expired />, 400);
    return asked.kind === 'sign_in' ? answerSignIn(c, oauth, asked) : answerConsent(c, oauth);
  });
  pages.get('/password/:token', async (c) => {
    if (!(await isLiveLink(c, oauth))) return showPage(c, <DeadLink />, 404);
    return showPage(c, <PasswordPage token={c.req.param('token')} />);
  });
  pages.post('/password/:token', (c) => setPassword(c, oauth));
  return pages;
}

const texts = {
  expired:
    'This page has expired, was opened in another browser, or your browser doesn’t keep cookies. Allow cookies for this site, go back to where you started, and try again.',
  noCookies:
    'Your browser doesn’t keep our cookie. We use one to know that you have signed in, and nothing else. Allow cookies for this site and try again.',
  wrong: 'That e-mail address and password don’t go together.',
  limited: 'Too many tries. Wait a quarter of an hour and try again.',
  otherAccount: 'You are signed in to another account in this browser. Sign out there first.',
  signedOut: 'You are signed out. Connected apps stay connected until you disconnect them in your dashboard.',
  deadLink: 'This link has been used, has expired, or never was. Ask for a new one.',
} as const;

const problems: Readonly<Record<OAuthProblem, string>> = {
  unknown_client: 'The app that sent you here isn’t known, or its description couldn’t be read. Nothing was shared.',
  wrong_redirect: 'The app asked to send you to an address that isn’t registered for it. Nothing was shared.',
  expired: texts.expired,
  refused: 'The app’s request can’t be answered. Nothing was shared.',
  internal: 'Something went wrong here. It has been noted. Nothing was shared.',
};

/** The page of an authorization that can't go back to its app. */
export function renderProblem(problem: OAuthProblem): Promise<string> {
  return renderPage(<Message title="This didn’t work" text={problems[problem]} />);
}

/** A page with one sentence. */
export const Message: FC<{ title: string; text: string; link?: { href: string; label: string } }> = ({ title, text, link }) => (
  <Page title={title} narrow>
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    {link && (
      <Actions>
        <a class="button" href={link.href}>
          {link.label}
        </a>
      </Actions>
    )}
  </Page>
);

const Expired: FC = () => <Message title="Start again" text={texts.expired} />;
const DeadLink: FC = () => <Message title="This link doesn’t work" text={texts.deadLink} />;

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
  const problem = { wrong: texts.wrong, limited: texts.limited, other_account: texts.otherAccount }[outcome.kind];
  return showPage(c, <SignInPage asked={asked} problem={problem} email={email.slice(0, 320)} />, outcome.kind === 'limited' ? 429 : 401);
}

async function answerConsent(c: WebContext, oauth: OAuth): Promise<Response> {
  const form = await formOf(c);
  const allow = form.get('decision') === 'allow';
  const location = await oauth.interactions.decide(exchangeOf(c), { allow, scopes: form.getAll('scope') });
  return location === null ? showPage(c, <Expired />, 400) : c.redirect(location, 303);
}

const SignInPage: FC<{ asked: SignInAsked; problem?: string; email?: string }> = ({ asked, problem, email }) => (
  <Page title="Sign in" narrow>
    <h1>{asked.again ? 'Confirm that it is you' : 'Sign in'}</h1>
    {asked.app ? (
      <p class="lead">
        to connect <span class="name">{asked.app.name}</span>. What it may see, you decide on the next page.
      </p>
    ) : (
      <p class="lead">{asked.again ? 'Enter your password once more to go on.' : 'to see which apps are connected, and what each was told.'}</p>
    )}
    {problem && (
      <Notice kind="bad">
        <p>{problem}</p>
      </Notice>
    )}
    <form method="post" action={`/interaction/${asked.id}`}>
      <Field name="email" label="E-mail address" type="email" autocomplete="username" required maxlength={320} value={email ?? asked.again?.email ?? ''} />
      <Field name="password" label="Password" type="password" autocomplete="current-password" required maxlength={passwordLength.most} />
      <Actions>
        <Button>Sign in</Button>
      </Actions>
    </form>
  </Page>
);

async function signOut(c: WebContext, sessions: WebSessions, everywhere: boolean): Promise<Response> {
  await sessions.signOut(c, { everywhere });
  return showPage(c, <Message title="Signed out" text={texts.signedOut} link={{ href: '/sign-in', label: 'Sign in' }} />);
}

/** Only this many tries of links from one network, so that nobody can search for one. */
async function isLiveLink(c: WebContext, oauth: OAuth): Promise<boolean> {
  if (!(await oauth.limits.spend('password_link', networkOf(c.env.incoming)))) throw new AppError('rate_limited');
  return oauth.passwords.isLiveLink(c.req.param('token') ?? '');
}

async function setPassword(c: WebContext, oauth: OAuth): Promise<Response> {
  const token = c.req.param('token') ?? '';
  if (!(await isLiveLink(c, oauth))) return showPage(c, <DeadLink />, 404);
  const form = await formOf(c);
  const password = form.get('password') ?? '';
  const again = form.get('password_again');
  if (again !== null && again !== password) return showPage(c, <PasswordPage token={token} problem="The two passwords differ." />, 400);
  const outcome = await oauth.passwords.setByLink({ token, password });
  if (outcome === 'not_available') return showPage(c, <DeadLink />, 404);
  if (outcome === 'unfit') return showPage(c, <PasswordPage token={token} problem={lengthHint} />, 400);
  return showPage(
    c,
    <Message title="Your password is set" text="Other sign-ins of your account have ended." link={{ href: '/sign-in', label: 'Sign in' }} />,
  );
}

const lengthHint = `At least ${passwordLength.least} and at most ${passwordLength.most} characters. A few words are easier to keep than signs.`;

const PasswordPage: FC<{ token: string; problem?: string }> = ({ token, problem }) => (
  <Page title="Set your password" narrow>
    <h1>Set your password</h1>
    {problem && (
      <Notice kind="bad">
        <p>{problem}</p>
      </Notice>
    )}
    <form method="post" action={`/password/${encodeURIComponent(token)}`}>
      <Field
        name="password"
        label="New password"
        type="password"
        autocomplete="new-password"
        required
        minlength={passwordLength.least}
        maxlength={passwordLength.most}
        hint={lengthHint}
      />
      <Field name="password_again" label="New password, once more" type="password" autocomplete="new-password" required maxlength={passwordLength.most} />
      <Actions>
        <Button>Set the password</Button>
      </Actions>
    </form>
  </Page>
);
