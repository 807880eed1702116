import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../src/boot/listen.ts';
import { lastingPort } from '../support/server-process.ts';

const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

describe('a server that ends TLS itself (CS-24, CS-55c)', () => {
  let directory: string;
  let port: number;
  let listening: Listening;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'certveil-tls-'));
    const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
    const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2099-01-01T00:00:00Z') };
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=localhost',
      keys,
      signingAlgorithm: signing,
      ...validity,
    });
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
    await writeFile(files.certFile, certificate.toString('pem'));
    await writeFile(files.keyFile, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
    port = Number(await lastingPort());
    listening = await listen({ tls: files, port, host: '127.0.0.1' }, (_, response) => void response.end('here'));
  });
  afterAll(async () => {
    await listening.close();
    await rm(directory, { recursive: true, force: true });
  });

  const versionWith = (version: SecureVersion) =>
    new Promise<string>((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.code}`));
    });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    expect(await versionWith(version)).toBe(version);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('refuses %s', async (version) => {
    expect(await versionWith(version)).toMatch(/^refused: ERR_SSL_/);
  });
});
