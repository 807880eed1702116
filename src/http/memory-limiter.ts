import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

export interface MemoryLimit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  readonly most?: number;
}

/** Counts in this process, for `most` keys: whoever comes from ever new networks fills no memory, and the one counted first is forgotten. */
export function memoryLimiter({ name, points, seconds, most = 20_000 }: MemoryLimit): RateLimiterMemory {
  return new BoundedLimiter({ keyPrefix: name, points, duration: seconds }, most);
}

type Options = ConstructorParameters<typeof RateLimiterMemory>[0];
type Given<Method extends 'consume' | 'reward' | 'set'> = Parameters<RateLimiterMemory[Method]>;

class BoundedLimiter extends RateLimiterMemory {
  readonly #most: number;
  readonly #counted = new Set<string>();

  constructor(options: Options, most: number) {
    super(options);
    this.#most = most;
  }

  override async consume(...given: Given<'consume'>): Promise<RateLimiterRes> {
    await this.#admit(String(given[0]));
    return super.consume(...given);
  }

  override async reward(...given: Given<'reward'>): Promise<RateLimiterRes> {
    await this.#admit(String(given[0]));
    return super.reward(...given);
  }

  override async set(...given: Given<'set'>): Promise<RateLimiterRes> {
    await this.#admit(String(given[0]));
    return super.set(...given);
  }

  override delete(key: string | number): Promise<boolean> {
    this.#counted.delete(String(key));
    return super.delete(key);
  }

  async #admit(key: string): Promise<void> {
    const [first] = this.#counted;
    if (this.#counted.size >= this.#most && !this.#counted.has(key) && first !== undefined) await this.delete(first);
    this.#counted.add(key);
  }
}
