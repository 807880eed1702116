import autocannon from 'autocannon';
import type { Rung } from './measure.ts';
import type { Site } from './sites.ts';

const connections = 32;

/** Requests a second under 32 connections, driven from a worker. @throws when an answer isn't 2xx */
export function loaded(site: Site, seconds: number): Rung {
  return { name: site.name, measure: () => requestsPerSecond(site, seconds) };
}

export async function requestsPerSecond({ name, url, message }: Site, duration: number): Promise<number> {
  const { headers, body } = message;
  const result = await autocannon({ url, connections, duration, workers: 1, method: 'POST', headers: { ...headers }, body });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${name}: ${result.non2xx} answers were not 2xx, ${result.errors} errors, ${result.timeouts} timeouts`);
  }
  return result['2xx'] / result.duration;
}
