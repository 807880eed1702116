import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { isStorableJson } from '../words/text.ts';
import { endGrant, isGrantActive } from '../store/apps/grants.ts';
import {
  deleteArtifact,
  deleteClient,
  findArtifact,
  findArtifactByUid,
  findClient,
  saveArtifact,
  saveClient,
  saveNewArtifact,
  type Artifact,
  type StoredArtifact,
} from '../store/apps/oauth-artifacts.ts';
import { saveSession } from '../store/accounts/sessions.ts';
import { makeRoomForClient } from '../store/apps/unused-clients.ts';
import { boundOf } from './bounds.ts';
import { sparedClientMs } from './clients.ts';
import { endingsOf } from './endings.ts';
import { makeInteractionRoom, type InteractionRoomDeps } from './interaction-room.ts';
import { issuingNow } from './token-request.ts';
import { isOver } from './session-end.ts';
import { LimitReached, noteReached } from './limit-reached.ts';
import { tokenDigest } from '../crypto/digest.ts';

export interface AdapterDeps extends InteractionRoomDeps {
  /** The canonical resource indicator of every token. */
  readonly resource: string;
  /** Where an interaction continues, by its id. */
  readonly returnTo: (interactionId: string) => string;
  readonly replayWindowSeconds: number;
}

const ofGrants = new Set(['AccessToken', 'RefreshToken', 'AuthorizationCode']);
const withScope = new Set(['AccessToken', 'RefreshToken']);

/** Keeps what oidc-provider has to remember. An id that is a secret is stored as its SHA-256 only, and in no payload. */
export function makeAdapter(deps: AdapterDeps): (kind: string) => Adapter {
  const clients = clientAdapter(deps);
  return (kind) => (kind === 'Client' ? clients : artifactAdapter(deps, kind));
}

function artifactAdapter(deps: AdapterDeps, kind: string): Adapter {
  const { orm, clock } = deps;
  const roomFor = makeInteractionRoom(deps);
  const named = (id: string) => ({ orm, kind, digest: tokenDigest(id) });
  return {
    upsert: async (id, payload, expiresInSeconds) => {
      const whole = artifactOf({ deps, kind, id, payload, expiresInSeconds });
      const artifact =
        kind === 'Interaction' ? { ...whole, clientId: await roomFor(payload), accountId: payload.session?.accountId ?? null } : whole;
      const issuing = ofGrants.has(kind) ? issuingNow() : undefined;
      if (issuing) issuing.issued.push(artifact);
      else if (kind === 'Session') await saveSession({ orm, now: clock(), session: artifact, endings: endingsOf(payload.acr) });
      else if (kind !== 'ReplayDetection') await saveArtifact({ orm, now: clock(), artifact });
      else if (!(await saveNewArtifact({ orm, now: clock(), artifact }))) throw new errors.InvalidClientAuth('assertion already used');
    },
    find: async (id) => {
      if (kind === 'Grant' && !(await isGrantActive({ orm, oidcGrantId: id }))) return undefined;
      const stored = await findArtifact({ ...named(id), now: clock() });
      return stored ? restore({ deps, kind, stored, id }) : undefined;
    },
    findByUid: async (uid) => {
      const stored = await findArtifactByUid({ orm, kind, uid, now: clock() });
      return stored ? restore({ deps, kind, stored, id: null }) : undefined;
    },
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const issuing = issuingNow();
      if (!issuing) throw new Error('only the token endpoint uses something up');
      issuing.used = { kind, digest: tokenDigest(id) };
    },
    destroy: async (id) => {
      if (kind === 'Grant') await endGrant({ orm, oidcGrantId: id, now: clock() });
      // A session's old id goes when the new one is saved; patches.ts ends sessions.
      else if (kind !== 'Session') await deleteArtifact(named(id));
    },
    revokeByGrantId: (oidcGrantId) => endGrant({ orm, oidcGrantId, now: clock() }),
  };
}

interface Given {
  readonly deps: AdapterDeps;
  readonly kind: string;
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly expiresInSeconds: number | undefined;
}

function artifactOf({ deps, kind, id, payload, expiresInSeconds }: Given): Artifact {
  if (!isStorableJson(payload)) throw new errors.InvalidRequest('parameters must hold no NUL and no half character');
  const { accountId = null, clientId = null, uid = null, scope = null, aud, resource } = payload;
  return {
    kind,
    digest: tokenDigest(id),
    payload: withoutSecrets(kind, payload),
    accountId,
    clientId,
    oidcGrantId: kind === 'Grant' ? id : ofGrants.has(kind) ? (payload.grantId ?? null) : null,
    uid,
    scope: withScope.has(kind) ? scope : null,
    resource: withScope.has(kind) && (aud !== undefined || resource !== undefined) ? deps.resource : null,
    expiresAt: expiresInSeconds === undefined ? null : new Date(deps.clock().getTime() + expiresInSeconds * 1000),
  };
}

function clientAdapter({ orm, clock, bounds = {}, countRefusal }: AdapterDeps): Adapter {
  const never = async () => undefined;
  return {
    upsert: async (clientId, payload) => {
      const now = clock();
      const spared = new Date(now.getTime() - sparedClientMs);
      const dropped = await makeRoomForClient({ orm, most: boundOf(bounds, 'unused_clients'), spared });
      if (dropped !== 0) countRefusal?.('unused_clients');
      if (dropped === null) throw noteReached(new LimitReached('try_later', sparedClientMs / 1000));
      await saveClient({ orm, clientId, payload, now });
    },
    find: async (clientId) => {
      const payload = await findClient({ orm, clientId });
      return payload === undefined ? undefined : asPayload(payload);
    },
    findByUid: never,
    findByUserCode: never,
    consume: never,
    destroy: (clientId) => deleteClient({ orm, clientId }),
    revokeByGrantId: never,
  };
}

/** An interaction's id is the value of a cookie, and so is the session's id that it repeats. */
function withoutSecrets(kind: string, payload: AdapterPayload): AdapterPayload {
  const { jti: _jti, ...rest } = payload;
  if (kind !== 'Interaction') return rest;
  const { returnTo: _returnTo, session, ...plain } = rest;
  if (!session) return plain;
  const { cookie: _cookie, ...known } = session;
  return { ...plain, session: known };
}

interface Restored {
  readonly deps: AdapterDeps;
  readonly kind: string;
  readonly stored: StoredArtifact;
  readonly id: string | null;
}

/** A session of before its end was fixed may be kept for longer than it is good. */
function restore({ deps, kind, stored, id }: Restored): AdapterPayload | undefined {
  if (kind === 'Session' && isOver(asPayload(stored.payload), deps.clock)) return undefined;
  const consumed = consumedSince(deps, kind, stored.consumedAt);
  return {
    ...asPayload(stored.payload),
    ...(id !== null && { jti: id }),
    ...(id !== null && kind === 'Interaction' && { returnTo: deps.returnTo(id) }),
    ...(consumed !== null && { consumed }),
  };
}

/** A refresh token that was rotated a moment ago still looks fresh: its retry loses the race for it and gets the same answer. */
function consumedSince({ clock, replayWindowSeconds }: AdapterDeps, kind: string, consumedAt: Date | null): number | null {
  if (consumedAt === null) return null;
  const agoMs = clock().getTime() - consumedAt.getTime();
  if (kind === 'RefreshToken' && agoMs <= replayWindowSeconds * 1000) return null;
  return Math.floor(consumedAt.getTime() / 1000);
}

/** The column holds what oidc-provider itself wrote; it checks each kind when it reads it back. */
function asPayload(stored: unknown): AdapterPayload {
  return stored as AdapterPayload;
}
