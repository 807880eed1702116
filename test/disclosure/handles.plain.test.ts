import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeHandles } from '../../src/disclosure/handles.ts';

describe('handles', () => {
  const handlesFor = makeHandles(randomBytes(32));
  const one = handlesFor({ app: randomUUID() });
  const other = handlesFor({ app: randomUUID() });

  it('name a record by a kind prefix and 26 characters of Crockford base32, and lead back to it', () => {
    for (let count = 0; count < 500; count += 1) {
      const id = randomUUID();
      const handle = one.encode('cert', id);
      expect(handle).toMatch(/^cert_[0-9a-hjkmnp-tv-z]{26}$/);
      expect(one.decode('cert', handle)).toBe(id);
    }
  });

  it('are the same for one app and differ between two apps, two kinds, and an account’s own', () => {
    const id = randomUUID();
    expect(one.encode('cert', id)).toBe(one.encode('cert', id));
    const names = [one.encode('cert', id), other.encode('cert', id), one.encode('rcp', id), handlesFor({ account: id }).encode('cert', id)];
    expect(new Set(names.map((name) => name.slice(-26))).size).toBe(4);
  });

  it('of one app lead nowhere in another, nor under another kind', () => {
    const id = randomUUID();
    expect(other.decode('cert', one.encode('cert', id))).not.toBe(id);
    expect(one.decode('rcp', one.encode('cert', id))).toBeNull();
  });

  it('have one spelling: no other string names the same record', () => {
    const id = randomUUID();
    const handle = one.encode('cert', id);
    const last = handle.slice(-1);
    const respelled = '0123456789abcdefghjkmnpqrstvwxyz'
      .split('')
      .filter((each) => each !== last)
      .map((each) => handle.slice(0, -1) + each);
    expect(respelled.map((each) => one.decode('cert', each)).filter((each) => each === id)).toEqual([]);
    for (const wrong of ['', 'cert_', handle.toUpperCase(), `${handle}0`, handle.slice(0, -1), handle.replace('_', '-'), ` ${handle}`]) {
      expect(one.decode('cert', wrong)).toBeNull();
    }
  });

  it('that were made up end before the database 63 times of 64', () => {
    const forged = Array.from(
      { length: 6_400 },
      () => `cert_${one.encode('cert', '00000000-0000-4000-8000-000000000000').slice(5, 15)}${randomBase32(15)}0`,
    );
    const passed = forged.filter((each) => one.decode('cert', each) !== null).length;
    expect(passed).toBeLessThan(200);
  });
});

function randomBase32(length: number): string {
  return [...randomBytes(length)].map((byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte % 32]).join('');
}
