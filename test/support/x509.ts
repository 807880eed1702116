import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  CertificatePolicyExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralName,
} from '@peculiar/x509';

const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const levels = { DV: '2.23.140.1.2.1', OV: '2.23.140.1.2.2', EV: '2.23.140.1.1' } as const;
let serial = 0;

export interface Issue {
  readonly commonName?: string;
  readonly dns?: readonly string[];
  readonly others?: readonly JsonGeneralName[];
  readonly level?: keyof typeof levels;
  readonly organisation?: { readonly name: string; readonly country: string };
  readonly from?: string;
  readonly until?: string;
  readonly algorithm?: 'EC P-256' | 'EC P-384' | 'RSA 2048' | 'Ed25519';
}

const algorithms = {
  'EC P-256': signing,
  'EC P-384': { ...signing, namedCurve: 'P-384' },
  'RSA 2048': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  Ed25519: { name: 'Ed25519' },
} as const;

/** A real certificate in PEM form, issued by an authority of the test. */
export async function issue(wanted: Issue): Promise<string> {
  const { dns = [], others = [], level, organisation, from = '2026-01-01', until = '2026-12-31', algorithm = 'EC P-256' } = wanted;
  const authority = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const keys = (await webcrypto.subtle.generateKey(algorithms[algorithm], true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const names = [...dns.map((value): JsonGeneralName => ({ type: 'dns', value })), ...others];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (4096 + (serial += 1)).toString(16),
    subject: [
      ...(wanted.commonName === undefined ? [] : [{ CN: [wanted.commonName] }]),
      ...(organisation ? [{ O: [organisation.name] }, { C: [organisation.country] }] : []),
    ],
    issuer: [{ CN: ['Test Authority 1'] }, { O: ['Test Trust'] }],
    notBefore: new Date(`${from}T08:00:00Z`),
    notAfter: new Date(`${until}T20:00:00Z`),
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: signing,
    extensions: [
      ...(level ? [new CertificatePolicyExtension(['1.3.6.1.4.1.99999.1', levels[level]])] : []),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** A private key and a certificate request, as they must never be stored. */
export async function secrets(): Promise<{ key: string; request: string }> {
  const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=secret.example', keys, signingAlgorithm: signing });
  const body = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', ''].join('\n'),
    request: `${request.toString('pem')}\n`,
  };
}

/** A key and a certificate that vouches for itself, for a TLS server of a test. */
export async function selfSigned(host: string): Promise<{ key: string; certificate: string }> {
  const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${host}`,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2049-01-01T00:00:00Z'),
    keys,
    signingAlgorithm: signing,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { key: pemOf('PRIVATE KEY', der), certificate: `${certificate.toString('pem')}\n` };
}

function pemOf(label: string, der: Buffer): string {
  return [`-----BEGIN ${label}-----`, ...(der.toString('base64').match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n');
}
