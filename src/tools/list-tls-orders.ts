import { z } from 'zod';
import { chooses, cursorInput, limitInput } from '../disclosure/inputs.ts';
import { pageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { page } from '../policy/fields/app.ts';
import { tlsOrder } from '../policy/fields/tls.ts';
import { nextStepOf, orderStatuses } from '../policy/tls.ts';

const domainsLength = 200;

export const listTlsOrders = defineTool({
  name: 'list_tls_orders',
  title: 'TLS orders',
  description: `Your orders of TLS certificates, newest first: product, state, vetting and what each waits for. Of an order’s domains as many are listed as fit in ${domainsLength} characters, at least one.`,
  scope: 'tls:read',
  service: 'certumssl',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    status: chooses(z.enum(orderStatuses).optional().describe('Only orders with this status.'), tlsOrder.shape.status),
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.strictObject({
    orders: z.array(
      tlsOrder.pick({
        order: true,
        product_type: true,
        domains: true,
        status: true,
        next_step: true,
        ordered_on: true,
        vetting_status: true,
      }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after }, { status, limit }) => {
    const [afterOn, afterKey] = after ?? [null, null];
    const rows = await reader.tlsOrders({
      status: status ?? null,
      afterOn: afterOn === null ? null : String(afterOn),
      afterKey: afterKey === null ? null : String(afterKey),
      limit: limit + 1,
    });
    const { records, next } = pageOf({
      rows,
      limit,
      position: (row) => [row.ordered_on, row.order_key],
      record: (row) => ({
        order: row.order,
        product_type: row.product_type,
        domains: firstDomains(row.domains),
        status: row.status,
        next_step: nextStepOf(row.status, row.vetting_status),
        ordered_on: row.ordered_on,
        vetting_status: row.vetting_status,
      }),
    });
    return { orders: records, next_cursor: next };
  },
});

function firstDomains(domains: readonly string[]): readonly string[] {
  let length = 0;
  return domains.filter((domain, at) => (length += domain.length) <= domainsLength || at === 0);
}
