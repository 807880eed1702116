import type { PromisePolicy } from './promise.ts';

/** CertFusion's notice (CF-), row by row. */
export const certfusionPromises = {
  'CF-01': { says: 'The notice is dated 23 April 2026.', rule: 'policy/notices/notice.ts#firstEffectiveOn' },
  'CF-02': {
    says: 'It covers the website, the services and connections to third-party apps.',
    rule: 'policy/notices/certfusion.ts#certfusionNotice',
  },
  'CF-03': {
    says: 'What personal data is collected.',
    rule: 'policy/categories.ts#heldCategories',
  },
  'CF-04': {
    says: 'Type of browser, system and usage are not personal, and serve improvement.',
    stands: 'The text of the notice; the product records none of it but for verification links.',
  },
  'CF-05': { says: 'A closed list of uses.', rule: 'policy/processing.ts#processingPurposes' },
  'CF-06': { says: 'Personal information is never sold or rented.', rule: 'policy/processing.ts#processingPurposes' },
  'CF-07': { says: 'Service providers only under an agreement on confidentiality.', rule: 'store/notices/registers.ts#recordProcessor' },
  'CF-08': { says: 'An assistant gets a limited set of data, solely for what you ask.', rule: 'disclosure/gate.ts#makeGate' },
  'CF-09': { says: 'Of an access token only a hash is stored.', rule: 'crypto/digest.ts#tokenDigest' },
  'CF-10': { says: 'Access is revoked at any time, with effect on the very next call.', rule: 'oauth/grants.ts#makeGrants' },
  'CF-11': { says: 'Tools return a listed set of fields.', rule: 'disclosure/projection.ts#compileProjection' },
  'CF-12': { says: 'Never sent: passwords.', rule: 'policy/classes.ts#neverSent' },
  'CF-13': {
    says: 'Never sent: billing information.',
    rule: 'policy/classes.ts#neverSent',
    shownBy: ['is in no answer, header, cookie or log line, plain, encoded or reversed'],
  },
  'CF-14': {
    says: 'Never sent: IP address logs.',
    rule: 'policy/classes.ts#neverSent',
    shownBy: ['is in no answer, header, cookie or log line, plain, encoded or reversed'],
  },
  'CF-15': { says: 'Never sent: internal identifiers and verification links.', rule: 'disclosure/handles.ts#makeHandles' },
  'CF-16': { says: 'Never sent: another person’s data.', rule: 'store/engine/role-names.ts#toolsRole' },
  'CF-17': { says: 'The conversation falls under the assistant maker’s policy.', rule: 'policy/notices/shared-sections.ts#aiAppsSection' },
  'CF-18': {
    says: 'Conversations are never received or stored, only the tool’s parameters.',
    rule: 'disclosure/arguments.ts#parseInput',
    shownBy: ['bounds every string, number and list among its inputs', 'no log line holds a token, a code, an address or an argument'],
  },
  'CF-19': {
    says: 'Opening a verification link logs IP, user agent and referring page.',
    rule: 'store/verification/events.ts#recordEvent',
  },
  'CF-20': {
    says: 'For fraud prevention, abuse detection and aggregate analytics only.',
    rule: 'store/schema/registers.ts#activityInspections',
  },
  'CF-21': { says: 'Analytics in aggregate, for the issuing account only.', rule: 'policy/verification.ts#fewestPublished' },
  'CF-22': { says: 'Those logs live 12 months.', rule: 'jobs/verification.ts#sweepVerification' },
  'CF-23': { says: 'Rights depend on where you live.', rule: 'policy/requests.ts#regions' },
  'CF-24': { says: 'Rights through hi@certfusion.com.', rule: 'policy/operator-contacts.ts#contacts' },
  'CF-25': {
    says: 'Measures against unauthorised access, alteration, disclosure and destruction.',
    rule: 'store/rules/verify.ts#verifyDatabase',
    shownBy: ['stands on a database that is what the policy says'],
  },
  'CF-26': { says: 'Changes are posted with a new effective date.', rule: 'store/notices/notices.ts#publishNotices' },
  'CF-27': { says: 'Contact hi@certfusion.com.', rule: 'policy/operator-contacts.ts#contacts' },
} as const satisfies Record<string, PromisePolicy>;
