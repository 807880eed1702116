import { z } from 'zod';
import { fitting } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { app } from '../policy/fields/app.ts';

/** Room for about twenty apps; the others are in the count. */
const appsBytes = 7_500;

export const listConnectedApps = defineTool({
  name: 'list_connected_apps',
  title: 'Connected apps',
  description:
    'This app as your account sees it: since when it is connected, when it was last used and what it may ask for. Your other apps are counted, and the first of them listed once you grant that.',
  scope: 'apps:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  output: z.strictObject({
    apps: z.array(
      app.pick({
        app: true,
        name: true,
        publisher_domain: true,
        connected_on: true,
        last_used_on: true,
        scopes: true,
        status: true,
        is_this_app: true,
      }),
    ),
    other_app_count: app.shape.other_app_count,
  }),
  alsoUses: ({ grant }) => grant.scopes.filter((scope) => scope === 'apps:others'),
  run: async ({ reader }) => {
    const rows = await reader.connectedApps();
    if (rows.length === 0) return null;
    return {
      apps: fitting(
        rows.map((row) => ({
          app: row.app,
          name: row.name,
          publisher_domain: row.publisher_domain,
          connected_on: row.connected_on,
          last_used_on: row.last_used_on,
          scopes: row.scopes,
          status: row.status,
          is_this_app: row.is_this_app,
        })),
        { bytes: appsBytes },
      ),
      other_app_count: rows[0]?.others ?? 0,
    };
  },
});
