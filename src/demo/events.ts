import type { DemoEvent } from '../store/demo/demo.ts';
import { canary, canaryAddress } from './canary.ts';
import type { Chance } from './chance.ts';

const dayMs = 86_400_000;
const oldestDays = 425;

interface Opened {
  readonly accountId: string;
  readonly owner: number;
  readonly certificates: readonly { readonly id: string; readonly issuedOn: string }[];
  readonly now: Date;
  readonly chance: Chance;
}

/** Opened verification links of the past fourteen months: most certificates a few times, some never. */
export function demoEvents({ accountId, owner, certificates, now, chance }: Opened): DemoEvent[] {
  return certificates.flatMap(({ id, issuedOn }, at) => {
    const oldest = Math.min(oldestDays, Math.floor((now.getTime() - Date.parse(issuedOn)) / dayMs));
    const count = chance.happens(30) ? 0 : 1 + chance.below(9);
    return Array.from({ length: count }, (_, nth) => {
      const number = (owner * 1000 + at) * 10 + nth;
      return {
        at: new Date(now.getTime() - chance.below(Math.max(1, oldest) * dayMs)),
        accountId,
        certificateId: id,
        kind: chance.happens(25) ? 'download' : 'view',
        ip: canaryAddress(number),
        userAgent: `Mozilla/5.0 (${canary('verification_events', 'user_agent', number)})`,
        referrer: `https://jobs.example/${canary('verification_events', 'referrer', number)}`,
      };
    });
  });
}
