import { createECDH, createHmac } from 'node:crypto';
import type { JWK } from 'oidc-provider';
import { derive } from '../crypto/derive.ts';

const p256Order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The key that signs cookies; every instance derives the same. */
export function cookieKeys(purposeKey: Buffer): string[] {
  return [derive(purposeKey, 'certveil cookie signatures').toString('base64url')];
}

/** The ES256 key, derived from the purpose key alone (FIPS 186-5 A.2.1), so that every instance and restart has the same and none is stored. */
export function signingKey(purposeKey: Buffer): JWK {
  const wide = BigInt(`0x${derive(purposeKey, 'certveil ES256', 48).toString('hex')}`);
  const secret = (wide % (p256Order - 1n)) + 1n;
  const d = Buffer.from(secret.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(d);
  const point = curve.getPublicKey();
  return {
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    use: 'sig',
    d: d.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
}

/** What a client may know a person by: differs from client to client and holds no internal id. */
export function pairwiseSubject(purposeKey: Buffer): (names: { accountId: string; clientId: string }) => string {
  const key = derive(purposeKey, 'certveil pairwise subjects');
  return ({ accountId, clientId }) =>
    createHmac('sha256', key)
      .update(JSON.stringify([clientId, accountId]))
      .digest('base64url');
}
