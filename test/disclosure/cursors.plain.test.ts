import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeCursors } from '../../src/disclosure/cursors.ts';
import { makeTestClock } from '../support/clock.ts';

describe('cursors', () => {
  const clock = makeTestClock();
  const cursorsFor = makeCursors({ cursorKey: randomBytes(32), clock });
  const binding = { grantId: 'grant', tool: 'search_certificates', arguments: { query: 'ada', limit: 20 }, fields: [] };
  const cursors = cursorsFor(binding);

  it('lead back to their position and say nothing of it', () => {
    const cursor = cursors.seal(['2026-11-22', 'CF-1']);
    expect(cursors.open(cursor)).toEqual(['2026-11-22', 'CF-1']);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('CF-1');
    expect(cursors.seal(['2026-11-22', 'CF-1'])).not.toBe(cursor);
  });

  it('open with another page size', () => {
    const cursor = cursors.seal(['x']);
    expect(cursorsFor({ ...binding, arguments: { query: 'ada', limit: 5, cursor } }).open(cursor)).toEqual(['x']);
  });

  it.each([
    ['grant', { grantId: 'another' }],
    ['tool', { tool: 'search_recipients' }],
    ['arguments', { arguments: { query: 'grace', limit: 20 } }],
    ['set of fields', { fields: ['title'] }],
  ])('are expired_cursor under another %s', (_what, change) => {
    expect(() => cursorsFor({ ...binding, ...change }).open(cursors.seal(['x']))).toThrow(
      expect.objectContaining({ code: 'expired_cursor' }),
    );
  });

  it('are expired_cursor when altered, cut, made up or respelled', () => {
    const cursor = cursors.seal(['x']);
    const altered = Buffer.from(cursor, 'base64url');
    altered[20] = (altered[20] ?? 0) ^ 1;
    for (const wrong of [
      altered.toString('base64url'),
      cursor.slice(0, -4),
      '',
      'x',
      `${cursor}=`,
      randomBytes(60).toString('base64url'),
    ]) {
      expect(() => cursors.open(wrong)).toThrow(expect.objectContaining({ code: 'expired_cursor' }));
    }
  });

  it('live one hour', () => {
    const cursor = cursors.seal(['x']);
    clock.advance({ minutes: 59 });
    expect(cursors.open(cursor)).toEqual(['x']);
    clock.advance({ minutes: 1 });
    expect(() => cursors.open(cursor)).toThrow(expect.objectContaining({ code: 'expired_cursor' }));
  });
});
