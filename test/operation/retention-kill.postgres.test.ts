import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { killSweeps } from '../support/retention-kills.ts';

const rounds = 10;

describe('a sweep that is killed in the middle of its work', () => {
  it('CS-50: ten times over, loses nothing that should stay and leaves nothing that should go', { timeout: 180_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'certveil-kills-'));
    try {
      const { killed, stays, messagesThatStay, due, dueMessages } = await killSweeps({
        rounds,
        perRound: 12_000,
        deletionsLog: join(directory, 'log'),
      });
      expect(killed).toBeGreaterThan(rounds / 2);
      expect(stays[1]).toEqual(stays[0]);
      expect(messagesThatStay[1]).toBe(messagesThatStay[0]);
      expect(dueMessages).toBe(0);
      expect(Object.entries(due).filter(([, count]) => count > 0)).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
