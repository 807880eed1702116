/** Every error that may leave: a code, an HTTP status and a fixed public text. What a caller sees comes from this table alone. */
export const errorTable = {
  invalid_input: { status: 400, text: 'The input is not valid.' },
  unauthorized: { status: 401, text: 'Sign in first.' },
  reauthentication_needed: { status: 401, text: 'Sign in again to confirm this.' },
  forbidden: { status: 403, text: 'This is not allowed.' },
  not_available: { status: 404, text: 'This is not available.' },
  method_not_allowed: { status: 405, text: 'This method is not allowed here.' },
  too_large: { status: 413, text: 'The request is too large.' },
  unsupported_media_type: { status: 415, text: 'Send application/json.' },
  misdirected: { status: 421, text: 'This host is not served here.' },
  consent_needed: {
    status: 403,
    text: 'The person has not agreed to share a field that you named. Leave it out, or ask them to connect again.',
  },
  expired_cursor: { status: 400, text: 'The cursor is not valid any more. Start again without it.' },
  paused: { status: 403, text: 'The account owner has paused this app.' },
  rate_limited: { status: 429, text: 'Too many requests. Try again later.' },
  try_later: { status: 503, text: 'This cannot be answered now. Try again later.' },
  internal: { status: 500, text: 'Something went wrong here. It has been noted.' },
} as const satisfies Record<string, { status: number; text: string }>;

export type ErrorCode = keyof typeof errorTable;

const defaultWaits: Partial<Record<ErrorCode, number>> = { rate_limited: 60, try_later: 5 };

/** The one error of the product. `cause` goes to the log; nothing but the table's text goes to a caller. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** For `Retry-After` (RFC 9110 §10.2.3); null where trying again is no matter of time. */
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, cause?: unknown, retryAfterSeconds?: number) {
    super(errorTable[code].text, { cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds ?? defaultWaits[code] ?? null;
  }
}

/** The body that a program gets: `{"error":{"code","message"}}`. */
export function publicError(code: ErrorCode): { error: { code: ErrorCode; message: string } } {
  return { error: { code, message: errorTable[code].text } };
}
