import { AppError, publicError, type ErrorCode } from '../errors.ts';

const key = Symbol('released by the gate');

/** An answer that passed the gate. Only the gate holds the key that makes one, and the transport sends nothing else. */
export class Released {
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>> | null;
  readonly code: ErrorCode | null;

  private constructor(made: typeof key, text: string, structured: Readonly<Record<string, unknown>> | null, code: ErrorCode | null) {
    if (made !== key) throw new AppError('internal');
    this.text = text;
    this.structured = structured;
    this.code = code;
    Object.freeze(this);
  }

  /** For disclosure/gate.ts alone (test/rooms.test.ts watches over it). */
  static make = {
    answer: (text: string, structured: Readonly<Record<string, unknown>>) => new Released(key, text, structured, null),
    refusal: (code: ErrorCode) => new Released(key, JSON.stringify(publicError(code)), null, code),
  };
}
