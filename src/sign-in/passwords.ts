import { hash, verify } from '@node-rs/argon2';
import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import { isLongerThan } from '../words/text.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKeys } from '../store/engine/purpose-keys.ts';
import { findSignIn } from '../store/accounts/accounts.ts';
import { isLivePasswordLink, mailResetLink, setPassword, setPasswordByLink } from '../store/accounts/password-links.ts';
import type { Devices } from './devices.ts';
import type { Exchange } from '../http/exchange.ts';
import type { CountRefusal } from '../http/limits.ts';
import { tokenDigest } from '../crypto/digest.ts';
import type { InTurn, Place } from './hashing-queue.ts';

/** OWASP's argon2id profile of 19 MiB; argon2id is the package's own choice. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const passwordLength = { least: 10, most: 200 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Whether a password is the one that a hash was made of. */
export type VerifyPassword = (stored: string, password: string) => Promise<boolean>;

export interface Checked {
  readonly accountId: string;
  readonly endings: number;
}

export interface Passwords {
  /** The account that this e-mail and password open, and how often its sign-ins were ended when they were checked. Null, after the same work, for every reason why not. Call it in turn: it hashes. */
  check(form: { readonly email: string; readonly password: string }): Promise<Checked | null>;
  /** Mails a link to whoever has an account with this address, after the answer: nobody can tell whether there is one. A known browser is still mailed when strangers have used up the day's mails. Gives back what was spent where that breaks off. */
  mailLink(exchange: Exchange, email: string, giveBack: () => Promise<void>): void;
  isLiveLink(token: string): Promise<boolean>;
  /** Uses a one-time link up; every sign-in of the account ends, and its apps too where the person wants that. */
  setByLink(
    exchange: Exchange,
    form: { readonly token: string; readonly password: string; readonly revokeApps: boolean },
  ): Promise<'set' | 'not_available' | 'unfit'>;
  /** Sets a new password; sign-ins other than `keep` end, and no browser but this one is known any more. The caller has made sure who asks. */
  set(
    exchange: Exchange,
    form: { readonly accountId: string; readonly password: string; readonly keep?: Uint8Array },
  ): Promise<'set' | 'unfit'>;
  /** Resolves when no link is being made any more. */
  settled(): Promise<void>;
}

export interface PasswordDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keys: Pick<PurposeKeys, 'columns'>;
  readonly publicUrl: string;
  readonly devices: Devices;
  readonly inTurn: InTurn;
  /** Called after mail was queued. */
  readonly onMail: () => void;
  /** Called when a mail is dropped. */
  readonly countRefusal?: CountRefusal;
  /** The default is argon2's. */
  readonly verifyPassword?: VerifyPassword;
}

export function makePasswords({
  orm,
  clock,
  log,
  keys,
  publicUrl,
  devices,
  inTurn,
  countRefusal,
  onMail,
  verifyPassword = verify,
}: PasswordDeps): Passwords {
  const nobody = hashPassword('nobody has this password');
  const context = () => ({ orm, key: keys.columns, publicUrl, now: clock() });
  const mailer = makeMailer({ log, onMail, ...(countRefusal && { countRefusal }) });
  return {
    check: async ({ email, password }) => {
      const row = email.length <= 320 ? await findSignIn({ orm, email, now: clock() }) : null;
      const asked = password.length <= passwordLength.most ? password : '';
      const stored = row?.passwordHash ?? null;
      const against = stored ?? (await nobody);
      const right = await verifyPassword(against, asked);
      return right && row && stored !== null && asked !== '' && !row.disabled ? { accountId: row.accountId, endings: row.endings } : null;
    },
    mailLink: (exchange, email, giveBack) =>
      mailer.send(async () => {
        const isKnown = (await devices.known(exchange, email)) !== null;
        return mailResetLink({ ...context(), email, isKnown });
      }, giveBack),
    isLiveLink: (token) => isLivePasswordLink({ orm, digest: tokenDigest(token), now: clock() }),
    setByLink: async (exchange, { token, password, revokeApps }) => {
      const digest = tokenDigest(token);
      if (!(await isLivePasswordLink({ orm, digest, now: clock() }))) return 'not_available';
      if (!isFit(password)) return 'unfit';
      const passwordHash = await inTurn(() => hashPassword(password), owners(token));
      const owner = await setPasswordByLink({ ...context(), digest, passwordHash, revokeApps });
      if (!owner) return 'not_available';
      await devices.remember(exchange, owner.email);
      onMail();
      return 'set';
    },
    set: async (exchange, { accountId, password, keep }) => {
      if (!isFit(password)) return 'unfit';
      const passwordHash = await inTurn(() => hashPassword(password), owners(accountId));
      const owner = await setPassword({ ...context(), accountId, passwordHash, ...(keep && { except: keep }) });
      if (owner) await devices.remember(exchange, owner.email);
      onMail();
      return 'set';
    },
    settled: mailer.settled,
  };
}

type Mailer = Pick<PasswordDeps, 'log' | 'onMail' | 'countRefusal'>;

type Make = () => ReturnType<typeof mailResetLink>;

function makeMailer({ log, onMail, countRefusal }: Mailer) {
  const making = new Set<Promise<void>>();
  const mail = async (make: Make, giveBack: () => Promise<void>): Promise<void> => {
    try {
      const made = await make();
      if (made === 'queued') onMail();
      if (made === 'too_many') countRefusal?.('password_mail');
    } catch (error) {
      log.error({ err: error }, 'a password link could not be made');
      await Promise.allSettled([giveBack()]);
    }
  };
  return {
    send: (make: Make, giveBack: () => Promise<void>): void => {
      const work = mail(make, giveBack).finally(() => making.delete(work));
      making.add(work);
    },
    settled: async (): Promise<void> => void (await Promise.all(making)),
  };
}

/** Whoever has a living link, or is signed in, is no stranger. */
const owners = (who: string): Place => ({ lane: 'known', who });

function isFit(password: string): boolean {
  return isLongerThan(password, passwordLength.least - 1) && password.length <= passwordLength.most;
}
