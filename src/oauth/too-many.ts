import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { errorTable } from '../errors.ts';

/** A limit refuses what the authorization server was asked. */
class TooMany extends errors.OIDCProviderError {
  constructor() {
    super(429, 'temporarily_unavailable');
    this.error_description = errorTable.rate_limited.text;
    this.expose = true;
  }
}

/** The answer to what a limit refuses, with its time to wait. */
export function tooMany(ctx: KoaContextWithOIDC, seconds: number): Error {
  ctx.set('Retry-After', String(seconds));
  return new TooMany();
}
