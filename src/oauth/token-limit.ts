import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { isLiveArtifact } from '../store/apps/live-tokens.ts';
import { LimitReached, noteReached } from './limit-reached.ts';
import { networkOf, type LimitedAct, type Limits } from '../http/limits.ts';
import { tokenDigest } from '../crypto/digest.ts';

/**
 * What the token and revocation endpoints refuse counts by client and network, in good time for guesses that come all at once, and
 * refuses only what is dead: neighbours share the networks of an assistant's vendor.
 */
export interface TokenLimit {
  /** Before the client is looked up. A dead token beyond the limit costs one look-up. @throws with 429 and Retry-After */
  enter(ctx: KoaContextWithOIDC, clientId: string): Promise<void>;
  /** After the answer: what succeeded costs nothing. */
  leave(ctx: object & { readonly status: number }): Promise<void>;
}

interface Deps {
  readonly limits: Limits;
  readonly orm: Orm;
  readonly clock: Clock;
}

type Spent = readonly [LimitedAct, string];

export function makeTokenLimit({ limits, orm, clock }: Deps): TokenLimit {
  const requests = new WeakMap<object, { spent: Spent[]; counts: boolean }>();
  const lives = async (ctx: KoaContextWithOIDC): Promise<string | null> => {
    const { kinds, token } = named(ctx);
    if (token === null) return null;
    const digest = tokenDigest(token);
    return (await isLiveArtifact({ orm, kinds, digest, now: clock() })) ? Buffer.from(digest).toString('base64') : null;
  };
  const refund = async (spent: readonly Spent[]): Promise<void> => {
    for (const [act, key] of spent) await limits.refund(act, key);
  };
  return {
    enter: async (ctx, clientId) => {
      if (requests.has(ctx)) return;
      const spends: Spent[] = spendsOf(networkOf(ctx.req), clientId);
      const request = { spent: [] as Spent[], counts: false };
      requests.set(ctx, request);
      let seconds = 0;
      const spend = async (each: Spent): Promise<void> => {
        request.spent.push(each);
        seconds = await limits.secondsToWait(...each);
      };
      for (const each of spends) if (seconds === 0) await spend(each);
      const isRevocation = ctx.oidc.route === 'revocation';
      if (seconds === 0 && !isRevocation) return;
      const alive = await lives(ctx);
      // RFC 7009 §2.2 answers 200 for nothing at all.
      request.counts = alive === null && isRevocation;
      if (alive !== null) {
        await refund(request.spent);
        request.spent = [];
        seconds = 0;
        await spend(['token', alive]);
      }
      if (seconds > 0) throw noteReached(new LimitReached('rate_limited', seconds));
    },
    leave: async (ctx) => {
      const request = requests.get(ctx);
      if (request && !request.counts && (ctx.status < 400 || ctx.status >= 500)) await refund(request.spent);
    },
  };
}

/** The network first: once it has used up its share, clients that somebody makes up aren't counted one by one. */
function spendsOf(network: string, clientId: string): Spent[] {
  return [
    ['token_network', network],
    ['token', JSON.stringify([network, clientId])],
  ];
}

const tokenKinds = {
  authorization_code: { param: 'code', kinds: ['AuthorizationCode'] },
  refresh_token: { param: 'refresh_token', kinds: ['RefreshToken'] },
} as const;

/** What a request would use, or give back. */
function named({ oidc: { route, params = {} } }: KoaContextWithOIDC): { readonly kinds: readonly string[]; readonly token: string | null } {
  const { grant_type: grantType } = params as Record<string, unknown>;
  const use =
    route === 'revocation'
      ? { param: 'token', kinds: ['AccessToken', 'RefreshToken'] }
      : grantType === 'authorization_code' || grantType === 'refresh_token'
        ? tokenKinds[grantType]
        : null;
  const value = use && (params as Record<string, unknown>)[use.param];
  return { kinds: use?.kinds ?? [], token: typeof value === 'string' ? value : null };
}
