import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { disconnection } from '../policy/fields/app.ts';

export const disconnectThisApp = defineTool({
  name: 'disconnect_this_app',
  title: 'Disconnect this app',
  description: 'Ends this app’s access to your account. The next call is refused; to connect again you sign in and consent again.',
  scope: 'apps:disconnect',
  service: null,
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({ confirm: z.literal(true).describe('Must be true.') }),
  output: disconnection.pick({ status: true, effective: true }),
  run: () => Promise.resolve({ status: 'revoked', effective: 'next_call' }),
  effect: (acts, app) => acts.disconnectApp(app),
});
