import { AsyncLocalStorage } from 'node:async_hooks';
import type { Artifact } from '../store/apps/oauth-artifacts.ts';

/** What one token request uses up and what it issues. */
export interface Issuing {
  used: { readonly kind: string; readonly digest: Uint8Array } | null;
  readonly issued: Artifact[];
}

const current = new AsyncLocalStorage<Issuing>();

/** Collects what `work` would write, so that it can be written as one: a request that breaks uses nothing up. */
export async function collectIssued(work: () => void | Promise<void>): Promise<Issuing> {
  const issuing: Issuing = { used: null, issued: [] };
  await current.run(issuing, work);
  return issuing;
}

/** What this request issues so far; undefined outside the token endpoint. */
export function issuingNow(): Issuing | undefined {
  return current.getStore();
}
