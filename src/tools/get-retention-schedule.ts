import { z } from 'zod';
import { defineTool, type Call } from '../disclosure/tool.ts';
import { services } from '../policy/classes.ts';
import { retentionEntry } from '../policy/fields/rights.ts';
import { heldCategoriesOf, type HeldCategoryName } from '../policy/categories.ts';
import { scheduleOf } from '../policy/retention-schedule.ts';

export const getRetentionSchedule = defineTool({
  name: 'get_retention_schedule',
  title: 'How long your data is kept',
  description:
    'For each kind of personal data how long it is kept, from which moment, why, and on which day the first of it is deleted. The day is null where it is not told to apps, or where nothing is due: the dashboard’s page “Your data” shows every date.',
  scope: 'privacy:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ service: z.enum(services).optional().describe('Only this service.') }),
  output: z.strictObject({
    categories: z.array(
      retentionEntry.pick({
        category: true,
        period: true,
        starts_from: true,
        earliest_deletion_on: true,
        reason_kept: true,
        promised_in_notice: true,
      }),
    ),
  }),
  run: async ({ desk, reader, today, installation: { services: installed, retention: operator } }, { service }) => {
    if (service !== undefined && !installed.includes(service)) return null;
    const [found, underHold, clocks] = [await desk.heldData(), await desk.isUnderHold(), await reader.retentionClocks()];
    const held = new Set(found.filter((each) => each.held).map(({ category }) => category));
    const uses = services.filter((each) => clocks?.services.includes(each));
    const active = services.filter((each) => clocks?.active_services.includes(each));
    return {
      categories: heldCategoriesOf(service === undefined ? installed : [service]).map((category) =>
        scheduleOf({ category, held: held.has(category), underHold, uses, active, started: startOf(category, clocks), operator, today }),
      ),
    };
  },
});

type Clocks = Awaited<ReturnType<Call['reader']['retentionClocks']>>;

/** Only clocks of what may leave: the others would tell when never-sent data came to be. */
function startOf(category: HeldCategoryName, clocks: Clocks): string | null {
  switch (category) {
    case 'tls_certificates':
      return clocks?.tls_ends_on ?? null;
    case 'lists_and_certificates':
      return clocks?.certificates_end_on ?? null;
    case 'tls_orders':
      return clocks?.ordered_on ?? null;
    default:
      return null;
  }
}
