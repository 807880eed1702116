import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../errors.ts';
import type { Clock } from '../policy/dates.ts';
import { isLongerThan } from '../policy/text.ts';
import type { Orm } from '../store/db.ts';
import { findSignIn, isLivePasswordLink, setPassword, setPasswordByLink } from '../store/writes/accounts.ts';
import { tokenDigest } from './tokens.ts';

/** OWASP's argon2id profile of 19 MiB; argon2id is the package's own choice. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const inParallel = 4;
const waiting = 64;

export const passwordLength = { least: 10, most: 200 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

export interface Passwords {
  /** The account that this e-mail and password open. Null, after the same work, for every reason why not. @throws AppError try_later when too many wait */
  check(form: { readonly email: string; readonly password: string }): Promise<string | null>;
  isLiveLink(token: string): Promise<boolean>;
  /** Uses a one-time link up; every sign-in of the account ends. */
  setByLink(form: { readonly token: string; readonly password: string }): Promise<'set' | 'not_available' | 'unfit'>;
  /** Sets a new password; sign-ins other than `keep` end. The caller has made sure who asks. */
  set(form: { readonly accountId: string; readonly password: string; readonly keep?: Uint8Array }): Promise<'set' | 'unfit'>;
}

export function makePasswords({ orm, clock }: { orm: Orm; clock: Clock }): Passwords {
  const inTurn = makeTurns();
  const nobody = hashPassword('nobody has this password');
  return {
    check: async ({ email, password }) => {
      const row = email.length <= 320 ? await findSignIn({ orm, email }) : null;
      const asked = password.length <= passwordLength.most ? password : '';
      const stored = row?.passwordHash ?? null;
      const against = stored ?? (await nobody);
      const right = await inTurn(() => verify(against, asked));
      return right && row && stored !== null && asked !== '' && !row.disabled ? row.accountId : null;
    },
    isLiveLink: (token) => isLivePasswordLink({ orm, digest: tokenDigest(token), now: clock() }),
    setByLink: async ({ token, password }) => {
      const digest = tokenDigest(token);
      if (!(await isLivePasswordLink({ orm, digest, now: clock() }))) return 'not_available';
      if (!isFit(password)) return 'unfit';
      const passwordHash = await inTurn(() => hashPassword(password));
      return (await setPasswordByLink({ orm, digest, passwordHash, now: clock() })) ? 'set' : 'not_available';
    },
    set: async ({ accountId, password, keep }) => {
      if (!isFit(password)) return 'unfit';
      const passwordHash = await inTurn(() => hashPassword(password));
      await setPassword({ orm, accountId, passwordHash, ...(keep && { except: keep }) });
      return 'set';
    },
  };
}

function isFit(password: string): boolean {
  return isLongerThan(password, passwordLength.least - 1) && password.length <= passwordLength.most;
}

/** Hashing takes memory and a thread: a few at a time, a queue, and beyond it a refusal. */
function makeTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= inParallel) {
      if (queue.length >= waiting) throw new AppError('try_later');
      await new Promise<void>((go) => queue.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
