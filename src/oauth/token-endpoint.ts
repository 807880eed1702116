import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { endGrant } from '../store/apps/grants.ts';
import { findReplay, grantIdOf, issueArtifacts, type Issue } from '../store/apps/oauth-artifacts.ts';
import { collectIssued } from './token-request.ts';
import { derive } from '../crypto/derive.ts';
import { open, seal } from '../crypto/sealed.ts';
import { isResource } from './metadata.ts';

type GrantHandler<Params extends object> = (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>;

export interface GrantTypeDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** Wraps the token endpoint's handlers: a wrong `resource` is refused, a right one in any form is accepted, and nothing is used up unless all is issued. */
export function wrapGrantType<Params extends object>(
  deps: GrantTypeDeps,
  grantType: string,
  handler: GrantHandler<Params>,
): GrantHandler<Params> {
  const settle = grantType === 'refresh_token' ? settleRefresh : settleCode;
  return async (ctx) => {
    settleResource(deps.publicUrl, ctx.oidc.params);
    const { used, issued } = await collectIssued(() => handler(ctx));
    if (!used) throw new Error('a token request must use something up');
    await settle(deps, { ctx, used, issued });
  };
}

function settleResource(publicUrl: string, params: Record<string, unknown>): void {
  const { resource } = params;
  if (resource === undefined) return;
  const asked = Array.isArray(resource) ? (resource as unknown[]) : [resource];
  if (!asked.every((each) => typeof each === 'string' && isResource(publicUrl, each))) throw new errors.InvalidTarget();
  params['resource'] = undefined;
}

interface Settled extends Omit<Issue, 'orm' | 'now' | 'sealed'> {
  readonly ctx: TokenEndpointGrantContext<object>;
}

/** A code that was used before ends what it gave (RFC 6749 §4.1.2). */
async function settleCode({ orm, clock }: GrantTypeDeps, { used, issued }: Settled): Promise<void> {
  const now = clock();
  if (await issueArtifacts({ orm, now, used, issued, sealed: null })) return;
  const oidcGrantId = await grantIdOf({ orm, ...used });
  if (oidcGrantId !== null) await endGrant({ orm, oidcGrantId, now });
  throw new errors.InvalidGrant('already consumed');
}

/**
 * Clients that run several processes race with one refresh token. The first rotates it; the others get the same answer, which
 * lies on the rotated row, encrypted under a key that only the old token opens.
 */
async function settleRefresh({ orm, clock }: GrantTypeDeps, { ctx, used, issued }: Settled): Promise<void> {
  const { refresh_token: token = '', scope } = ctx.oidc.params as { refresh_token?: string; scope?: string };
  const bound = JSON.stringify([ctx.oidc.client.clientId, scope ?? null]);
  const sealed = sealAnswer(token, JSON.stringify(ctx.body), bound);
  if (await issueArtifacts({ orm, now: clock(), used, issued, sealed })) return;
  const answer = await findReplay({ orm, ...used });
  if (answer === null) throw new errors.InvalidGrant('refresh token already used');
  ctx.body = openAnswer(token, answer, bound);
}

const replayKey = (token: string) => derive(token, 'certveil refresh replay');

function sealAnswer(token: string, answer: string, bound: string): Uint8Array {
  return seal(replayKey(token), answer, bound);
}

function openAnswer(token: string, sealed: Uint8Array, bound: string): unknown {
  try {
    return JSON.parse(open(replayKey(token), sealed, bound).toString('utf8')) as unknown;
  } catch (cause) {
    throw Object.assign(new errors.InvalidGrant('refresh token already used'), { cause });
  }
}
