import { describe, expect, it } from 'vitest';
import { objectsTo, removed, shapesIn, withoutShapes } from '../../src/disclosure/guard.ts';

describe('the guard', () => {
  it.each([
    ['uuid', '550e8400-e29b-41d4-a716-446655440000'],
    ['uuid', 'https://certs.example/v/550E8400-E29B-41D4-A716-446655440000?x=1'],
    ['email', 'write to ada.lovelace+1@example.co.uk today'],
    ['email', 'ada%40example.com'],
    ['email', 'ada＠example．com'],
    ['ipv4', 'seen from 203.0.113.77.'],
    ['ipv6', 'from 2001:db8:0:0:0:0:2:1 at noon'],
    ['ipv6', 'from 2001:db8::2:1'],
    ['password_hash', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
    ['password_hash', '$2b$12$abcdefghijklmnopqrstuu'],
    ['payment_reference', 'cus_NffrFeUfNV2Hib'],
    ['payment_reference', 'sk_live_51H8abcdefghijklmnop'],
    ['private_key', '-----BEGIN EC PRIVATE KEY-----'],
    ['token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig'],
  ])('sees a shape of kind %s in “%s” and removes it', (kind, text) => {
    expect(shapesIn(text)).toContain(kind);
    expect(withoutShapes(text)).toContain(removed);
    expect(shapesIn(withoutShapes(text))).toEqual([]);
  });

  it.each([
    'a…@example.com',
    'cert_6rpdfpp9z4nz5wcwqxemab7e7r',
    'version 1.2.3.4',
    'v10.4.0.1',
    'OID 2.23.140.1.2.2',
    'Python 3.11.7 for beginners',
    'CF-2026-000123',
    'ISO/IEC 27001:2022 Lead Auditor',
    'at 10:20:30',
    '00:1b:44:11:3a:b7',
    'C++::namespaces explained',
    'Grade: A',
    '2026-11-22',
    'deadbeefdeadbeefdeadbeefdeadbeef',
    'snake_case_is_a_long_identifier_here',
    'Ünïcödé — “quotes” · 10 % off @ home',
  ])('lets “%s” pass', (text) => {
    expect(shapesIn(text)).toEqual([]);
    expect(withoutShapes(text)).toBe(text);
  });

  it('keeps the text around a shape', () => {
    expect(withoutShapes('see 203.0.113.9 or call bob@corp.example, please')).toBe('see [removed] or call [removed], please');
  });

  it('excuses exactly the values that a field may carry, and no other like them', () => {
    const message = JSON.stringify({ email: 'ada@example.com', title: 'by bob@example.com' });
    expect(objectsTo(JSON.stringify({ email: 'ada@example.com' }), new Set(['ada@example.com']))).toBe(false);
    expect(objectsTo(message, new Set(['ada@example.com']))).toBe(true);
  });
});
