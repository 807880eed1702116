import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { connect, mcp, type Answer, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

const everyKind = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ['file:///a'] };
const ended = [
  { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } },
  { id: 1, result: { resultType: 'complete' } },
];

describe('a stream that would outlive a revocation', () => {
  let world: World;
  let app: ConnectedApp;
  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  const listen = (notifications: object) =>
    mcp(world.url, { accessToken: app.accessToken, method: 'subscriptions/listen', params: { notifications } });

  it('asked to tell of every change, the server says that it tells of none, and the answer ends by itself', async () => {
    expect(messagesIn(await listen(everyKind))).toMatchObject(ended);
  });

  it('asked to tell of nothing, it answers the same', async () => {
    expect(messagesIn(await listen({}))).toMatchObject(ended);
  });

  it('none of two hundred that listen at once stays, so that a revoked app holds nothing', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => listen(everyKind)));
    for (const answer of answers) expect(messagesIn(answer)).toMatchObject(ended);
    const revoked = await fetch(`${world.url}/api/apps/${await handleOf(app)}/revoke`, {
      method: 'POST',
      headers: { cookie: cookiesOf(app.person), origin: world.url, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(revoked.status).toBe(200);
    expect((await listen(everyKind)).status).toBe(401);
  });
});

function messagesIn({ status, body }: Answer): unknown[] {
  expect(status).toBe(200);
  return [...body.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown);
}
