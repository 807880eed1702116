import { describe, expect, it } from 'vitest';
import { neverSent, services } from '../../src/policy/classes.ts';
import { heldCategories, heldCategoriesOf, retentionRuleOf } from '../../src/policy/categories.ts';
import { noticeOf } from '../../src/policy/notices/notice.ts';
import { changesBetween } from '../../src/policy/notices/changes.ts';
import type { NoticeFacts } from '../../src/policy/notices/section.ts';
import { processingPurposes } from '../../src/policy/processing.ts';
import { scopesOf } from '../../src/policy/scopes.ts';

const facts: NoticeFacts = { operatorAddress: null, processors: [], transfers: [], retention: { certificate: '10 years' } };
const textOf = (service: (typeof services)[number], given = facts): string =>
  noticeOf[service](given)
    .sections.flatMap(({ paragraphs }) => paragraphs)
    .join('\n');

describe('the notices', () => {
  it.each(services)(
    'CS-03, CS-04, CS-36, CS-56, CF-02, CF-03, CF-05: of %s names every scope, every class that never leaves, every purpose with its basis and every period',
    (service) => {
      const text = textOf(service);
      for (const scope of scopesOf([service])) expect(text).toContain(scope);
      for (const each of neverSent) expect(text.toLowerCase()).toContain(each.toLowerCase());
      for (const { says } of Object.values(processingPurposes)) expect(text).toContain(says);
      for (const name of heldCategoriesOf([service])) {
        expect(text.toLowerCase()).toContain(
          `${heldCategories[name].label}: ${retentionRuleOf(name, { uses: [service], operator: facts.retention })}`.toLowerCase(),
        );
      }
    },
  );

  it('CF-24, CF-27, CS-28, CS-57: name their contacts', () => {
    expect(textOf('certfusion')).toContain('hi@certfusion.com');
    for (const each of ['support@certumssl.com', 'dpo@certumssl.com', 'No. 588 Laiyinda Road, 211112, Nanjing, China']) {
      expect(textOf('certumssl')).toContain(each);
    }
  });

  it('CS-60, CF-07, CS-35, CS-55a, CS-55b: name the operator, its processors and its transfers as they are recorded', () => {
    const text = textOf('certumssl', {
      retention: {},
      operatorAddress: '1 Example Street, Exampleton',
      processors: [{ service: 'certumssl', name: 'Hosting Ltd', purpose: 'provide_service', country: 'DE', agreementOn: '2026-01-02' }],
      transfers: [
        { service: 'certumssl', channel: 'Support by phone', country: 'CN', safeguard: 'standard_contractual_clauses' },
        { service: 'certumssl', channel: 'Support by chat', country: 'JP', safeguard: 'adequacy_decision' },
      ],
    });
    expect(text).toContain('1 Example Street, Exampleton');
    expect(text).toContain('Hosting Ltd (Germany)');
    expect(text).toContain('Support by phone: data may be handled in China, protected by standard contractual clauses.');
    expect(text).toContain('Support by chat: data may be handled in Japan, protected by an adequacy decision.');
    expect(text).not.toContain('No service provider gets personal data');
  });

  it('CS-50: say the operator’s period where one is set, that none is where none is, and that neither is promised', () => {
    const text = textOf('certfusion');
    expect(text).toContain('Lists and certificates that you issued: 10 years from end of validity, not promised in the notice.');
    expect(text).toContain('Your privacy requests: no period set, not promised in the notice.');
    expect(text).not.toContain('operator setting');
    const account = 'Your account: name, e-mail, phone, password';
    expect(text).toContain(`${account}: no period set, not promised in the notice.`);
    expect(textOf('certumssl')).toContain(`${account}: 36 months from last activity.`);
  });

  it('CF-06: no purpose is a sale', () => {
    expect(Object.keys(processingPurposes).filter((name) => /sale|sell|rent/.test(name))).toEqual([]);
  });

  it('CF-26, CS-59: two versions differ in the paragraphs that differ, and in no others', () => {
    const before = noticeOf.certfusion(facts);
    const after = noticeOf.certfusion({ ...facts, operatorAddress: '1 Example Street' });
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(before, after)).toEqual([
      { section: 'contact', removed: [], added: ['This installation is run by: 1 Example Street.'] },
    ]);
  });
});
