import { describe, expect, it } from 'vitest';
import { authorities, authoritiesFor, authorityLine, noteOn } from '../../src/policy/authorities.ts';

const union = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE';
const others = 'IS LI NO CH GB';

describe('the authorities that a complaint can go to (CS-49)', () => {
  it('are one for each country of the EEA, Switzerland and the United Kingdom, and no other', () => {
    expect(Object.keys(authorities).toSorted()).toEqual(`${union} ${others}`.split(' ').toSorted());
    for (const own of ['country', 'name'] as const) {
      const all = Object.values(authorities).map((each) => (own === 'name' ? `${each.country} ${each.name}` : each[own]));
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('each has a name and an address of its own, over HTTPS and without a path', () => {
    const sites = Object.values(authorities).map(({ site }) => new URL(site));
    expect(sites.filter(({ protocol, pathname, search }) => protocol !== 'https:' || pathname !== '/' || search !== '')).toEqual([]);
    expect(new Set(sites.map(({ host }) => host)).size).toBe(sites.length);
    expect(Object.values(authorities).filter(({ name }) => name.trim() === '')).toEqual([]);
  });

  it('of Germany is the federal one, with the word that the Land’s is the one for most companies', () => {
    expect(noteOn('DE')).toContain('authority of the Land');
    expect(authorityLine('DE')).toMatch(/^Germany: Die Bundesbeauftragte .*, https:\/\/www\.bfdi\.bund\.de \(/);
    expect(noteOn('FR')).toBeNull();
    expect(authoritiesFor(['DE', 'XX', 'GB', 'DE'])).toEqual(['DE', 'GB']);
  });
});
