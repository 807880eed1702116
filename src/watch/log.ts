import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LogLevel } from '../config/settings.ts';

/** Names, codes, counts and durations. Never arguments, rows, tokens, headers or addresses. */
export type Logger = PinoLogger;

export function makeLogger(level: LogLevel, destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } }, destination);
}

/** An error's kind and where it happened. Messages of drivers and validators quote values, so they are left out. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, cause } = error;
  const code: unknown = Reflect.get(error, 'code');
  const frames = (error.stack ?? '').slice((error.stack ?? '').indexOf(error.message) + error.message.length);
  const at = frames
    .split('\n')
    .filter((line) => /^    at .+:\d+:\d+\)?$/.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
  return { name, ...(typeof code === 'string' && { code }), at, ...(cause !== undefined && { cause: describeError(cause) }) };
}
