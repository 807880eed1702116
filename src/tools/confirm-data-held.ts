import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { services } from '../policy/classes.ts';
import { heldData } from '../policy/fields/rights.ts';
import { heldCategories, heldCategoriesOf, retentionRuleOf } from '../policy/categories.ts';

export const confirmDataHeld = defineTool({
  name: 'confirm_data_held',
  title: 'What is held about you',
  description:
    'For each kind of personal data whether any is held: about you, or on your behalf; on which legal basis and for how long. Never the data itself.',
  scope: 'privacy:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ service: z.enum(services).optional().describe('Only this service.') }),
  output: z.strictObject({
    categories: z.array(heldData.pick({ category: true, held: true, role: true, legal_basis: true, retention_rule: true })),
  }),
  run: async ({ desk, reader, installation: { services: installed, retention: operator } }, { service }) => {
    if (service !== undefined && !installed.includes(service)) return null;
    const [found, clocks] = [await desk.heldData(), await reader.retentionClocks()];
    const uses = services.filter((each) => clocks?.services.includes(each));
    const held = new Set(found.filter((each) => each.held).map(({ category }) => category));
    return {
      categories: heldCategoriesOf(service === undefined ? installed : [service]).map((category) => ({
        category,
        held: held.has(category),
        role: heldCategories[category].role,
        legal_basis: heldCategories[category].basis,
        retention_rule: retentionRuleOf(category, { uses, operator }),
      })),
    };
  },
});
