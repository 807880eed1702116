import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../../errors.ts';
import type { Session, SignedIn } from '../../oauth/sessions.ts';
import { dayOf } from '../../words/dates.ts';
import { accountSettings, type AccountSettings } from '../../store/accounts/account-settings.ts';
import type { AccountDeps } from './changes.ts';
import { formOf, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { Actions, Button, Card, Facts, Field, Notice, Page, Table } from '../shell/page.tsx';
import { lengthHint, NewPassword } from '../sign-in/password.tsx';

/** `/dashboard/account`: details, mail, password, sign-ins. */
export function accountPage(deps: AccountDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/account', deps.sessions.requireSession, (c) => show(c, deps, messageOf(c.req.query('done'))));
  pages.post('/dashboard/account/password', deps.sessions.requireSession, (c) => changePassword(c, deps));
  return pages;
}

interface Said {
  readonly text: string;
  readonly bad?: boolean;
}

const messages: Readonly<Record<string, Said>> = {
  saved: { text: 'Saved. It holds from now on.' },
  signed_out: { text: 'Signed out there. Connected apps stay connected.' },
  password: { text: 'Your password is changed. Every other sign-in has ended.' },
  no_name: { text: 'A name needs at least one letter.', bad: true },
};

function messageOf(done: string | undefined): Said | null {
  return done !== undefined && Object.hasOwn(messages, done) ? (messages[done] ?? null) : null;
}

async function show(c: WebContext, { oauth, orm }: AccountDeps, said: Said | null, status: 200 | 400 | 401 | 429 = 200): Promise<Response> {
  const person = c.get('person');
  const settings = await accountSettings({ orm, accountId: person.accountId });
  if (!settings) throw new AppError('not_available');
  const signIns = await oauth.sessions.list({ accountId: person.accountId, current: person.sessionDigest });
  return showPage(c, <AccountPage person={person} settings={settings} signIns={signIns} said={said} />, status);
}

/** Asks for the current password, whose tries count like those of a sign-in. */
async function changePassword(c: WebContext, deps: AccountDeps): Promise<Response> {
  const form = await formOf(c);
  const person = c.get('person');
  const password = form.get('password') ?? '';
  if (form.get('password_again') !== password) return show(c, deps, { text: 'The two new passwords differ.', bad: true }, 400);
  const exchange = { req: c.env.incoming, res: c.env.outgoing };
  const checked = await deps.oauth.interactions.confirm(exchange, { email: person.email, password: form.get('current_password') ?? '' });
  if (checked === 'limited') return show(c, deps, { text: 'Too many tries. Wait a quarter of an hour and try again.', bad: true }, 429);
  if (checked === 'wrong') return show(c, deps, { text: 'That isn’t your current password.', bad: true }, 401);
  const outcome = await deps.oauth.passwords.set(exchange, { accountId: person.accountId, password, keep: person.sessionDigest });
  if (outcome === 'unfit') return show(c, deps, { text: lengthHint, bad: true }, 400);
  return c.redirect('/dashboard/account?done=password', 303);
}

interface Props {
  readonly person: SignedIn;
  readonly settings: AccountSettings;
  readonly signIns: readonly Session[];
  readonly said: Said | null;
}

const AccountPage: FC<Props> = ({ person, settings, signIns, said }) => (
  <Page title="Account" person={person} at="/dashboard/account">
    <h1>Your account</h1>
    {said && (
      <Notice kind={said.bad ? 'bad' : 'info'}>
        <p role="status">{said.text}</p>
      </Notice>
    )}
    <Card>
      <h2>Details</h2>
      <Facts
        facts={[
          ['E-mail address', settings.email],
          ['As apps see it at first', settings.emailMasked],
        ]}
      />
      {!person.isDeactivated && (
        <form method="post" action="/dashboard/account/details">
          <Field name="display_name" label="Name" autocomplete="name" required maxlength={200} value={settings.displayName} />
          <Actions>
            <Button kind="quiet">Save the name</Button>
          </Actions>
        </form>
      )}
    </Card>
    <Mail settings={settings} />
    <Card>
      <h2>Password</h2>
      <form method="post" action="/dashboard/account/password">
        <Field name="current_password" label="Current password" type="password" autocomplete="current-password" required maxlength={200} />
        <NewPassword />
        <Actions>
          <Button>Change the password</Button>
        </Actions>
      </form>
    </Card>
    <SignIns signIns={signIns} />
    <p>
      {person.isDeactivated && 'Your services are deactivated: apps get nothing any more, and nothing is deleted by that. '}
      You can{' '}
      {!person.isDeactivated && (
        <>
          <a href="/contact">deactivate a service</a>, or{' '}
        </>
      )}
      ask for <a href="/dashboard/requests">your data or its deletion</a>.
    </p>
  </Page>
);

const serviceNames: Readonly<Record<string, string>> = { certfusion: 'CertFusion', certumssl: 'CertumSSL' };

const Mail: FC<{ settings: AccountSettings }> = ({ settings }) => (
  <Card>
    <h2>Mail</h2>
    <p class="small">What you choose here holds at once. Mail that the services need, such as a link to set a password, still comes.</p>
    <Table
      caption="Mail that you get"
      columns={['Mail', 'Now', 'Change']}
      rows={[
        ...settings.services.map(({ service, optedOutAt }) => [
          `News and offers of ${serviceNames[service] ?? service}`,
          optedOutAt ? `No, since ${dayOf(optedOutAt)}` : 'Yes',
          <MailChoice service={service} stopped={optedOutAt !== null} about={serviceNames[service] ?? service} />,
        ]),
        [
          'Anything else that isn’t needed',
          settings.noContact ? 'No' : 'Yes',
          <MailChoice service="all" stopped={settings.noContact} about="anything that isn’t needed" />,
        ],
      ]}
    />
  </Card>
);

const MailChoice: FC<{ service: string; stopped: boolean; about: string }> = ({ service, stopped, about }) => (
  <form method="post" action="/dashboard/account/mail">
    <input type="hidden" name="service" value={service} />
    <button class="quiet" name="mail" value={stopped ? 'yes' : 'no'} aria-label={`${stopped ? 'Allow' : 'Stop'} mail: ${about}`}>
      {stopped ? 'Allow' : 'Stop'}
    </button>
  </form>
);

const SignIns: FC<{ signIns: readonly Session[] }> = ({ signIns }) => (
  <Card>
    <h2>Where you are signed in</h2>
    <Table
      caption="Browsers that are signed in, the newest first"
      columns={['Signed in', 'Last seen', 'Change']}
      rows={signIns.map(({ name, signedInAt, lastSeenOn, isThis }) => [
        `${signedInAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
        lastSeenOn ?? dayOf(signedInAt),
        isThis ? 'This browser' : <EndSignIn name={name} since={signedInAt} />,
      ])}
    />
    <Actions>
      {signIns.length > 1 && (
        <form method="post" action="/dashboard/account/sessions">
          <button class="quiet" name="session" value="others">
            Sign out all others
          </button>
        </form>
      )}
      <form method="post" action="/sign-out/everywhere">
        <Button kind="danger">Sign out everywhere</Button>
      </form>
    </Actions>
  </Card>
);

const EndSignIn: FC<{ name: string; since: Date }> = ({ name, since }) => (
  <form method="post" action="/dashboard/account/sessions">
    <button class="quiet" name="session" value={name} aria-label={`Sign out the browser of ${since.toISOString().slice(0, 16)}`}>
      Sign out
    </button>
  </form>
);
