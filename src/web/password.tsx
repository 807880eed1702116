import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../errors.ts';
import { networkOf } from '../oauth/limits.ts';
import type { OAuth } from '../oauth/oauth.ts';
import { passwordLength } from '../oauth/passwords.ts';
import { formOf, showPage, type WebContext, type WebEnv } from './http.ts';
import { Actions, Button, Field, Message, Notice, Page } from './page.tsx';

/** `/password/…`: one-time links that set a password. */
export function passwordPages({ oauth }: { oauth: OAuth }): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/password/:token', async (c) => {
    if (!(await isLiveLink(c, oauth))) return showPage(c, <DeadLink />, 404);
    return showPage(c, <PasswordPage token={c.req.param('token')} />);
  });
  pages.post('/password/:token', (c) => setPassword(c, oauth));
  return pages;
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
    <Message
      title="Your password is set"
      text="Other sign-ins of your account have ended."
      link={{ href: '/sign-in', label: 'Sign in' }}
    />,
  );
}

const DeadLink: FC = () => (
  <Message title="This link doesn’t work" text="It has been used, has expired, or never was. Ask for a new one." />
);

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
      <Field
        name="password_again"
        label="New password, once more"
        type="password"
        autocomplete="new-password"
        required
        maxlength={passwordLength.most}
      />
      <Actions>
        <Button>Set the password</Button>
      </Actions>
    </form>
  </Page>
);
