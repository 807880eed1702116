/** How long a class is kept and from which clock (product.md, Retention; promise ids in `promise`). */
export const retentionClasses = {
  account_certumssl: { period: '36 months', from: 'last activity', promise: 'CS-51' },
  account_certfusion: { period: 'operator setting', from: 'last activity', promise: null },
  transaction: { period: '7 years', from: 'transaction date', promise: 'CS-52' },
  tls_certificate: { period: '36 months', from: 'end of validity', promise: 'CS-53' },
  tls_order: { period: 'operator setting', from: 'order date', promise: null },
  support: { period: '3 years', from: 'resolution', promise: 'CS-54' },
  verification_activity: { period: '12 months', from: 'event', promise: 'CF-22' },
  certificate: { period: 'operator setting', from: 'end of validity', promise: null },
  recipient: { period: 'operator setting', from: 'last certificate', promise: null },
  ledger: { period: 'operator setting', from: 'event', promise: null },
  consent: { period: 'operator setting', from: 'end of the grant', promise: null },
  session: { period: 'until it expires', from: 'creation', promise: null },
  token: { period: 'until it expires', from: 'creation', promise: null },
  mail: { period: '30 days', from: 'delivery or giving up', promise: null },
  rights: { period: 'operator setting', from: 'closing of the request', promise: null },
  permanent: { period: 'as long as the installation', from: 'creation', promise: null },
} as const satisfies Record<string, { period: string; from: string; promise: string | null }>;

export type RetentionClass = keyof typeof retentionClasses;
