import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { services } from '../policy/classes.ts';
import { filedRequest } from '../policy/fields/rights.ts';
import { heldCategoryNames } from '../policy/categories.ts';
import { mayBeLimited } from '../policy/limited-requests.ts';
import { requestKinds } from '../policy/requests.ts';
import { deadlineOf } from '../rights/deadlines.ts';

export const filePrivacyRequest = defineTool({
  name: 'file_privacy_request',
  title: 'File a privacy request',
  description:
    'Files a privacy request that waits for you: nothing is changed or deleted until you confirm it in the dashboard. Answers the day by which it is dealt with and the page to confirm it on.',
  scope: 'privacy:write',
  service: null,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z
    .strictObject({
      kind: z.enum(requestKinds).describe('What is asked for.'),
      service: z.enum(services).describe('The service whose data it is about.'),
      categories: z
        .array(z.enum(heldCategoryNames))
        .min(1)
        .max(heldCategoryNames.length)
        .optional()
        .describe('Only these kinds of data, as confirm_data_held names them for the service; not for a restriction or a deactivation.'),
    })
    .refine(mayBeLimited),
  output: filedRequest.pick({ request: true, kind: true, status: true, received_on: true, due_on: true, dashboard_url: true }),
  run: async ({ desk, today, installation }, { kind, service, categories }) => {
    if (!installation.services.includes(service)) return null;
    const deadline = deadlineOf({ service, receivedOn: today });
    const filed = await desk.file({ kind, service, categories: categories ? [...new Set(categories)] : null, ...deadline });
    return filed ? { ...filed, dashboard_url: filed.request } : null;
  },
});
