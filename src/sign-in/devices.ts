import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../words/dates.ts';
import { emailKey } from '../words/text.ts';
import type { Orm } from '../store/engine/db.ts';
import { findSignIn } from '../store/accounts/accounts.ts';
import { derive } from '../crypto/derive.ts';
import type { Exchange } from '../http/exchange.ts';

const days = 90;
/** Since when, a nonce, a signature: as `remember` writes them and no other way. */
const cookieForm = /^([0-9a-z]{1,8})\.([\w-]{16})\.([\w-]{43})$/;

/**
 * Browsers that have signed in to an account, by a signed cookie which says nothing else: strangers' failures don't count for them.
 * A new password makes strangers of them all.
 */
export interface Devices {
  remember(exchange: Exchange, email: string): Promise<void>;
  /** Names this browser, by nothing that it could choose, when it has signed in with this address and its present password within 90 days; null otherwise. */
  known(exchange: Exchange, email: string): Promise<string | null>;
}

interface DeviceDeps {
  readonly orm: Orm;
  readonly key: Buffer;
  readonly clock: Clock;
  readonly publicUrl: string;
}

export function makeDevices({ orm, key, clock, publicUrl }: DeviceDeps): Devices {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-device' : 'device';
  const secret = derive(key, 'certveil known devices');
  const sign = async (about: string, email: string) => {
    const account = await findSignIn({ orm, email, now: clock() });
    return createHmac('sha256', secret)
      .update(JSON.stringify([about, emailKey(email), account?.passwordHash ?? null]))
      .digest('base64url');
  };
  return {
    remember: async ({ res }, email) => {
      const about = `${Math.floor(clock().getTime() / 1000).toString(36)}.${randomBytes(12).toString('base64url')}`;
      const line = `${name}=${about}.${await sign(about, email)}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
      res.appendHeader('Set-Cookie', line);
    },
    known: async ({ req }, email) => {
      const [, since, nonce, given] = cookieForm.exec(cookieOf(req.headers.cookie ?? '', name)) ?? [];
      if (since === undefined || nonce === undefined || given === undefined) return null;
      const ageDays = (clock().getTime() / 1000 - Number.parseInt(since, 36)) / 86_400;
      const signature = await sign(`${since}.${nonce}`, email);
      const right = timingSafeEqual(Buffer.from(given), Buffer.from(signature));
      return right && ageDays < days ? signature : null;
    },
  };
}

function cookieOf(header: string, name: string): string {
  const pair = header
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? '';
}
