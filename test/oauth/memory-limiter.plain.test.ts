import { describe, expect, it } from 'vitest';
import { memoryLimiter } from '../../src/http/memory-limiter.ts';

describe('what one process counts', () => {
  it('is bounded however many networks come: the one counted first is forgotten, the others go on being counted', async () => {
    const limiter = memoryLimiter({ name: 'page', points: 1, seconds: 900, most: 100 });
    for (let at = 0; at < 1_000; at += 1) await limiter.consume(`network ${at}`);
    const counted = await Promise.all(Array.from({ length: 1_000 }, (_, at) => limiter.get(`network ${at}`)));
    expect(counted.map((each) => each !== null)).toEqual(Array.from({ length: 1_000 }, (_, at) => at >= 900));
    await expect(limiter.consume('network 999')).rejects.toMatchObject({ consumedPoints: 2 });
  });

  it('holds no more of what is given back or set', async () => {
    const limiter = memoryLimiter({ name: 'page', points: 1, seconds: 900, most: 2 });
    for (let at = 0; at < 5; at += 1) {
      await limiter.reward(`given back ${at}`);
      await limiter.set(`set ${at}`, 1, 900);
    }
    const names = Array.from({ length: 5 }, (_, at) => [`given back ${at}`, `set ${at}`]).flat();
    const kept = await Promise.all(names.map(async (name) => ((await limiter.get(name)) === null ? [] : [name])));
    expect(kept.flat()).toEqual(['given back 4', 'set 4']);
  });
});
