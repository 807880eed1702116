import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../../errors.ts';
import { networkOf, rangeOf, type Limits } from '../../http/limits.ts';
import { spending, type Spend } from '../../oauth/spending.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import { services } from '../../policy/classes.ts';
import { contactKinds, contactKindsFor, type ContactKind } from '../../policy/contact-form.ts';
import { contacts } from '../../policy/operator-contacts.ts';
import type { Clock } from '../../words/dates.ts';
import { cleanText } from '../../words/text.ts';
import type { Rights } from '../../rights/requests.ts';
import type { Orm } from '../../store/engine/db.ts';
import type { PurposeKey } from '../../store/engine/purpose-keys.ts';
import { accountSettings } from '../../store/accounts/account-settings.ts';
import { addContactMessage } from '../../store/accounts/contact-messages.ts';
import { formOf, showPage, type WebContext, type WebEnv } from '../shell/http.ts';
import { Actions, Button, Card, Field, Message, Notice, Page } from '../shell/page.tsx';
import { serviceNames } from '../requests/view.ts';
import type { WebSessions } from '../shell/session.ts';

export interface ContactDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  /** Of sealed columns. */
  readonly key: PurposeKey;
  readonly limits: Limits;
  readonly rights: Rights;
  readonly sessions: WebSessions;
}

const longest = 4_000;
const tooMany = 'Too many messages have come. Try again later, or write to one of the addresses below.';

/** `/contact`: for everybody security, rights and under-18 reports; signed in anything, and the form that deactivates (CS-25, CS-30, CS-58). */
export function contactPages({ orm, clock, key, limits, rights, sessions }: ContactDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const activeOf = async (person: SignedIn | null): Promise<string[]> => {
    const settings = person && (await accountSettings({ orm, accountId: person.accountId }));
    return settings?.services.filter(({ status }) => status === 'active').map(({ service }) => service) ?? [];
  };

  pages.get('/contact', async (c) => {
    const person = await sessions.sessionOf(c);
    return showPage(c, <ContactPage person={person} active={await activeOf(person)} problem={null} />);
  });

  pages.post('/contact', async (c) => {
    const person = await sessions.sessionOf(c);
    const form = await formOf(c);
    const kind = contactKindsFor({ signedIn: person !== null }).find((each) => each === form.get('kind'));
    if (!kind) throw new AppError('invalid_input');
    const body = cleanText(form.get('message') ?? '', longest);
    if (body === '') {
      const said = { problem: 'Write what it is about.', kind, email: form.get('email') ?? '' };
      return showPage(c, <ContactPage person={person} active={await activeOf(person)} {...said} />, 400);
    }
    const sender = person ? null : cleanText(form.get('email') ?? '', 320) || null;
    const store = () => addContactMessage({ orm, key, accountId: person?.accountId ?? null, kind, sender, body, now: clock() });
    try {
      await spending(limits, [['contact', senderOf(c, person)]], () => (person ? store() : withinShare(limits, { c, kind, store })));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'rate_limited') throw error;
      c.header('Retry-After', String(error.retryAfterSeconds));
      const said = { problem: tooMany, kind, email: form.get('email') ?? '' };
      return showPage(c, <ContactPage person={person} active={await activeOf(person)} {...said} />, 429);
    }
    return showPage(
      c,
      <Message title="We have it" text="Thank you. Somebody reads what you wrote." link={{ href: '/', label: 'Go on' }} />,
    );
  });

  pages.post('/contact/deactivate', sessions.requireSession, sessions.reauthenticate, async (c) => {
    const form = await formOf(c);
    const service = services.find((each) => each === form.get('service'));
    if (!service) throw new AppError('invalid_input');
    const { accountId } = c.get('person');
    if ((await rights.deactivate({ accountId, services: [service], channel: 'contact' })).length === 0) throw new AppError('not_available');
    return c.redirect('/dashboard/requests', 303);
  });
  // Where someone lands who had to sign in again: nothing is done, the page is there to do it.
  pages.get('/contact/deactivate', (c) => c.redirect('/contact', 303));
  return pages;
}

/** The neighbours of whoever is signed in use nothing of theirs up. */
function senderOf(c: WebContext, person: SignedIn | null): string {
  return person ? JSON.stringify(['account', person.accountId]) : networkOf(c.env.incoming);
}

interface FromStranger {
  readonly c: WebContext;
  readonly kind: ContactKind;
  readonly store: () => Promise<void>;
}

/** Beyond the day's share of a kind each neighbourhood has a little, so that a flood from elsewhere silences nobody. */
async function withinShare(limits: Limits, { c, kind, store }: FromStranger): Promise<void> {
  const isFlooded = await limits.isSpent('contact_day', kind);
  const share: Spend = isFlooded ? ['contact_beyond', JSON.stringify([rangeOf(c.env.incoming), kind])] : ['contact_day', kind];
  await spending(limits, [share], store);
}

interface ContactProps {
  readonly person: SignedIn | null;
  readonly active: readonly string[];
  readonly problem: string | null;
  /** What a form held that comes back. */
  readonly kind?: ContactKind;
  readonly email?: string;
}

const ContactPage: FC<ContactProps> = ({ person, active, problem, kind: chosen, email = '' }) => (
  <Page title="Contact" person={person}>
    <h1>Contact</h1>
    <p class="lead">
      {person
        ? 'Write to us about anything.'
        : 'Tell us of a security problem, ask about personal data, or report data of somebody under 18.'}
    </p>
    {problem && (
      <Notice kind="bad">
        <p>{problem}</p>
      </Notice>
    )}
    <Card>
      <form method="post" action="/contact">
        <div class="field">
          <label for="field-kind">What is it about?</label>
          <select id="field-kind" name="kind">
            {contactKindsFor({ signedIn: person !== null }).map((kind) => (
              <option value={kind} selected={kind === chosen}>
                {contactKinds[kind].label}
              </option>
            ))}
          </select>
        </div>
        {!person && (
          <Field
            name="email"
            label="Your e-mail address"
            type="email"
            autocomplete="email"
            maxlength={320}
            value={cleanText(email, 320)}
            hint="Only if you want an answer. It is stored encrypted."
          />
        )}
        <div class="field">
          <label for="field-message">Your message</label>
          <textarea id="field-message" name="message" rows={8} maxlength={longest} required />
        </div>
        <Actions>
          <Button>Send</Button>
        </Actions>
      </form>
    </Card>
    {person ? <Deactivating active={active} /> : <SignedOut />}
    <Addresses />
  </Page>
);

const Deactivating: FC<{ active: readonly string[] }> = ({ active }) => (
  <Card>
    <h2>Deactivate a service</h2>
    <p>
      The service ends and connected apps get nothing of it any more. Nothing is deleted by it; you can still sign in to see and file{' '}
      <a href="/dashboard/requests">privacy requests</a>. You may be asked for your password once more.
    </p>
    {active.length === 0 && <p>No service of yours is active.</p>}
    {active.map((service) => (
      <form method="post" action="/contact/deactivate">
        <Actions>
          <Button kind="danger" name="service" value={service}>
            Deactivate {serviceNames[service] ?? service}
          </Button>
        </Actions>
      </form>
    ))}
  </Card>
);

const SignedOut: FC = () => (
  <p>
    To see, correct or delete your own data, or to deactivate a service, <a href="/sign-in?to=/contact">sign in</a> first.
  </p>
);

const Addresses: FC = () => (
  <>
    <h2>Other ways</h2>
    <ul>
      {services.map((service) => (
        <li>
          {serviceNames[service]}: {contacts[service].email}
          {contacts[service].dataProtection !== contacts[service].email && `, data protection ${contacts[service].dataProtection}`}
          {contacts[service].post !== null && `, by post ${contacts[service].post}`}
        </li>
      ))}
    </ul>
  </>
);
