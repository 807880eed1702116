import { z } from 'zod';
import type { Handles } from '../../disclosure/handles.ts';
import { AppError } from '../../errors.ts';
import { isDay } from '../../words/dates.ts';
import { allScopes, type Scope } from '../../policy/scopes.ts';
import { cleanText } from '../../words/text.ts';
import {
  disclosuresOf,
  tellingsOf,
  type DisclosurePosition,
  type DisclosureRow,
  type TellingQuery,
  type TellingRow,
} from '../../store/ledger/disclosures.ts';
import { appsOf, type AppRow } from '../../store/apps/connected-apps.ts';
import type { Orm } from '../../store/engine/db.ts';

export interface OwnerDeps {
  readonly orm: Orm;
  readonly handlesFor: (audience: { account: string }) => Handles;
}

/** An app as its owner sees it. `appId` stays on the server; `app` is its name outside. */
export interface ConnectedApp {
  readonly appId: string;
  readonly app: string;
  readonly name: string;
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
  readonly connectedOn: string;
  readonly lastUsedOn: string | null;
  readonly scopes: readonly Scope[];
  readonly status: string;
}

export interface Told extends Omit<DisclosureRow, 'appId' | 'key'> {
  readonly app: string;
}

export interface ToldPage {
  readonly rows: readonly Told[];
  readonly next: string | null;
}

export interface ToldQuery {
  readonly app?: ConnectedApp;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface TellingsQuery extends Pick<TellingQuery, 'fieldNames' | 'tool' | 'limit'> {
  readonly after?: string | undefined;
}

export interface TellingsPage {
  readonly rows: readonly (Pick<TellingRow, 'day' | 'appName' | 'told' | 'calls'> & { readonly app: string })[];
  readonly next: string | null;
}

/** What a signed-in person may look at: their own, by the handles of their dashboard. */
export interface Owner {
  readonly accountId: string;
  readonly handles: Handles;
  apps(): Promise<ConnectedApp[]>;
  /** @throws AppError not_available, the same for an unknown and for a foreign one */
  app(handle: string): Promise<ConnectedApp>;
  /** What apps were told, newest day first. @throws AppError expired_cursor */
  told(query: ToldQuery): Promise<ToldPage>;
  /** Which apps were told fields, newest day first. @throws AppError expired_cursor */
  tellings(query: TellingsQuery): Promise<TellingsPage>;
}

export function ownerFor({ orm, handlesFor }: OwnerDeps, { accountId }: { readonly accountId: string }): Owner {
  const handles = handlesFor({ account: accountId });
  const describe = (row: AppRow): ConnectedApp => ({
    ...row,
    app: handles.encode('app', row.appId),
    name: nameOf(row.name),
    scopes: allScopes.filter((each) => row.scopes.includes(each)),
  });
  return {
    accountId,
    handles,
    apps: async () => (await appsOf({ orm, accountId })).map(describe),
    app: async (handle) => {
      const appId = handles.decode('app', handle);
      const [row] = appId === null ? [] : await appsOf({ orm, accountId, appId });
      if (!row) throw new AppError('not_available');
      return describe(row);
    },
    told: async ({ app, after, limit }) => {
      const position = after === undefined ? null : await positionIn({ orm, accountId, handles, cursor: after });
      const found = await disclosuresOf({
        orm,
        accountId,
        appId: app?.appId ?? null,
        after: position,
        limit: limit + 1,
      });
      const rows = found.slice(0, limit);
      const last = found.length > limit ? rows.at(-1) : undefined;
      return { rows: rows.map((row) => tell(handles, row)), next: last ? cursorAt(handles, last) : null };
    },
    tellings: async ({ after, limit, ...query }) => {
      const position = after === undefined ? null : await positionIn({ orm, accountId, handles, cursor: after });
      const found = await tellingsOf({ orm, accountId, ...query, after: position, limit: limit + 1 });
      const rows = found.slice(0, limit).map(({ appId, ...row }) => ({ ...row, appId, app: handles.encode('app', appId) }));
      const last = found.length > limit ? rows.at(-1) : undefined;
      return {
        rows: rows.map(({ day, app, appName, told, calls }) => ({ day, app, appName: nameOf(appName), told, calls })),
        next: last ? cursorAt(handles, last) : null,
      };
    },
  };
}

/** A name that an app gave itself, as it may be shown. */
export function nameOf(claimed: string): string {
  const name = cleanText(claimed, 80);
  return name === '' ? 'An app without a name' : name;
}

function tell(handles: Handles, { appId, key: _key, ...row }: DisclosureRow): Told {
  return { ...row, app: handles.encode('app', appId), appName: nameOf(row.appName) };
}

const cursorContents = z.tuple([
  z.string().refine(isDay),
  z.string().max(40),
  z
    .string()
    .max(8_000)
    .regex(/^[\x20-\x7e]*$/),
]);

/** Holds what the page showed, and the app by its handle. */
function cursorAt(handles: Handles, { day, appId, key }: DisclosurePosition): string {
  return Buffer.from(JSON.stringify([day, handles.encode('app', appId), key])).toString('base64url');
}

interface Given extends Pick<OwnerDeps, 'orm'> {
  readonly accountId: string;
  readonly handles: Handles;
  readonly cursor: string;
}

async function positionIn({ orm, accountId, handles, cursor }: Given): Promise<DisclosurePosition> {
  const [day, app, key] = parseCursor(cursor);
  const appId = handles.decode('app', app);
  if (appId === null || (await appsOf({ orm, accountId, appId })).length === 0) throw new AppError('expired_cursor');
  return { day, appId, key };
}

function parseCursor(cursor: string): z.output<typeof cursorContents> {
  try {
    return cursorContents.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('expired_cursor', cause);
  }
}
