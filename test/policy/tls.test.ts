import { describe, expect, it } from 'vitest';
import { domainKey, namesFor } from '../../src/policy/domains.ts';
import { keptUntil, nextStepOf, orderStatuses, renewalDueOn, validationLevelOf, vettingStatuses } from '../../src/policy/tls.ts';

describe('a TLS certificate', () => {
  it.each([
    ['2026-11-22', null, '2029-11-22'],
    ['2025-02-28', null, '2028-02-28'],
    ['2024-02-29', null, '2027-02-28'],
    ['2026-12-31', null, '2029-12-31'],
    ['2026-12-31', '2024-02-29', '2027-02-28'],
    ['2026-12-31', '2027-01-15', '2029-12-31'],
    ['9999-12-31', null, '9999-12-31'],
  ])('that ends on %s and was revoked on %s is kept until %s (CS-53)', (validUntil, revokedOn, expected) => {
    expect(keptUntil(validUntil, revokedOn)).toBe(expected);
  });

  it.each([
    ['2026-01-01', '2026-12-31', null, '2026-12-01'],
    ['2026-01-01', '2026-02-17', null, '2026-02-02'],
    ['2026-01-01', '2026-01-07', null, '2026-01-05'],
    ['2026-01-01', '2026-01-01', null, '2026-01-01'],
    ['2026-01-01', '2026-12-31', '2026-05-05', null],
  ])('valid from %s to %s, revoked on %s, is due for renewal on %s', (from, until, revokedOn, expected) => {
    expect(renewalDueOn(from, until, revokedOn)).toBe(expected);
  });
});

describe('an order', () => {
  it('says what it waits for, by its status and the state of vetting', () => {
    const steps = orderStatuses.map((status) => [status, ...vettingStatuses.map((vetting) => nextStepOf(status, vetting))]);
    expect(steps).toEqual([
      ['draft', 'none', 'none', 'none', 'none'],
      ['awaiting_validation', 'prove_domain_control', 'prove_domain_control', 'prove_domain_control', 'prove_domain_control'],
      ['awaiting_documents', 'wait_for_issuer', 'send_documents', 'wait_for_issuer', 'send_documents'],
      ['issued', 'install_certificate', 'install_certificate', 'install_certificate', 'install_certificate'],
      ['cancelled', 'none', 'none', 'none', 'none'],
      ['rejected', 'none', 'none', 'none', 'none'],
    ]);
  });

  it('is DV when it needs no vetting', () => {
    expect(vettingStatuses.map(validationLevelOf)).toEqual(['DV', 'unknown', 'unknown', 'unknown']);
  });
});

describe('a domain', () => {
  it.each([
    ['WWW.Example.COM', 'www.example.com'],
    [' example.com. ', 'example.com'],
    ['*.Example.com', '*.example.com'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['_acme.example.com', '_acme.example.com'],
    ['localhost', 'localhost'],
  ])('%s is kept as %s', (given, key) => {
    expect(domainKey(given)).toBe(key);
  });

  it.each([
    '',
    '.',
    '*',
    '*.',
    '*.*.example',
    'a..example',
    '-a.example',
    'a-.example',
    'a b.example',
    'someone@example.com',
    'https://example.com',
    'example.com/path',
    'example.com:443',
    'a%2eexample.com',
    '192.0.2.1',
    '1.2',
    '0x7f.1',
    '2001:db8::1',
    '[2001:db8::1]',
    'xn--a.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
    'a\u0000b.example',
  ])('%j names no host', (given) => {
    expect(domainKey(given)).toBeNull();
  });

  it('is found under its own name and under the wildcard beside it, never under that of a whole top-level domain', () => {
    expect(namesFor('www.example.com')).toEqual(['www.example.com', '*.example.com']);
    expect(namesFor('example.com')).toEqual(['example.com']);
    expect(namesFor('*.example.com')).toEqual(['*.example.com']);
    expect(namesFor('a.b.example.com')).toEqual(['a.b.example.com', '*.b.example.com']);
    expect(namesFor('not a domain')).toEqual([]);
  });
});
