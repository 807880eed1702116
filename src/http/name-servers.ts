import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';

export type Resolve = (
  host: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
  /** Ends the question with the fetch that asks. */
  signal: AbortSignal,
) => void;

/**
 * Asks the name servers over sockets of its own: the system's look-ups share few threads, and a name whose servers are silent holds one
 * of them long after the fetch has ended. `/etc/hosts` doesn't count.
 */
export function askNameServers(servers?: readonly string[]): Resolve {
  return (host, answer, signal) => {
    const resolver = new Resolver({ timeout: 1_000, tries: 1 });
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]).then(
      (found) => {
        signal.removeEventListener('abort', cancel);
        const addresses = found.flatMap((each, at) =>
          each.status === 'fulfilled' ? each.value.map((address) => ({ address, family: at === 0 ? 4 : 6 })) : [],
        );
        const [failure] = found.flatMap((each) => (each.status === 'rejected' ? [asError(each.reason)] : []));
        answer(addresses.length === 0 && failure ? failure : null, addresses);
      },
      (error: unknown) => answer(asError(error), []),
    );
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the name was not found', { cause: reason });
}
