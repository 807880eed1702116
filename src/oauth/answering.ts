import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { findPerson } from '../store/accounts/accounts.ts';
import { connectedApps } from '../store/apps/apps.ts';
import { dashboardClientId, describeApp, type AppDescription } from './clients.ts';
import { isOver } from './session-end.ts';

type ResponseMode = Parameters<Provider['registerResponseMode']>[1];

/** Where an answer would go that its person hasn't agreed to. */
export interface Destination {
  readonly app: AppDescription;
  /** The whole address with the answer. */
  readonly address: string;
}

export interface AnsweringDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  /** Answers with our own page, which names the destination and leaves going there to the person. */
  readonly showDestination: (ctx: KoaContextWithOIDC, destination: Destination) => Promise<void>;
}

/**
 * Sends an error back to the app at once only where the person knows it: they decided about it just now, or the account that is
 * signed in has connected it. Anybody can register an address (RFC 9700 §4.11.2), and an answer that differs says who is signed in.
 */
export function askBeforeLeaving(deps: AnsweringDeps, mode: ResponseMode): ResponseMode {
  return async (ctx, redirectUri, payload) => {
    const error = payload['error'];
    if (error === undefined || (await isKnown(deps, ctx))) return mode(ctx, redirectUri, payload);
    const { client } = ctx.oidc;
    if (!client) throw new Error('an answer has a client');
    const status = Math.max(400, ctx.status);
    const told = asksSilently(ctx) ? { ...payload, ...silently } : payload;
    await mode(ctx, redirectUri, told);
    const address = ctx.response.get('location');
    ctx.remove('location');
    ctx.status = status;
    await deps.showDestination(ctx, { app: describeApp({ client, redirectUri }), address });
  };
}

const { error, error_description } = new errors.LoginRequired();
/** The one answer to `prompt=none` of a stranger, whoever is signed in. */
const silently = { error, error_description };

function asksSilently({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.prompts.has('none') && !oidc.entities.Interaction;
}

async function isKnown({ orm, clock }: AnsweringDeps, { oidc }: KoaContextWithOIDC): Promise<boolean> {
  const { client, session } = oidc;
  if (!client || client.clientId === dashboardClientId) return true;
  const { Interaction: interaction } = oidc.entities;
  if (interaction?.prompt.name === 'consent' && interaction.result !== undefined) return true;
  const accountId = session?.accountId;
  if (!session || accountId === undefined || isOver(session, clock) || (await findPerson({ orm, accountId, now: clock() })) === null)
    return false;
  return (await connectedApps({ orm, accountId })).some(({ clientId }) => clientId === client.clientId);
}
