/** May a column leave through a tool? `by_scope` and `masked_by_scope` may; every other class never does (product.md, data classes). */
export const dataClasses = {
  identity: { leaves: 'by_scope', says: 'names of people and accounts' },
  contact: { leaves: 'by_scope', says: 'e-mail addresses, masked unless their own scope is granted' },
  certificate: { leaves: 'by_scope', says: 'titles, numbers, dates, status words, list and domain names' },
  organisation: { leaves: 'by_scope', says: 'organisation name and country of OV and EV certificates' },
  custom_shared: { leaves: 'by_scope', says: 'custom field values that the issuer declared shareable' },
  quota: { leaves: 'by_scope', says: 'used, limit, remaining and period end' },
  rights: { leaves: 'by_scope', says: 'privacy requests: kind, status, dates' },
  disclosure: { leaves: 'by_scope', says: 'what apps were told: day, tool, field names, counts, outcome' },
  aggregate: { leaves: 'by_scope', says: 'published monthly counts' },
  internal: { leaves: 'never', says: 'internal ids, ordering and search keys' },
  control: { leaves: 'never', says: 'restricted, hidden, deactivated and revoked marks' },
  secret: { leaves: 'never', says: 'passwords, tokens, keys and their hashes' },
  billing: { leaves: 'never', says: 'billing address, prices, invoices, payments' },
  network_log: { leaves: 'never', says: 'IP addresses, user agents, referrers, times of views' },
  verification_code: { leaves: 'never', says: 'per-recipient verification codes and links' },
  private_contact: { leaves: 'never', says: 'phone numbers, postal addresses, domain contacts' },
  vetting: { leaves: 'never', says: 'identity and vetting documents' },
  correspondence: { leaves: 'never', says: 'support and contact messages' },
  custom_private: { leaves: 'never', says: 'custom field values that were not declared shareable' },
  operational: { leaves: 'never', says: 'settings, jobs, migrations, protocol state' },
} as const satisfies Record<string, { leaves: 'by_scope' | 'never'; says: string }>;

export type DataClass = keyof typeof dataClasses;

export function mayLeave(dataClass: DataClass): boolean {
  return dataClasses[dataClass].leaves === 'by_scope';
}

/** The tools' reader role may select disclosable and `internal` columns and no others. */
export function readerMaySelect(dataClass: DataClass): boolean {
  return mayLeave(dataClass) || dataClass === 'internal';
}

/** What `explain_field_policy` and the consent page list as never sent. */
export const neverSent: readonly string[] = Object.values(dataClasses)
  .filter((each) => each.leaves === 'never')
  .map((each) => each.says);

export const services = ['certfusion', 'certumssl'] as const;
export type Service = (typeof services)[number];
