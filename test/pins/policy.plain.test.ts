import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorTable, publicError, type ErrorCode } from '../../src/errors.ts';
import { dataClasses } from '../../src/policy/classes.ts';
import { tables } from '../../src/policy/tables/all.ts';
import { acceptedFieldsOf, policyVersion } from '../../src/policy/fields/all.ts';
import { retentionClasses } from '../../src/policy/retention.ts';
import { allScopes, scopes } from '../../src/policy/scopes.ts';

const pinned = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

type Column = readonly [column: string, marks: readonly [string, string]];

function openedByScope(): object {
  return Object.fromEntries(allScopes.map((scope) => [scope, { ...scopes[scope], fields: acceptedFieldsOf([scope]) }]));
}

function columns(): Column[] {
  return Object.entries(tables).flatMap(([table, policy]) =>
    Object.entries(policy.columns as Record<string, readonly [string, string]>).map(([column, marks]): Column => [
      `${table}.${column}`,
      marks,
    ]),
  );
}

/** Nobody is told of a column that only keeps the product going. */
function toldColumns(): Column[] {
  const told = columns().filter(([, [dataClass]]) => dataClass !== 'operational' && dataClass !== 'internal');
  return told.toSorted(([one], [other]) => (one < other ? -1 : 1));
}

interface VersionPin {
  readonly policyVersion: string;
  readonly digest: string;
}

function digestOf(policy: object): string {
  return createHash('sha256').update(JSON.stringify(policy)).digest('hex');
}

/** Running vitest with -u doesn't help against it. */
function complaintOf(held: VersionPin, now: VersionPin): string | null {
  if (now.policyVersion < held.policyVersion) return `policyVersion is earlier than ${held.policyVersion}`;
  if (now.policyVersion > held.policyVersion || now.digest === held.digest) return null;
  return 'The classes, the periods, the scopes or their fields have changed: raise policyVersion in src/policy/fields/all.ts to today, then run vitest -u';
}

describe('what was promised, frozen', () => {
  it('the errors that may leave: code, status, text', async () => {
    await expect(pinned(errorTable)).toMatchFileSnapshot('errors.pin');
    for (const code of Object.keys(errorTable) as ErrorCode[])
      expect(publicError(code)).toEqual({ error: { code, message: errorTable[code].text } });
  });

  it('the scopes, their lines and which are ticked, and the fields that each opens', async () => {
    await expect(pinned(openedByScope())).toMatchFileSnapshot('scopes.pin');
  });

  it('the data classes and the retention classes', async () => {
    await expect(pinned({ dataClasses, retentionClasses })).toMatchFileSnapshot('classes.pin');
  });

  it('the class and the retention of every column', async () => {
    const lines = columns().map(([column, marks]) => `${column}: ${marks.join(', ')}`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('columns.pin');
  });

  it('under one policyVersion: none of what people are told about the policy changes without it', async () => {
    const held = JSON.parse(readFileSync(join(import.meta.dirname, 'policy-version.pin'), 'utf8')) as VersionPin;
    const now = { policyVersion, digest: digestOf({ dataClasses, retentionClasses, scopes: openedByScope(), columns: toldColumns() }) };
    expect(complaintOf(held, now)).toBeNull();
    await expect(pinned(now)).toMatchFileSnapshot('policy-version.pin');
  });

  it.each([
    ['a class that says something else', { dataClasses: { ...dataClasses, quota: { leaves: 'never', says: 'used' } } }],
    ['a field that another scope opens too', { scopes: { 'account:read': ['email'] } }],
    ['a column that may leave', { columns: [...toldColumns(), ['accounts.nickname', ['identity', 'account_certfusion']]] }],
  ])('and %s is a change of it', (_, change) => {
    const same = { dataClasses, retentionClasses, scopes: openedByScope(), columns: toldColumns() };
    const held = { policyVersion: '2026-11-22', digest: digestOf(same) };
    const digest = digestOf({ ...same, ...change });
    expect(complaintOf(held, { ...held, digest })).toMatch(/raise policyVersion/);
    expect(complaintOf(held, { policyVersion: '2026-11-21', digest })).toMatch(/earlier/);
    expect(complaintOf(held, { policyVersion: '2026-11-28', digest })).toBeNull();
  });
});
