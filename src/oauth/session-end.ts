import type { Clock } from '../words/dates.ts';

/** From the moment of the sign-in, however often the session is used. */
const sessionSeconds = 86_400;

interface SignIn {
  /** When the password was given, in seconds; not set before. */
  readonly loginTs?: number | undefined;
}

/** For how many seconds a session may still be kept: at least one, as the library asks for. */
export function secondsLeft({ loginTs }: SignIn, clock: Clock): number {
  if (loginTs === undefined) return sessionSeconds;
  return Math.max(1, loginTs + sessionSeconds - Math.floor(clock().getTime() / 1000));
}

export function isOver({ loginTs }: SignIn, clock: Clock): boolean {
  return loginTs !== undefined && clock().getTime() >= (loginTs + sessionSeconds) * 1000;
}
