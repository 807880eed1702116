import { randomUUID } from 'node:crypto';
import { addDays } from '../words/dates.ts';
import { placeOf, seal } from '../store/engine/sealing.ts';
import type { DemoRows } from '../store/demo/demo.ts';
import { canary } from './canary.ts';
import type { OwnerSetting } from './private-rows.ts';

export interface Site {
  readonly host: string;
  readonly type: 'DV' | 'OV' | 'EV';
  readonly product: 'single' | 'wildcard' | 'multi_domain';
  /** Days until the certificate ends; null for an order without one. */
  readonly endsIn: number | null;
  readonly status: 'draft' | 'awaiting_validation' | 'awaiting_documents' | 'issued' | 'cancelled' | 'rejected';
  readonly vetting: 'not_required' | 'pending' | 'passed' | 'failed';
  readonly revoked?: boolean;
}

const visibleSites: readonly Site[] = [
  { host: 'www', type: 'EV', product: 'multi_domain', endsIn: 5, status: 'issued', vetting: 'passed' },
  { host: 'shop', type: 'OV', product: 'single', endsIn: 21, status: 'issued', vetting: 'passed' },
  { host: 'mail', type: 'DV', product: 'single', endsIn: 26, status: 'issued', vetting: 'not_required' },
  { host: 'learn', type: 'DV', product: 'wildcard', endsIn: 64, status: 'issued', vetting: 'not_required' },
  { host: 'api', type: 'OV', product: 'single', endsIn: 190, status: 'issued', vetting: 'passed' },
  { host: 'old', type: 'DV', product: 'single', endsIn: -12, status: 'issued', vetting: 'not_required' },
  { host: 'leaked', type: 'DV', product: 'single', endsIn: 120, status: 'issued', vetting: 'not_required', revoked: true },
  { host: 'new', type: 'DV', product: 'single', endsIn: null, status: 'awaiting_validation', vetting: 'not_required' },
  { host: 'bank', type: 'EV', product: 'single', endsIn: null, status: 'awaiting_documents', vetting: 'pending' },
  { host: 'idea', type: 'DV', product: 'single', endsIn: null, status: 'draft', vetting: 'not_required' },
  { host: 'gone', type: 'OV', product: 'single', endsIn: null, status: 'rejected', vetting: 'failed' },
];

/** A host whose order is restricted (CS-44): neither it nor its certificate may be seen through a tool. */
const restrictedSite: Site = {
  host: 'canary-hidden-host',
  type: 'DV',
  product: 'single',
  endsIn: 77,
  status: 'issued',
  vetting: 'not_required',
};

/** Every order of an owner, the restricted one last. */
export const sites: readonly Site[] = [...visibleSites, restrictedSite];

export function namesOf({ host, product }: Site, domain: string): string[] {
  const name = `${host}.${domain}`;
  if (product === 'wildcard') return [`*.${name}`, name];
  return product === 'multi_domain' ? [name, domain] : [name];
}

type TlsRows = Pick<DemoRows, 'tlsOrders' | 'orderContacts' | 'domainPrivacy' | 'domainExposures'>;
type Row<Name extends keyof TlsRows> = TlsRows[Name][number];

/** An owner's TLS orders, and who may see the contacts of their domains. Their certificates come through the import. */
export function tlsRows(setting: OwnerSetting, hiddenAt: Date): TlsRows {
  const rows = sites.map((site, at) => siteRows(setting, site, at));
  return {
    tlsOrders: rows.map(({ order }, at) => (sites[at] === restrictedSite ? { ...order, hiddenAt } : order)),
    orderContacts: rows.map(({ contact }) => contact),
    ...privacyRows(setting, hiddenAt),
  };
}

function siteRows(setting: OwnerSetting, site: Site, at: number): { order: Row<'tlsOrders'>; contact: Row<'orderContacts'> } {
  const { owner, accountId, today, columnsKey } = setting;
  const orderId = randomUUID();
  const contactId = randomUUID();
  const organisation =
    site.type === 'DV' ? {} : { organisationName: owner.organisation.name, organisationCountry: owner.organisation.country };
  const contact = `${canary('order_contacts', 'details_sealed', owner.number * 100 + at)} +1 202 555 0143, 12 Private Lane`;
  return {
    order: {
      id: orderId,
      accountId,
      orderNumber: `T-${owner.number}${String(1001 + at)}`,
      productType: site.product,
      validationLevel: site.type,
      domains: namesOf(site, owner.domain),
      status: site.status,
      orderedOn: addDays(today, site.endsIn === null ? -3 - at : site.endsIn - 199),
      vettingStatus: site.vetting,
      ...organisation,
    },
    contact: {
      id: contactId,
      accountId,
      orderId,
      role: canary('order_contacts', 'role', owner.number * 100 + at),
      detailsSealed: seal(columnsKey, contact, placeOf('order_contacts.details_sealed', contactId)),
    },
  };
}

function privacyRows({ owner, accountId, today }: OwnerSetting, hiddenAt: Date): Pick<TlsRows, 'domainPrivacy' | 'domainExposures'> {
  const hidden = `canary-hidden-domain.${owner.domain}`;
  const row = { accountId, domain: owner.domain };
  return {
    domainPrivacy: [
      { ...row, privacyOn: true, publishedFieldNames: [], requiredBy: 'none' },
      { ...row, domain: `shop.${owner.domain}`, privacyOn: false, publishedFieldNames: ['organisation', 'email'], requiredBy: 'ca_policy' },
      {
        ...row,
        domain: `bank.${owner.domain}`,
        privacyOn: false,
        publishedFieldNames: ['organisation', 'country'],
        requiredBy: 'registry',
      },
      { ...row, domain: hidden, privacyOn: true, publishedFieldNames: [], requiredBy: 'none', hiddenAt },
    ],
    domainExposures: [
      { ...row, startedOn: addDays(today, -400), endedOn: addDays(today, -310) },
      { ...row, startedOn: addDays(today, -120), endedOn: addDays(today, -118) },
      { ...row, domain: `shop.${owner.domain}`, startedOn: addDays(today, -60), endedOn: null },
      { ...row, domain: `bank.${owner.domain}`, startedOn: addDays(today, -30), endedOn: null },
      { ...row, domain: hidden, startedOn: addDays(today, -30), endedOn: null, hiddenAt },
    ],
  };
}
