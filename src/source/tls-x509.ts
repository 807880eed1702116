import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { CertificatePolicyExtension, SubjectAlternativeNameExtension, X509Certificate, type Name } from '@peculiar/x509';
import { dayOf, isDay, type Day } from '../words/dates.ts';
import { domainKey, namesOf } from '../policy/domains.ts';
import { cleanText } from '../words/text.ts';
import { mayNameOrganisation, type TlsType } from '../policy/tls.ts';
import type { ImportedTlsCertificate } from '../store/tls/import-certificates.ts';
import type { ProblemCode } from './problems.ts';

/** CA/Browser Forum reserved policies, the highest level first. */
const levels: readonly (readonly [oid: string, type: TlsType])[] = [
  ['2.23.140.1.1', 'EV'],
  ['2.23.140.1.2.2', 'OV'],
  ['2.23.140.1.2.1', 'DV'],
];
const longestName = 200;

/** A certificate, or why there is none. */
export type ReadX509 = { readonly certificate: Omit<ImportedTlsCertificate, 'line'> } | { readonly problem: ProblemCode };

/**
 * What is kept of an X.509 certificate (RFC 5280), all of it from the certificate itself. Of its names only those of hosts:
 * addresses are counted, e-mail addresses and other names are left out.
 */
export function readX509(der: Uint8Array): ReadX509 {
  const parsed = parse(der);
  if (parsed === null) return { problem: 'certificate_unreadable' };
  const { subject, issuer, names, policies, serialNumber, keyAlgorithm, validFrom, validUntil } = parsed;
  if (!isDay(validFrom) || !isDay(validUntil)) return { problem: 'certificate_dates' };
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const type = levels.find(([oid]) => policies.includes(oid))?.[1] ?? 'unknown';
  const dnsNames = [...new Set(names.filter(({ type: kind }) => kind === 'dns').flatMap(({ value }) => domainKey(value) ?? []))];
  const spoken = subject.commonName !== null && isIP(subject.commonName) === 0 ? subject.commonName : null;
  const commonName = (spoken === null ? null : (domainKey(spoken) ?? spoken)) ?? dnsNames[0] ?? subject.otherName ?? 'no name';
  return {
    certificate: {
      fingerprint,
      serialKey: `${serialNumber.toLowerCase().slice(0, 64)}.${fingerprint.slice(0, 16)}`,
      commonName,
      dnsNames,
      nameKeys: namesOf({ commonName, dnsNames }),
      ipNameCount: names.filter(({ type: kind }) => kind === 'ip').length,
      type,
      issuer: issuer.commonName ?? issuer.otherName ?? 'not named',
      keyAlgorithm,
      organisationName: mayNameOrganisation(type) ? subject.organisation : null,
      organisationCountry: mayNameOrganisation(type) ? subject.country : null,
      validFrom,
      validUntil,
    },
  };
}

interface Party {
  readonly commonName: string | null;
  readonly organisation: string | null;
  readonly country: string | null;
  /** What a certificate without a common name is called. */
  readonly otherName: string | null;
}

interface Parsed {
  readonly subject: Party;
  readonly issuer: Party;
  readonly names: readonly { readonly type: string; readonly value: string }[];
  readonly policies: readonly string[];
  readonly serialNumber: string;
  readonly keyAlgorithm: string;
  readonly validFrom: Day;
  readonly validUntil: Day;
}

/** Null for whatever the library can't read: its errors say nothing that a person could use beside the line. */
function parse(der: Uint8Array): Parsed | null {
  if (lengthOf(der) !== der.length) return null;
  try {
    const certificate = new X509Certificate(Uint8Array.from(der));
    return {
      subject: partyOf(certificate.subjectName),
      issuer: partyOf(certificate.issuerName),
      names: certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ type, value }) => ({ type, value })) ?? [],
      policies: certificate.getExtension(CertificatePolicyExtension)?.policies ?? [],
      serialNumber: certificate.serialNumber,
      keyAlgorithm: algorithmOf(certificate.publicKey.algorithm),
      validFrom: dayOf(certificate.notBefore),
      validUntil: dayOf(certificate.notAfter),
    };
  } catch {
    return null;
  }
}

function partyOf(name: Name): Party {
  const last = (field: string): string | null => cleanText(name.getField(field).at(-1) ?? '', longestName) || null;
  const organisation = last('O');
  return { commonName: last('CN'), organisation, country: last('C'), otherName: last('OU') ?? organisation };
}

function algorithmOf(algorithm: { readonly name: string; readonly modulusLength?: number; readonly namedCurve?: string }): string {
  const { name, modulusLength, namedCurve } = algorithm;
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  return cleanText(namedCurve === undefined || name.startsWith('Ed') ? name : `EC ${namedCurve}`, longestName);
}

/** The length that the outermost DER element has with its header; -1 when it says none. */
function lengthOf(der: Uint8Array): number {
  const first = der[1] ?? 0;
  if (der[0] !== 0x30 || first === 0x80) return -1;
  if (first < 0x80) return 2 + first;
  const bytes = der.subarray(2, 2 + (first & 0x7f));
  return bytes.length > 4 ? -1 : 2 + bytes.length + bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
