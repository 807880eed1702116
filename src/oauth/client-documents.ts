import { Provider } from 'oidc-provider';
import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { findDocument, keepDocument, putOffDocument, type KeptDocument } from '../store/apps/client-documents.ts';
import { makeRoomForClient } from '../store/apps/unused-clients.ts';
import { boundOf, type Bounds } from './bounds.ts';
import { isAcceptable, keptMembers, sparedClientMs } from './clients.ts';
import { knownClients } from './known-clients.ts';
import { LimitReached, noteReached } from './limit-reached.ts';
import type { CountRefusal } from '../http/limits.ts';
import { RefusedAddress, type FetchClientDocument } from '../http/safe-fetch.ts';

export interface ClientDocumentDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetchClientDocument: FetchClientDocument;
  readonly bounds?: Bounds;
  readonly countRefusal?: CountRefusal;
}

export interface ClientDocuments {
  /** A client's document as its host serves it; for a host that fails, the last good one or a pinned copy. */
  readonly fetch: FetchClientDocument;
}

const seconds = { leastFresh: 60, mostFresh: 3_600, usuallyFresh: 300, putOff: 60 };
/** What the draft lets a server refuse (§4.2). */
export const documentBytes = 5_120;
const longestAddress = 1_000;
/** As long as a refresh token lives. */
const lastGoodDays = 30;

const pinned = new Map<string, object>(knownClients.map(({ document }) => [document.client_id, document]));

/** Client ID Metadata Documents, live with a memory (draft-ietf-oauth-client-id-metadata-document §4.3). */
export function makeClientDocuments(deps: ClientDocumentDeps): ClientDocuments {
  const documents = askingDocuments(deps);
  const failed = new WeakMap<object, Map<string, Error>>();
  return {
    /** A host that failed isn't asked again within one request. */
    fetch: async (input) => {
      const request = Provider.ctx;
      const before = request && failed.get(request)?.get(String(input));
      if (before !== undefined) throw before;
      try {
        return await documents.fetch(input);
      } catch (error) {
        if (error instanceof LimitReached) noteReached(error);
        if (request && error instanceof Error) failed.set(request, new Map([...(failed.get(request) ?? []), [String(input), error]]));
        throw error;
      }
    },
  };
}

function askingDocuments(deps: ClientDocumentDeps): ClientDocuments {
  const { orm, clock, log, fetchClientDocument } = deps;
  return {
    fetch: async (input) => {
      const clientId = String(input);
      if (clientId.length > longestAddress) throw new RefusedAddress('the address is too long');
      const now = clock();
      const kept = await findDocument({ orm, clientId });
      const standIn = standInOf(clientId, kept, now);
      if (standIn && kept && kept.freshUntil > now) return Response.json(standIn);
      const live = await ask(fetchClientDocument, clientId);
      if (live.document && isAcceptable(live.document)) {
        const freshUntil = after(now, live.freshSeconds);
        const document = { clientId, payload: keptMembers(live.document), freshUntil };
        if (kept || (await hasRoom(deps, now))) await keepDocument({ orm, document, now });
      } else if (!live.document && standIn) {
        log.warn({ ...(live.error !== null && { err: live.error }) }, 'a known client’s document was not served: its last copy stands in');
        await putOffDocument({ orm, document: { clientId, payload: standIn, freshUntil: after(now, seconds.putOff) }, now });
        return Response.json(standIn);
      }
      if (live.error !== null) throw live.error;
      return live.response;
    },
  };
}

/** A document that finds no room is served all the same, and asked for again. */
async function hasRoom({ orm, bounds = {}, countRefusal }: ClientDocumentDeps, now: Date): Promise<boolean> {
  const spared = new Date(now.getTime() - sparedClientMs);
  const dropped = await makeRoomForClient({ orm, most: boundOf(bounds, 'unused_clients'), spared });
  if (dropped !== 0) countRefusal?.('unused_clients');
  return dropped !== null;
}

type Live =
  | { readonly error: Error; readonly document: null }
  | { readonly error: null; readonly document: null; readonly response: Response }
  | { readonly error: null; readonly document: object; readonly response: Response; readonly freshSeconds: number };

/** What the host says; `document` only when it is the one that is named by its own address. */
async function ask(fetchClientDocument: FetchClientDocument, clientId: string): Promise<Live> {
  try {
    const answer = await fetchClientDocument(clientId);
    const text = await answer.text();
    const response = new Response(text === '' ? null : text, { status: answer.status, headers: answer.headers });
    const document = answer.status === 200 && Buffer.byteLength(text) <= documentBytes ? documentNamed(clientId, text) : null;
    if (document !== null && !isJson(answer.headers.get('content-type') ?? '')) throw new NotADocument('not served as JSON');
    return document === null
      ? { error: null, document, response }
      : { error: null, document, response, freshSeconds: freshSecondsOf(answer.headers.get('cache-control') ?? '') };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error('the fetch failed', { cause: error }), document: null };
  }
}

/** A file of another type that a host serves for somebody is not its word (draft-ietf-oauth-client-id-metadata-document §4). */
class NotADocument extends Error {
  override readonly name = 'NotADocument';
}

function isJson(contentType: string): boolean {
  return /^application\/(?:[a-z0-9!#$&^_.-]{1,100}\+)?json[ \t]*(?:;|$)/i.test(contentType.trim());
}

function documentNamed(clientId: string, text: string): object | null {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && 'client_id' in value && value.client_id === clientId ? value : null;
}

/** A page in place of JSON says as little as no answer. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function freshSecondsOf(cacheControl: string): number {
  const asked = /(?:^|[,\s])max-age=(\d{1,9})/i.exec(cacheControl)?.[1];
  return Math.min(seconds.mostFresh, Math.max(seconds.leastFresh, asked === undefined ? seconds.usuallyFresh : Number(asked)));
}

function standInOf(clientId: string, kept: KeptDocument | null, now: Date): object | null {
  const oldest = after(now, -lastGoodDays * 86_400);
  if (kept && kept.fetchedAt !== null && kept.fetchedAt > oldest && typeof kept.payload === 'object') return kept.payload;
  return pinned.get(clientId) ?? null;
}

function after(now: Date, addedSeconds: number): Date {
  return new Date(now.getTime() + addedSeconds * 1000);
}
