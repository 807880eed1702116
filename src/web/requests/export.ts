import { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../watch/log.ts';
import { addDays, dayOf, type Clock } from '../../words/dates.ts';
import { exportDays } from '../../policy/export.ts';
import { exportCategory, exportJson, exportSchema, type ExportDeps } from '../../rights/export.ts';
import type { PurposeKey } from '../../store/engine/purpose-keys.ts';
import { csvLine } from '../shell/csv.ts';
import type { WebContext, WebEnv } from '../shell/http.ts';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import { ownRequest, type RequestView } from './view.ts';
import type { WebSessions } from '../shell/session.ts';
import { inPieces, textStream } from '../shell/text-stream.ts';

export interface ExportRoutesDeps extends OwnerDeps {
  readonly sessions: WebSessions;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Downloads of a finished access or portability request: its own person's, after a sign-in within 5 minutes, for some days. */
export function exportRoutes({ sessions: { requireSession, reauthenticate }, key, clock, log, ...deps }: ExportRoutesDeps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const answer = async (c: WebContext): Promise<Response> => {
    const owner = ownerFor(deps, c.get('person'));
    const { accountId, handles } = owner;
    const view = await ownRequest({ orm: deps.orm, accountId, handles }, c.req.param('request') ?? '');
    if (!isReady(view, dayOf(clock()))) throw new AppError('not_available');
    const made: ExportDeps = { orm: deps.orm, clock, key, accountId, nameRecord: (kind, id) => handles.encode(kind, id) };
    const format = c.req.query('format') ?? 'json';
    if (format === 'json') return file(c, textStream({ pieces: exportJson(made), log }), 'certveil-export.json', 'application/json');
    if (format === 'schema')
      return file(c, JSON.stringify(exportSchema(), null, 2), 'certveil-export.schema.json', 'application/schema+json');
    const category = c.req.query('category') ?? '';
    const lines = format === 'csv' ? csvOf(made, category) : null;
    if (!lines) throw new AppError('invalid_input');
    return file(c, textStream({ pieces: lines, log }), `certveil-${category}.csv`, 'text/csv; charset=utf-8');
  };
  for (const path of ['/api/requests/:request/export', '/dashboard/requests/:request/export']) {
    routes.get(path, requireSession, reauthenticate, answer);
  }
  return routes;
}

/** May the export of this request be downloaded? */
export function isReady({ nextStep, closedAt, recipientId }: RequestView, today: string): boolean {
  return nextStep === 'download_in_dashboard' && recipientId === null && closedAt !== null && today <= addDays(dayOf(closedAt), exportDays);
}

function csvOf(deps: ExportDeps, category: string): AsyncGenerator<string> | null {
  const found = exportCategory(deps, category);
  return found && linesOf(found);
}

async function* linesOf({ header, pages }: { header: string[]; pages: AsyncGenerator<string[][]> }): AsyncGenerator<string> {
  yield csvLine(header);
  for await (const rows of pages) yield rows.map(csvLine).join('');
}

function file(c: WebContext, body: ReadableStream<Uint8Array> | string, name: string, type: string): Response {
  return c.body(body, 200, {
    ...(typeof body !== 'string' && inPieces),
    'Content-Type': type,
    'Content-Disposition': `attachment; filename="${name}"`,
  });
}
