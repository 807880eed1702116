import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, hostGuard } from '../../src/oauth/host.ts';
import { networkOf } from '../../src/oauth/limits.ts';

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
});
