import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as draft from '../../src/disclosure/draft.ts';
import * as gateFile from '../../src/disclosure/gate.ts';
import { serverFactory } from '../../src/mcp/server.ts';
import { toolsOf } from '../../src/tools/index.ts';
import { services } from '../../src/policy/classes.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openGate } from '../support/gate.ts';
import { openWorld, type World } from '../support/world.ts';

type Released = gateFile.Released;
type Maker = new (...given: unknown[]) => Released;

const message = { text: '{"said":"forged"}', structured: { said: 'forged' }, code: null };
const makerOf = (genuine: Released): Maker => genuine.constructor as Maker;
const membersOf = (genuine: object) => Object.getOwnPropertyDescriptors(Object.assign({}, genuine, message));

/** Ways to make an answer without the gate, given one that it made for somebody. */
const forgeries: readonly (readonly [string, (genuine: Released) => unknown])[] = [
  ['an object with the same members', () => message],
  ['a refusal, as the draft makes it', () => ({ ...draft.refusalOf('not_available'), ...message })],
  ['a copy with other words', (genuine) => Object.assign({}, genuine, message)],
  ['a copy through JSON', (genuine) => JSON.parse(JSON.stringify(Object.assign({}, genuine, message)))],
  ['a structured clone', (genuine) => structuredClone(Object.assign({}, genuine, message))],
  ['an object that inherits from an answer', (genuine) => Object.create(genuine, membersOf(genuine))],
  ['an object of the same class by its prototype', (genuine) => Object.create(makerOf(genuine).prototype as object, membersOf(genuine))],
  ['an object whose prototype was changed', (genuine) => Object.setPrototypeOf({ ...message }, makerOf(genuine).prototype as object)],
  ['an object constructed as if by the class', (genuine) => Object.assign(Reflect.construct(Object, [], makerOf(genuine)), message)],
  ['a proxy before an answer', (genuine) => new Proxy(genuine, { get: (_, name) => Reflect.get(message, name) })],
  ['the class, called without its key', (genuine) => new (makerOf(genuine))(undefined, message)],
  ['the class, called with a key of the same name', (genuine) => new (makerOf(genuine))(Symbol('released by the gate'), message)],
  ['a class that extends it', (genuine) => new (class extends makerOf(genuine) {})(Symbol.for('released by the gate'), message)],
  [
    'every function that the class shows, called with every symbol that an answer shows',
    (genuine) => {
      const maker = makerOf(genuine);
      const keys = [genuine, maker, maker.prototype as object].flatMap((each) => Object.getOwnPropertySymbols(each));
      const makers = Object.values(Object.getOwnPropertyDescriptors(maker)).filter(({ value }) => typeof value === 'function');
      const made = makers.flatMap(({ value }) =>
        [undefined, ...keys].map((key) => (value as (...given: unknown[]) => unknown)(key, message)),
      );
      return made[0];
    },
  ],
  [
    'an answer that is written over',
    (genuine) => {
      Object.assign(genuine, message);
      return genuine;
    },
  ],
];

describe('what the gate did not make', () => {
  let world: World;
  let app: ConnectedApp;
  let forge: (genuine: Released) => unknown = (genuine) => genuine;

  beforeAll(async () => {
    world = await openWorld({
      demo: true,
      makeServer: async (context) => {
        const gate = await openGate(world, { tools: toolsOf(services) });
        const disclose: typeof gate.disclose = async (...call) => forge(await gate.disclose(...call)) as Released;
        return serverFactory({ gate: { ...gate, disclose }, version: '0.0.0' })(context);
      },
    });
    app = await connect(world);
  });
  afterAll(() => world.close());

  it('leaves by the transport as the gate made it, when nobody meddles', async () => {
    forge = (genuine) => genuine;
    expect((await app.call('get_account_summary')).structured).toMatchObject({ email_masked: expect.any(String) });
  });

  it.each(forgeries)('is not sent: %s', async (_, way) => {
    forge = way;
    const body = await app.call('get_account_summary').then(
      (answer) => JSON.stringify(answer),
      (error: unknown) => String(error),
    );
    expect(body).not.toContain('forged');
    expect(body).toMatch(/internal/i);
  });

  it('has no maker among what the files of the gate export', () => {
    expect(Object.keys(gateFile).toSorted()).toEqual(['makeGate', 'messageOf']);
  });
});
