import { describe, expect, it } from 'vitest';
import type { Resolve } from '../../src/http/name-servers.ts';
import { isPublicAddress, makeSafeFetch, RefusedAddress } from '../../src/http/safe-fetch.ts';

function resolveTo(...addresses: string[]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (host, answer) => {
    asked.push(host);
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

describe('fetching a client’s document', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'fc00::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'nonsense',
  ])('takes %s for a private address', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450::1'])('takes %s for a public one', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    'http://app.example/c',
    'https://app.example:8443/c',
    'https://user@app.example/c',
    'https://127.0.0.1/c',
    'https://2130706433/c',
    'https://0x7f.1/c',
    'https://[::1]/c',
    'https://[::ffff:7f00:1]/c',
    'https://localhost/c',
    'ftp://app.example/c',
  ])('refuses %s before it even asks for an address', async (url) => {
    const { resolve, asked } = resolveTo('8.8.8.8');
    await expect(makeSafeFetch({ resolve })(url)).rejects.toBeInstanceOf(RefusedAddress);
    expect(asked).toEqual([]);
  });

  it.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['::ffff:10.0.0.1']], [[]]])(
    'connects nowhere when a name leads to %j',
    async (addresses) => {
      const { resolve, asked } = resolveTo(...addresses);
      const error: unknown = await makeSafeFetch({ resolve })('https://app.example/c').catch((caught: unknown) => caught);
      expect(causeOf(error)).toBeInstanceOf(RefusedAddress);
      expect(asked).toEqual(['app.example']);
    },
  );
});
