import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeHandles } from '../../src/disclosure/handles.ts';
import { compileProjection } from '../../src/disclosure/projection.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { recipient } from '../../src/policy/fields/certificate.ts';
import type { Scope } from '../../src/policy/scopes.ts';

const scopes: readonly Scope[] = ['recipients:read', 'recipients:email'];
const row = { recipient: randomUUID(), email_masked: 'a…@example.com', email: 'ada@example.com' };
const { project } = compileProjection(recipient.pick({ recipient: true, email_masked: true, email: true }));

function keysNarrowedTo(fields: readonly string[] | null): string[] {
  const released = project(row, {
    scopes: new Set<string>(scopes),
    acceptedFields: new Set(acceptedFieldsOf(scopes)),
    narrowedTo: fields && new Set(fields),
    handles: makeHandles(randomBytes(32))({ app: randomUUID() }),
    dashboardUrl: () => '',
    sealCursor: () => '',
    removeShapes: false,
    excused: new Map(),
    ownHost: 'certs.example',
    told: { fields: new Set(), scopes: new Set(), records: 0 },
  });
  return Object.keys(released);
}

describe('fields only narrow', () => {
  it('a masked e-mail that was asked for stays masked, though the full one is granted', () => {
    expect(keysNarrowedTo(['email_masked'])).toEqual(['recipient', 'email_masked']);
    expect(keysNarrowedTo(['email'])).toEqual(['recipient', 'email']);
    expect(keysNarrowedTo(null)).toEqual(['recipient', 'email']);
  });
});

describe('a log line', () => {
  it('says where an error happened and nothing of its message, even when that looks like a stack', () => {
    const lines: string[] = [];
    const log = makeLogger('error', { write: (line: string) => void lines.push(line) });
    log.error({ err: new Error('params: x\n    at secret@example.com:1:2\n    at hidden') }, 'failed');
    expect(lines.join('')).not.toMatch(/secret|hidden|params/);
    expect(lines.join('')).toContain('narrowing.plain.test.ts');
  });
});
