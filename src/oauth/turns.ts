import { AppError } from '../errors.ts';

const inParallel = 4;
const waiting = 64;

/** Hashing takes memory and a thread: a few at a time, a queue, and beyond it a refusal. @throws AppError try_later */
export function makeTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= inParallel) {
      if (queue.length >= waiting) throw new AppError('try_later');
      await new Promise<void>((go) => queue.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
