import { randomBytes } from 'node:crypto';
import { makeIdentify } from '../src/disclosure/callers.ts';
import { makeCursors } from '../src/disclosure/cursors.ts';
import { makeGate, type GateDependencies } from '../src/disclosure/gate.ts';
import { makeHandles } from '../src/disclosure/handles.ts';
import { openLedger, type Ledger } from '../src/disclosure/ledger.ts';
import { makeFront } from '../src/http/front.ts';
import { makeLogger } from '../src/watch/log.ts';
import { makeEndpoint, type Endpoint } from '../src/mcp/endpoint.ts';
import { serverFactory } from '../src/mcp/server.ts';
import { hostGuard } from '../src/http/host.ts';
import { systemClock } from '../src/words/dates.ts';
import { scopesOf } from '../src/policy/scopes.ts';
import { loadPurposeKeys } from '../src/store/engine/purpose-keys.ts';
import { toolsOf } from '../src/tools/index.ts';
import type { SeededDatabase } from './databases.ts';
import { publicUrl } from './seed.ts';
import { messageOf, openSite, type Handle, type Message, type Site } from './sites.ts';

export type Protection = 'ledger' | 'handles' | 'guard';

const services = ['certfusion'] as const;
const dataKey = randomBytes(32);

/** `tools/list`: the token is looked up, nothing is disclosed. */
export async function openHello({ name, on }: { name: string; on: SeededDatabase }): Promise<Site> {
  return open({ name, on, off: [], message: messageOf({ method: 'tools/list', token: on.owner.token }), says: 'search_certificates' });
}

/** `search_certificates`, 20 rows: through the one door, with the protections named in `off` replaced by nothing. */
export async function openFullCall({
  name,
  on,
  off = [],
}: {
  name: string;
  on: SeededDatabase;
  off?: readonly Protection[];
}): Promise<Site> {
  const params = { name: 'search_certificates', arguments: { limit: 20 } };
  return open({ name, on, off, message: messageOf({ method: 'tools/call', params, token: on.owner.token }), says: 'next_cursor' });
}

interface Opening {
  readonly name: string;
  readonly on: SeededDatabase;
  readonly off: readonly Protection[];
  readonly message: Message;
  readonly says: string;
}

/** The front, endpoint, gate and reads of the product, wired as in app.ts. */
async function open({ name, on: { database }, off, message, says }: Opening): Promise<Site> {
  const log = makeLogger('info', { write: () => undefined });
  const keys = await loadPurposeKeys({ orm: database.orm, dataKey, clock: systemClock });
  const ledger = off.includes('ledger') ? noLedger : openLedger({ ...database, key: keys.ledger, clock: systemClock });
  const gate = makeGate({
    installation: { services, retention: {}, noticeOf: () => Promise.resolve(null) },
    tools: toolsOf(services),
    statement: database.tools,
    ledger,
    handlesFor: off.includes('handles') ? plainHandles : makeHandles(keys.handles.bytes),
    cursorsFor: makeCursors({ cursorKey: keys.cursors.bytes, clock: systemClock }),
    acts: { disconnectApp: () => Promise.reject(new Error('nothing disconnects here')) },
    publicUrl,
    clock: systemClock,
    log,
    ...(off.includes('guard') && { guard: () => false }),
  });
  const identify = makeIdentify({ statement: database.tools, clock: systemClock });
  const endpoint = makeEndpoint({
    gate,
    identify,
    publicUrl,
    scopes: scopesOf(services),
    makeServer: serverFactory({ gate, version: '0' }),
    eras: 'both',
    log,
  });
  const handle = behindFront(endpoint, log);
  return openSite({ name, handle, message, says, close: () => endpoint.close().then(() => ledger.drain()) });
}

function behindFront(endpoint: Endpoint, log: GateDependencies['log']): Handle {
  const nowhere = () => Promise.reject(new Error('only /mcp is asked'));
  return makeFront({
    isOurHost: hostGuard({ publicUrl }),
    isReady: () => Promise.resolve('ready'),
    mcp: (request, response) => endpoint.handle(request, response),
    oauth: { handles: () => false, handle: nowhere },
    pages: nowhere,
    log,
  });
}

const noLedger: Ledger = { record: () => Promise.resolve(true), drain: () => Promise.resolve() };

/** Names that are the ids themselves, cut to the length of a handle. */
const plainHandles: GateDependencies['handlesFor'] = () => ({
  encode: (kind, id) => `${kind}_${id.replaceAll('-', '').slice(0, 26)}`,
  decode: () => null,
});
