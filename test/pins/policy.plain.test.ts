import { describe, expect, it } from 'vitest';
import { errorTable, publicError, type ErrorCode } from '../../src/errors.ts';
import { dataClasses } from '../../src/policy/classes.ts';
import { tables } from '../../src/policy/tables/all.ts';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { retentionClasses } from '../../src/policy/retention.ts';
import { allScopes, scopes } from '../../src/policy/scopes.ts';

const pinned = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe('what was promised, frozen', () => {
  it('the errors that may leave: code, status, text', async () => {
    await expect(pinned(errorTable)).toMatchFileSnapshot('errors.pin');
    for (const code of Object.keys(errorTable) as ErrorCode[])
      expect(publicError(code)).toEqual({ error: { code, message: errorTable[code].text } });
  });

  it('the scopes, their lines and which are ticked, and the fields that each opens', async () => {
    const opened = allScopes.map((scope) => [scope, { ...scopes[scope], fields: acceptedFieldsOf([scope]) }]);
    await expect(pinned(Object.fromEntries(opened))).toMatchFileSnapshot('scopes.pin');
  });

  it('the data classes and the retention classes', async () => {
    await expect(pinned({ dataClasses, retentionClasses })).toMatchFileSnapshot('classes.pin');
  });

  it('the class and the retention of every column', async () => {
    const columns = Object.entries(tables).flatMap(([table, policy]) =>
      Object.entries(policy.columns as Record<string, readonly [string, string]>).map(
        ([column, marks]) => `${table}.${column}: ${marks.join(', ')}`,
      ),
    );
    await expect(`${columns.join('\n')}\n`).toMatchFileSnapshot('columns.pin');
  });
});
