import { makeHandles, type Handles } from '../disclosure/handles.ts';
import { AppError } from '../errors.ts';
import { contacts } from '../policy/operator-contacts.ts';
import { authoritiesFor, authorityLine } from '../policy/authorities.ts';
import type { Service } from '../policy/classes.ts';
import { dayOf, isDay, type Day } from '../words/dates.ts';
import {
  refusalReasons,
  rightsNamedIn,
  type ErasureGround,
  type RefusalReason,
  type Region,
  type RequestKind,
  type StaffChannel,
} from '../policy/requests.ts';
import { makeStaffRights, type Correction, type StaffRights } from '../rights/staff-requests.ts';
import type { Orm } from '../store/engine/db.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { recipientsWith } from '../store/visibility/recipient-rights.ts';
import type { RequestRow } from '../store/rights/requests.ts';
import { accountWith, requestsForStaff, stepsOf } from '../store/rights/staff-requests.ts';
import { UsageError } from '../boot/explain.ts';
import { valueFrom } from './read-file.ts';
import { withDatabase } from '../boot/open-database.ts';
import { staffNameOf } from './staff.ts';
import type { Terminal } from './terminal.ts';

export interface StepOptions {
  readonly account: string;
  readonly staff: string;
}

export interface AddOptions extends StepOptions {
  readonly kind: RequestKind;
  readonly service: Service;
  readonly channel: StaffChannel;
  readonly receivedOn?: string;
  readonly recipient?: string;
  readonly region?: Region;
  readonly ground?: ErasureGround;
}

export interface AdvanceOptions extends StepOptions {
  readonly field?: Correction['field'];
  readonly valueFile?: string;
  readonly place?: readonly string[];
}

export interface RefuseOptions extends StepOptions {
  readonly reason: RefusalReason;
  readonly place?: readonly string[];
}

/** Where staff work: the database, and how requests are named on it. */
interface Desk {
  readonly orm: Orm;
  readonly rights: StaffRights;
  readonly today: Day;
  readonly handlesFor: (audience: { account: string }) => Handles;
  readonly print: (line: string) => void;
}

export async function opened({ config, clock, print }: Terminal, work: (desk: Desk) => Promise<void>): Promise<void> {
  const settings = config();
  await withDatabase({ config: settings, clock }, async ({ database: { orm }, dataKey }) => {
    const keys = await loadPurposeKeys({ orm, dataKey, clock });
    const { deletionsLog } = settings;
    const rights = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
    await work({ orm, rights, today: dayOf(clock()), handlesFor: makeHandles(keys.handles.bytes), print });
  });
}

export async function list({ orm, handlesFor, print }: Desk, email: string | undefined): Promise<void> {
  const accountId = email === undefined ? null : await accountOf(orm, email);
  const lines = await requestsForStaff({ orm, accountId });
  if (lines.length === 0) return print('No request waits.');
  for (const line of lines) {
    const name = handlesFor({ account: line.accountId }).encode('req', line.requestId);
    const about = line.recipientId ? 'recipient' : 'owner';
    print([`due ${line.dueOn}`, name, line.kind, line.service, line.status, about, line.channel, line.email].join('\t'));
    if (accountId === null) continue;
    for (const { at, actor, staffName, status } of await stepsOf({ orm, requestId: line.requestId }))
      print(`  ${at.toISOString()}\t${status}\t${staffName ?? actor}`);
  }
}

export async function add(desk: Desk, options: AddOptions): Promise<void> {
  const { orm, rights, today, handlesFor, print } = desk;
  const { kind, service, channel, region = null, ground = null } = options;
  const receivedOn = options.receivedOn ?? today;
  if (!isDay(receivedOn) || receivedOn > today) throw new UsageError('--received-on must be a day that has come, written YYYY-MM-DD.');
  if ((kind === 'erasure') !== (ground !== null)) throw new UsageError('--ground is needed for an erasure, and for nothing else.');
  if (kind === 'deactivation')
    throw new UsageError('A service is deactivated only by its owner, signed in, with the form at /contact (CS-30).');
  const accountId = await accountOf(orm, options.account);
  const about = options.recipient === undefined ? [null] : await recipientsOf({ orm, accountId, email: options.recipient, service });
  const filing = { accountId, kind, service, channel, receivedOn, region, ground, staffName: staffNameOf(options.staff) };
  for (const recipientId of about) {
    const row = await told('The account doesn’t use this service.', rights.file({ ...filing, recipientId }));
    print(`${handlesFor({ account: accountId }).encode('req', row.requestId)}\tanswered by ${row.dueOn}`);
  }
  print('The day stays, whatever is asked to prove who they are. Move it on with `request advance` once that is proved.');
  if (region) print(`Rights to name in the answer: ${rightsNamedIn(region).join(', ')}.`);
}

/** The value is read before the database is opened, which nobody else can use meanwhile when it is embedded. */
export async function correctionOf(
  { field, valueFile }: Pick<AdvanceOptions, 'field' | 'valueFile'>,
  terminal: Terminal,
): Promise<Correction | undefined> {
  if ((field === undefined) !== (valueFile === undefined)) throw new UsageError('--field and --value-file belong together.');
  return field === undefined || valueFile === undefined ? undefined : { field, value: await valueFrom(valueFile, terminal) };
}

export async function advance(
  desk: Desk,
  name: string,
  options: Omit<AdvanceOptions, 'field' | 'valueFile'> & { correction?: Correction | undefined },
): Promise<void> {
  const { correction, place } = options;
  const step = await stepOf(desk, name, options);
  const { request } = await told(
    'This request can’t take this step.',
    desk.rights.advance({ ...step, ...(correction && { correction }), ...(place && { places: place }) }),
  );
  desk.print(`${request.status}, answered by ${request.dueOn}`);
  if (correction?.field.startsWith('recipient_'))
    desk.print('The issuer’s file must be put right too: the old one brings the old value back when it is imported again.');
  desk.print(JSON.stringify(request.outcome ?? {}));
}

export async function refuse(desk: Desk, name: string, options: RefuseOptions): Promise<void> {
  const step = await stepOf(desk, name, options);
  const { reason } = options;
  const request = await told('This request can’t be refused any more.', desk.rights.refuse({ ...step, reason }));
  desk.print(`${request.status}. Tell the person:\n`);
  for (const line of refusalLetter(request, reason, options.place ?? [])) desk.print(line);
}

export async function withdraw(desk: Desk, name: string, options: StepOptions): Promise<void> {
  const request = await told(
    'Only what a recipient asked for is taken back here.',
    desk.rights.withdraw(await stepOf(desk, name, options)),
  );
  desk.print(request.status);
}

/** The reason, and where to complain (CS-49). */
function refusalLetter({ service }: RequestRow, reason: RefusalReason, places: readonly string[]): string[] {
  const contact = contacts[service === 'certfusion' ? 'certfusion' : 'certumssl'];
  const named = authoritiesFor(places).map((code) => `  ${authorityLine(code)}`);
  return [
    refusalReasons[reason],
    `If you don’t agree, write to ${contact.dataProtection}. You may also complain to the data protection authority of where you live, work, or think that it happened, or go to court.`,
    ...(named.length > 0 ? named : [`  For example in the ${authorityLine('GB')}`]),
  ];
}

async function stepOf({ orm, handlesFor }: Desk, name: string, { account, staff }: StepOptions) {
  const accountId = await accountOf(orm, account);
  const requestId = handlesFor({ account: accountId }).decode('req', name);
  if (requestId === null) throw new UsageError('This account has no such request.');
  return { accountId, requestId, staffName: staffNameOf(staff) };
}

async function accountOf(orm: Orm, email: string): Promise<string> {
  const accountId = await accountWith({ orm, email });
  if (accountId === null) throw new UsageError('There is no account with this e-mail address.');
  return accountId;
}

async function recipientsOf({ service, ...which }: { orm: Orm; accountId: string; email: string; service: Service }): Promise<string[]> {
  const found = service === 'certfusion' ? await recipientsWith(which) : [];
  if (found.length === 0) throw new UsageError('The account has no recipient with this e-mail address.');
  return found;
}

async function told<Result>(line: string, doing: Promise<Result>): Promise<Result> {
  try {
    return await doing;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_available') throw new UsageError(line, { cause: error });
    if (error instanceof AppError && error.code === 'invalid_input')
      throw new UsageError(
        'A correction, and nothing else, takes --field and --value-file: a field of whom the request is about, and a value that it can hold.',
        { cause: error },
      );
    throw error;
  }
}
