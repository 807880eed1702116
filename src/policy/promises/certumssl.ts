import type { PromisePolicy } from './promise.ts';

/** CertumSSL's notice (CS-), row by row. */
export const certumsslPromises = {
  'CS-01': {
    says: 'Every stored column says whether it is about a person, and whether it may leave.',
    rule: 'policy/tables/all.ts#tables',
    shownBy: ['the class and the retention of every column'],
  },
  'CS-02': {
    says: 'Nothing is given to others without your authorisation, apart from listed exceptions.',
    rule: 'disclosure/gate.ts#makeGate',
  },
  'CS-03': {
    says: 'Built to comply with data protection law: rights, legal bases, periods and transfers each have their place.',
    rule: 'policy/requests.ts#requestKinds',
  },
  'CS-04': {
    says: 'Forms collect name, address, phone and e-mail, for orders, the service, information and support.',
    rule: 'policy/categories.ts#heldCategories',
  },
  'CS-05': {
    says: 'Proof of identity and vetting documents never reach an assistant; only a status word may.',
    rule: 'policy/classes.ts#readerMaySelect',
    shownBy: ['cannot read any column that is never sent: 42501 on either engine (CF-12 to CF-15)'],
  },
  'CS-06': {
    says: 'What you send by form, e-mail, API, phone or to support is stored, with its channel.',
    rule: 'store/schema/accounts.ts#contactMessages',
  },
  'CS-07': { says: 'You can be contacted about the service, and can ask for no contact.', rule: 'policy/mail.ts#mailKinds' },
  'CS-08': { says: 'Cookies hold a session ID; the internal account ID is never shown.', rule: 'web/shell/session.ts#makeWebSessions' },
  'CS-09': { says: 'Sessions and cookies are protected against hijacking.', rule: 'web/shell/http.ts#sameOrigin' },
  'CS-10': {
    says: 'Cookies end with the browser; without them you are told what does not work.',
    rule: 'web/sign-in/sign-in.tsx#signInPages',
  },
  'CS-11': {
    says: 'No personal information is passed to affiliates or analytics; the product loads none.',
    rule: 'web/shell/http.ts#pageHeaders',
  },
  'CS-12': {
    says: 'Protocol data stays in one table with one period, which no tool can read.',
    rule: 'policy/tables/certificates.ts#certificatesTables',
    shownBy: ['cannot read any column that is never sent: 42501 on either engine (CF-12 to CF-15)'],
  },
  'CS-13': {
    says: 'Protocol data is read only for its purposes, and each look is recorded.',
    rule: 'store/schema/registers.ts#activityInspections',
  },
  'CS-14': { says: 'Of domain contacts only the fields that are required are published.', rule: 'policy/tls.ts#publishedWithoutPrivacy' },
  'CS-15': { says: 'Contact privacy is turned off by you alone, after a warning.', rule: 'web/records/domains.tsx#domainPages' },
  'CS-16': {
    says: 'What was public cannot be recalled: each period of exposure stays on record.',
    rule: 'store/tls/domain-privacy.ts#turnPrivacyOn',
  },
  'CS-17': {
    says: 'Your name or company name: by scope.',
    rule: 'policy/fields/account.ts#account',
    shownBy: ['get_account_summary says name, masked e-mail, services and quota, and nothing else (CF-11, CS-18)'],
  },
  'CS-18': { says: 'Your e-mail address: masked, unless you allow it in full.', rule: 'words/text.ts#maskEmail' },
  'CS-19': {
    says: 'Your phone number is never sent.',
    rule: 'policy/tables/accounts.ts#accountsTables',
    shownBy: ['is in no answer, header, cookie or log line, plain, encoded or reversed'],
  },
  'CS-20': {
    says: 'Your billing address is never sent.',
    rule: 'policy/tables/accounts.ts#accountsTables',
    shownBy: ['is in no answer, header, cookie or log line, plain, encoded or reversed'],
  },
  'CS-21': {
    says: 'Payment goes through Stripe; no card data is stored, and its reference is never sent.',
    rule: 'policy/tables/accounts.ts#accountsTables',
    shownBy: ['is in no answer, header, cookie or log line, plain, encoded or reversed'],
  },
  'CS-22': { says: 'Domain names and certificate details, of type DV, OV or EV.', rule: 'policy/fields/tls.ts#tlsCertificate' },
  'CS-23': { says: 'Organisation details are kept for OV and EV only.', rule: 'store/schema/tls.ts#tlsCertificates' },
  'CS-24': {
    says: 'Sensitive forms go over TLS.',
    rule: 'boot/listen.ts#listen',
    shownBy: ['behind https has cookies that only this host gets, over TLS only'],
  },
  'CS-25': {
    says: 'Accepted standards of security, no promise of absolute security, and a route to report.',
    stands: 'The text of the notice, and the contact page.',
  },
  'CS-26': {
    says: 'Google Analytics, where used, is never combined with personal information.',
    stands: 'The product loads no analytics; the notice says what the operator’s site may use.',
  },
  'CS-27': { says: 'We tell you whether data about you is held, or processed for others.', rule: 'policy/categories.ts#heldCategories' },
  'CS-28': {
    says: 'Access, correction and deletion through account settings, by post and by e-mail.',
    rule: 'policy/requests.ts#requestChannels',
  },
  'CS-29': { says: 'An answer within 30 days.', rule: 'rights/deadlines.ts#deadlineOf' },
  'CS-30': { says: 'Deactivation only signed in, by the authenticated form.', rule: 'web/shell/session.ts#makeWebSessions' },
  'CS-31': { says: 'Do Not Track is not acted on.', rule: 'policy/notices/notice.ts#noticeOf' },
  'CS-32': {
    says: 'A cancelled account is deactivated: no tool sees it, nothing is deleted by that.',
    rule: 'store/schema/accounts.ts#memberships',
  },
  'CS-33': { says: 'Signed in, you change your details and opt out of messages at any time.', rule: 'web/account/account.tsx#accountPage' },
  'CS-34': { says: 'What the service needs cannot be deleted without ending it; you are told which.', rule: 'rights/erase.ts#erase' },
  'CS-35': {
    says: 'Support may handle data in other countries; each is on record.',
    rule: 'store/notices/registers.ts#recordTransfer',
  },
  'CS-36': {
    says: 'Wherever data is, the same policy applies.',
    rule: 'policy/notices/notice.ts#noticeOf',
  },
  'CS-37': {
    says: 'Disclosure to authorities or private parties only under a listed code, and in the ledger.',
    rule: 'store/schema/registers.ts#externalDisclosures',
  },
  'CS-38': {
    says: 'What certificate authorities’ rules require is shared under its own code.',
    rule: 'store/schema/registers.ts#externalDisclosures',
  },
  'CS-39': {
    says: 'Where the law permits you are told of disclosures by legal process.',
    rule: 'store/schema/registers.ts#externalDisclosures',
  },
  'CS-40': { says: 'The rights of the EEA, Switzerland and the UK.', rule: 'policy/requests.ts#regions' },
  'CS-41': { says: 'Access: whether, what, and a copy.', rule: 'policy/requests.ts#requestKinds' },
  'CS-42': { says: 'Correction without undue delay.', rule: 'rights/carry-out.ts#corrected' },
  'CS-43': { says: 'Erasure where no compelling reason remains.', rule: 'policy/requests.ts#erasureGrounds' },
  'CS-44': { says: 'Restriction: the record leaves every tool and job.', rule: 'store/visibility/standing-restrictions.ts#hideWhatStands' },
  'CS-45': { says: 'Portability in a structured, common, machine-readable form.', rule: 'policy/requests.ts#requestKinds' },
  'CS-46': { says: 'Objection: marketing stops at once, other uses pending review.', rule: 'policy/objection.ts#afterObjection' },
  'CS-47': { says: 'An answer within one month; the earlier of the two clocks is promised.', rule: 'rights/deadlines.ts#deadlineOf' },
  'CS-48': { says: 'More may be asked to verify identity; the clock goes on.', rule: 'policy/requests.ts#transitions' },
  'CS-49': { says: 'The authority of your residence, work or place of infringement is named.', rule: 'policy/authorities.ts#authorities' },
  'CS-50': {
    says: 'Nothing is kept without a period.',
    rule: 'policy/tables/all.ts#tables',
    shownBy: ['the class and the retention of every column'],
  },
  'CS-51': { says: 'Account data: while active, and 36 months after the last activity.', rule: 'policy/retention.ts#retentionClasses' },
  'CS-52': { says: 'Transactions: 7 years.', rule: 'policy/retention.ts#retentionClasses' },
  'CS-53': { says: 'Certificates: validity plus 36 months.', rule: 'policy/tls.ts#keptUntil' },
  'CS-54': { says: 'Support correspondence: 3 years after resolution.', rule: 'policy/retention.ts#retentionClasses' },
  'CS-55a': { says: 'Transfers under standard contractual clauses.', rule: 'policy/processing.ts#transferSafeguards' },
  'CS-55b': { says: 'Or under an adequacy decision; never without a safeguard.', rule: 'policy/processing.ts#transferSafeguards' },
  'CS-55c': { says: 'TLS 1.2 or newer in transit, AES-256 at rest.', rule: 'store/engine/sealing.ts#seal' },
  'CS-56': { says: 'Each purpose has exactly one of four legal bases.', rule: 'policy/processing.ts#processingPurposes' },
  'CS-57': { says: 'Data protection contact.', rule: 'policy/operator-contacts.ts#contacts' },
  'CS-58': { says: 'Not for people under 18; prompt deletion.', rule: 'policy/requests.ts#requestKinds' },
  'CS-59': { says: 'Changes are posted.', rule: 'store/notices/notices.ts#publishNotices' },
  'CS-60': { says: 'The operator’s address.', rule: 'config/settings.ts#settings' },
} as const satisfies Record<string, PromisePolicy>;
