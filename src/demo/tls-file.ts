import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { CertificatePolicyExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { addDays, type Day } from '../words/dates.ts';
import type { DemoOwner } from './owners.ts';
import { namesOf, type Site } from './tls-rows.ts';

const policies = { DV: '2.23.140.1.2.1', OV: '2.23.140.1.2.2', EV: '2.23.140.1.1' } as const;
const curves = ['P-256', 'P-384'] as const;
const lifetimeDays = 198;

export interface TlsFile {
  readonly owner: DemoOwner;
  readonly sites: readonly Site[];
  readonly today: Day;
}

/** The owner's TLS certificates as a PEM file for the real import: real X.509 of an authority that nobody trusts. */
export async function tlsFile({ owner, sites, today }: TlsFile): Promise<string> {
  const [authority, ...keys] = await Promise.all(['P-256', ...curves].map(keyPair));
  if (!authority) throw new Error('no key was made');
  const certificates = await Promise.all(
    sites.map(async (site, at) => {
      const key = keys[at % curves.length] ?? authority;
      return site.endsIn === null ? '' : certificateOf({ owner, site, at, authority, key, endsOn: addDays(today, site.endsIn) });
    }),
  );
  return certificates.filter((pem) => pem !== '').join('\n');
}

function keyPair(namedCurve: string): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, false, ['sign', 'verify']);
}

interface Issuing {
  readonly owner: DemoOwner;
  readonly site: Site;
  readonly at: number;
  readonly authority: webcrypto.CryptoKeyPair;
  readonly key: webcrypto.CryptoKeyPair;
  readonly endsOn: Day;
}

async function certificateOf({ owner, site, at, authority, key, endsOn }: Issuing): Promise<string> {
  const names = namesOf(site, owner.domain);
  const organisation = site.type === 'DV' ? [] : [{ O: [owner.organisation.name] }, { C: [owner.organisation.country] }];
  const serial = createHash('sha256').update(`${owner.number} ${at}`).digest('hex').slice(0, 30);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `5e${serial}`,
    subject: [{ CN: [names[0] ?? owner.domain] }, ...organisation],
    issuer: [{ CN: [`Example Trust ${site.type} CA 2`] }, { O: ['Example Trust'] }],
    notBefore: new Date(`${addDays(endsOn, -lifetimeDays)}T00:00:00Z`),
    notAfter: new Date(`${endsOn}T23:59:59Z`),
    publicKey: key.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new CertificatePolicyExtension([policies[site.type]]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
    ],
  });
  return certificate.toString('pem');
}
