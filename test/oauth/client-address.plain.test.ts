import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, hostGuard } from '../../src/http/host.ts';
import { networkOf } from '../../src/http/limits.ts';

const publicUrl = 'https://certs.example';

function requestWith(forwarded: string | undefined): IncomingMessage {
  const headers = { host: 'certs.example', ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) };
  return { headers, socket: { remoteAddress: '::ffff:10.0.0.7' } } as unknown as IncomingMessage;
}

function addressBehind(trustedProxies: number, forwarded: string | undefined): string {
  const request = requestWith(forwarded);
  expect(hostGuard({ publicUrl, trustedProxies })(request)).toBe(true);
  expect(request.headers).not.toHaveProperty('x-forwarded-for');
  return clientAddress(request);
}

describe('where a request comes from', () => {
  it('is the connection’s own address without a trusted proxy, whatever a header claims', () => {
    expect(addressBehind(0, '198.51.100.1')).toBe('10.0.0.7');
  });

  it('is what the nearest trusted proxy saw; what was claimed before it does not count', () => {
    expect(addressBehind(1, '198.51.100.1, 192.0.2.55')).toBe('192.0.2.55');
    expect(addressBehind(2, '198.51.100.1, 192.0.2.55')).toBe('198.51.100.1');
  });

  it('is the connection’s own address when the header is missing, too short or no address', () => {
    expect(addressBehind(1, undefined)).toBe('10.0.0.7');
    expect(addressBehind(2, '192.0.2.55')).toBe('10.0.0.7');
    expect(addressBehind(1, '192.0.2.55, <script>')).toBe('10.0.0.7');
  });

  it.each([
    ['2001:db8:1:2', ['2001:db8:1:2:aaaa::1', '2001:db8:1:2:bbbb::9', '2001:db8:1:2::']],
    ['2001:db8:0:0', ['2001:db8::1', '2001:db8:0:0:aaaa::', '2001:db8:0:0:1:2:3:4', '2001:db8:0:0:0:1:0:0']],
    ['2001:0:0:5', ['2001:0:0:5::1', '2001:0:0:5:1:2:3:4', '2001:0:0:5:0:0:0:0']],
    ['0:0:0:0', ['::1', '::']],
  ])('counts an IPv6 client by its /64: %s', (network, addresses) => {
    for (const address of addresses) {
      const request = requestWith(address);
      hostGuard({ publicUrl, trustedProxies: 1 })(request);
      expect(networkOf(request)).toBe(network);
    }
  });

  it.each([
    ['198.51.100.1:4001', '198.51.100.1'],
    ['"198.51.100.1:4001"', '198.51.100.1'],
    ['::FFFF:198.51.100.1', '198.51.100.1'],
    ['::ffff:c633:6401', '198.51.100.1'],
    ['[::ffff:198.51.100.1]:4001', '198.51.100.1'],
    ['0:0:0:0:0:ffff:c633:6401', '198.51.100.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:4711"', '2001:db8::1'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is read whatever form a proxy writes it in: %s', (forwarded, address) => {
    for (const before of ['', '192.0.2.55, ', '[2001:db8::9]:1,']) expect(addressBehind(1, `${before}${forwarded}`)).toBe(address);
  });

  it('is one network for one client, whichever port and form it comes with', () => {
    const networks = ['198.51.100.1:1', '198.51.100.1:65535', '198.51.100.1', '::ffff:198.51.100.1'].map((forwarded) => {
      const request = requestWith(forwarded);
      hostGuard({ publicUrl, trustedProxies: 1 })(request);
      return networkOf(request);
    });
    expect(new Set(networks)).toEqual(new Set(['198.51.100.1']));
  });

  it.each([
    'unknown',
    '_hidden',
    '198.51.100.1:',
    '198.51.100.1:x',
    '198.51.100.300',
    '[198.51.100.1',
    '[]:80',
    '2001:db8::1]:80',
    '1.2.3',
  ])('is the connection’s own for %j, which is no address, and that is told once', (forwarded) => {
    let told = 0;
    const guard = hostGuard({ publicUrl, trustedProxies: 1, onUnreadable: () => (told += 1) });
    for (let at = 0; at < 3; at += 1) {
      const request = requestWith(forwarded);
      guard(request);
      expect(clientAddress(request)).toBe('10.0.0.7');
    }
    guard(requestWith('192.0.2.55'));
    expect(told).toBe(1);
  });

  it('is told to nobody while it can be read', () => {
    let told = 0;
    const guard = hostGuard({ publicUrl, trustedProxies: 1, onUnreadable: () => (told += 1) });
    guard(requestWith('192.0.2.55:4711'));
    expect(told).toBe(0);
  });
});
