import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Orm } from '../store/db.ts';
import { findReplay, keepReplay } from '../store/writes/oauth-artifacts.ts';
import { RotatedMeanwhile } from './adapter.ts';
import { derive } from './keys.ts';
import { isResource } from './metadata.ts';
import { tokenDigest } from './tokens.ts';

type GrantHandler<Params extends object> = (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>;

interface GrantTypeDeps {
  readonly orm: Orm;
  readonly publicUrl: string;
}

const waits = { stepMs: 25, totalMs: 5_000 };

/** Wraps the token endpoint's handlers: a wrong `resource` is refused before anything is used up, a right one in any form is accepted. */
export function wrapGrantType<Params extends object>(
  deps: GrantTypeDeps,
  grantType: string,
  handler: GrantHandler<Params>,
): GrantHandler<Params> {
  const inner = grantType === 'refresh_token' ? withRetry(deps, handler) : handler;
  return async (ctx) => {
    settleResource(deps.publicUrl, ctx.oidc.params);
    await inner(ctx);
  };
}

function settleResource(publicUrl: string, params: Record<string, unknown>): void {
  const { resource } = params;
  if (resource === undefined) return;
  const asked = Array.isArray(resource) ? (resource as unknown[]) : [resource];
  if (!asked.every((each) => typeof each === 'string' && isResource(publicUrl, each))) throw new errors.InvalidTarget();
  params['resource'] = undefined;
}

/**
 * Clients that run several processes race with one refresh token. The first rotates it; the others get the same answer, which
 * lies on the rotated row, encrypted under a key that only the old token opens.
 */
function withRetry<Params extends object>({ orm }: GrantTypeDeps, handler: GrantHandler<Params>): GrantHandler<Params> {
  return async (ctx) => {
    const { refresh_token: token, scope } = ctx.oidc.params as { refresh_token?: string; scope?: string };
    const bound = JSON.stringify([ctx.oidc.client.clientId, scope ?? null]);
    try {
      await handler(ctx);
    } catch (error) {
      if (!(error instanceof RotatedMeanwhile) || token === undefined) throw error;
      ctx.body = await replay({ orm, token, bound });
      return;
    }
    if (token === undefined) return;
    await keepReplay({ orm, ...named(token), sealed: sealAnswer(token, JSON.stringify(ctx.body), bound) });
  };
}

async function replay({ orm, token, bound }: { orm: Orm; token: string; bound: string }): Promise<unknown> {
  for (let waitedMs = 0; waitedMs < waits.totalMs; waitedMs += waits.stepMs) {
    const found = await findReplay({ orm, ...named(token) });
    if (!found) break;
    if (found.sealed) return openAnswer(token, found.sealed, bound);
    await pause(waits.stepMs);
  }
  throw new errors.InvalidGrant('refresh token already used');
}

function named(token: string) {
  return { kind: 'RefreshToken', digest: tokenDigest(token) };
}

const replayKey = (token: string) => derive(token, 'certveil refresh replay', 32);

function sealAnswer(token: string, answer: string, bound: string): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', replayKey(token), nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(answer), cipher.final(), cipher.getAuthTag()]);
}

function openAnswer(token: string, sealed: Uint8Array, bound: string): unknown {
  const bytes = Buffer.from(sealed);
  try {
    const decipher = createDecipheriv('aes-256-gcm', replayKey(token), bytes.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(bound))
      .setAuthTag(bytes.subarray(-16));
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')) as unknown;
  } catch (cause) {
    throw Object.assign(new errors.InvalidGrant('refresh token already used'), { cause });
  }
}
