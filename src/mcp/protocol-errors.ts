/** JSON-RPC 2.0 §5.1 and MCP 2026-07-28: the only texts that an error of the protocol may carry. */
const texts: Readonly<Record<number, string>> = {
  [-32_700]: 'Parse error: the body is not JSON.',
  [-32_600]: 'Invalid request: send one JSON-RPC request.',
  [-32_601]: 'Method not found.',
  [-32_602]: 'Invalid params.',
  [-32_603]: 'Internal error.',
  [-32_000]: 'The request cannot be served.',
  [-32_020]: 'The headers do not match the body.',
  [-32_021]: 'A needed client capability is missing.',
  [-32_022]: 'This protocol version is not supported.',
};
const anyOther = 'The request cannot be served.';
const unsupportedVersion = -32_022;
const missingCapability = -32_021;
const capabilities = ['elicitation', 'roots', 'sampling'];

export type BodyProblemCode = -32_700 | -32_600;

/** The body of a request that is no JSON, or no single request. */
export class BodyProblem extends Error {
  override readonly name = 'BodyProblem';
  readonly code: BodyProblemCode;

  constructor(code: BodyProblemCode, cause?: unknown) {
    super(texts[code], { cause });
    this.code = code;
  }
}

/** The JSON-RPC answer to a body whose id cannot be known. */
export function bodyProblemAnswer(code: BodyProblemCode): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: texts[code] } });
}

/** An answer of the SDK, as JSON or as an event stream, with the fixed text in place of what the SDK says: it quotes its input. */
export function withFixedErrors(body: string): string {
  if (!body.includes('"error":{')) return body;
  return body.startsWith('{')
    ? fixedMessage(body)
    : body.replaceAll(/^data: (\{.*\})$/gm, (_line, message: string) => `data: ${fixedMessage(message)}`);
}

interface Message {
  readonly id?: unknown;
  readonly error?: { readonly code?: unknown; readonly data?: unknown };
}

function fixedMessage(text: string): string {
  const { id = null, error } = JSON.parse(text) as Message;
  if (typeof error !== 'object') return text;
  const code = Number(error.code);
  const data = code === unsupportedVersion ? versionsIn(error.data) : code === missingCapability ? capabilitiesIn(error.data) : undefined;
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: texts[code] ?? anyOther, ...(data && { data }) } });
}

/** Clients choose another version by this; what was asked is said again only where it looks like a version. */
function versionsIn(data: unknown): { supported: unknown; requested: string } {
  const { supported = [], requested } = (data ?? {}) as { supported?: unknown; requested?: unknown };
  return { supported, requested: typeof requested === 'string' && /^[\w.-]{1,16}$/.test(requested) ? requested : '' };
}

/** Which of the protocol's capabilities is missing, by name. */
function capabilitiesIn(data: unknown): { requiredCapabilities: Record<string, object> } {
  const { requiredCapabilities } = (data ?? {}) as { requiredCapabilities?: unknown };
  const named = typeof requiredCapabilities === 'object' && requiredCapabilities !== null ? Object.keys(requiredCapabilities) : [];
  return { requiredCapabilities: Object.fromEntries(capabilities.filter((each) => named.includes(each)).map((each) => [each, {}])) };
}
