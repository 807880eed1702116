import { Gauge, type Registry } from 'prom-client';
import type { SweepState } from '../store/retention/sweeps.ts';
import type { SweepReport } from './sweep-report.ts';

const ofSweeps: Readonly<Record<string, readonly [help: string, of: (state: SweepState) => number | null]>> = {
  certveil_sweep_ok: [
    '1 when the last sweep came to its end, 0 when it was skipped, refused or failed',
    ({ outcome }) => (outcome === 'done' ? 1 : 0),
  ],
  certveil_sweep_done_timestamp_seconds: [
    'When a sweep last came to its end; 0 before it ever did',
    ({ doneAt }) => (doneAt?.getTime() ?? 0) / 1000,
  ],
  certveil_sweep_due: ['What is due and still there, but for what a legal hold keeps', ({ dueCount }) => dueCount],
  certveil_sweep_due_since_timestamp_seconds: [
    'Since when the first of it is due',
    ({ dueSince }) => (dueSince === null ? null : Date.parse(dueSince) / 1000),
  ],
  certveil_sweep_held: ['What is due and kept by a legal hold', ({ heldCount }) => heldCount],
};

/** Gauges that read once at each scrape; without the database only `certveil_sweeps_known` has a value. */
export function sweepGauges(registry: Registry, read: () => Promise<SweepReport>): void {
  let reading: Promise<SweepReport | null> | null = null;
  const report = () =>
    (reading ??= read()
      .catch(() => null)
      .finally(() => {
        reading = null;
      }));
  for (const [name, [help, of]] of Object.entries(ofSweeps)) {
    new Gauge({
      name,
      help,
      labelNames: ['sweep'],
      registers: [registry],
      async collect() {
        const states = (await report())?.states ?? [];
        this.reset();
        for (const state of states) {
          const value = of(state);
          if (value !== null) this.set({ sweep: state.name }, value);
        }
      },
    });
  }
  new Gauge({
    name: 'certveil_sweeps_known',
    help: '0 when the database doesn’t say how sweeps went',
    registers: [registry],
    async collect() {
      this.set((await report()) === null ? 0 : 1);
    },
  });
  new Gauge({
    name: 'certveil_clock_ahead_seconds',
    help: 'How far this clock is from the database’s when that is too far to delete by it, else 0',
    registers: [registry],
    async collect() {
      this.set(Math.round(((await report())?.clockAheadMs ?? 0) / 1000));
    },
  });
}
