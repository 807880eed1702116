import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { networkOf } from '../../http/limits.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import { passwordLength } from '../../sign-in/passwords.ts';
import { exchangeOf, formOf, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { Actions, Button, Field, Message, Notice, Page } from '../shell/page.tsx';

/** `/password/reset`, and `/password/…`: one-time links that set a password. */
export function passwordPages({ oauth }: { oauth: OAuth }): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/password/reset', (c) => showPage(c, <ResetPage />));
  pages.post('/password/reset', (c) => askForLink(c, oauth));
  pages.get('/password/:token', async (c) => {
    if (!(await isLiveLink(c, oauth))) return showPage(c, <DeadLink />, 404);
    return showPage(c, <PasswordPage token={c.req.param('token')} />);
  });
  pages.post('/password/:token', (c) => setPassword(c, oauth));
  return pages;
}

/** The answer is the same, and given before anybody has looked, whether there is an account or not. */
async function askForLink(c: WebContext, oauth: OAuth): Promise<Response> {
  const email = (await formOf(c)).get('email')?.trim() ?? '';
  if (email === '' || email.length > 320) return showPage(c, <ResetPage problem="Enter your e-mail address." />, 400);
  const network = networkOf(c.env.incoming);
  await oauth.limits.demand('password_reset', network);
  oauth.passwords.mailLink(exchangeOf(c), email, () => oauth.limits.refund('password_reset', network));
  return showPage(c, <Message title="Look into your mail" text={texts.onItsWay} link={{ href: '/sign-in', label: 'Back to sign-in' }} />);
}

const texts = {
  onItsWay:
    'If there is an account with this address, a link to set a new password is on its way to it. It works once, within an hour. If nothing comes, look into the folder for junk, or ask whoever runs this server.',
  set: 'Other sign-ins of your account have ended.',
  setAndRevoked: 'Other sign-ins of your account have ended, and no app is connected any more.',
} as const;

/** A dead link counts for its network, and only dead ones are refused by that. @throws AppError rate_limited */
async function isLiveLink(c: WebContext, oauth: OAuth): Promise<boolean> {
  if (await oauth.passwords.isLiveLink(c.req.param('token') ?? '')) return true;
  await oauth.limits.demand('password_link', networkOf(c.env.incoming));
  return false;
}

async function setPassword(c: WebContext, oauth: OAuth): Promise<Response> {
  const token = c.req.param('token') ?? '';
  if (!(await isLiveLink(c, oauth))) return showPage(c, <DeadLink />, 404);
  const form = await formOf(c);
  const password = form.get('password') ?? '';
  const again = form.get('password_again');
  if (again !== null && again !== password) return showPage(c, <PasswordPage token={token} problem="The two passwords differ." />, 400);
  const revokeApps = form.get('revoke_apps') === 'yes';
  const outcome = await oauth.passwords.setByLink(exchangeOf(c), { token, password, revokeApps });
  if (outcome === 'not_available') return showPage(c, <DeadLink />, 404);
  if (outcome === 'unfit') return showPage(c, <PasswordPage token={token} problem={lengthHint} />, 400);
  return showPage(
    c,
    <Message
      title="Your password is set"
      text={revokeApps ? texts.setAndRevoked : texts.set}
      link={{ href: '/sign-in', label: 'Sign in' }}
    />,
  );
}

const DeadLink: FC = () => (
  <Message
    title="This link doesn’t work"
    text="It has been used, has expired, or never was. Ask for a new one."
    link={{ href: '/password/reset', label: 'Ask for a new link' }}
  />
);

export const lengthHint = `At least ${passwordLength.least} and at most ${passwordLength.most} characters. A few words are easier to keep than signs.`;

const Problem: FC<{ text: string | undefined }> = ({ text }) =>
  text ? (
    <Notice kind="bad">
      <p>{text}</p>
    </Notice>
  ) : null;

const ResetPage: FC<{ problem?: string }> = ({ problem }) => (
  <Page title="Set a new password" narrow>
    <h1>Set a new password</h1>
    <p class="lead">We mail you a link that sets it.</p>
    <Problem text={problem} />
    <form method="post" action="/password/reset">
      <Field name="email" label="E-mail address" type="email" autocomplete="username" required maxlength={320} />
      <Actions>
        <Button>Mail me a link</Button>
        <a href="/sign-in">Back to sign-in</a>
      </Actions>
    </form>
  </Page>
);

/** The two fields of a new password. */
export const NewPassword: FC = () => (
  <>
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
  </>
);

const PasswordPage: FC<{ token: string; problem?: string }> = ({ token, problem }) => (
  <Page title="Set your password" narrow>
    <h1>Set your password</h1>
    <Problem text={problem} />
    <form method="post" action={`/password/${encodeURIComponent(token)}`}>
      <NewPassword />
      <ul class="scopes">
        <li>
          <label>
            <input type="checkbox" name="revoke_apps" value="yes" />
            <span>
              <b>Also revoke every connected app</b>
              <span class="small">If somebody else may have had your password.</span>
            </span>
          </label>
        </li>
      </ul>
      <Actions>
        <Button>Set the password</Button>
      </Actions>
    </form>
  </Page>
);
