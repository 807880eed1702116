import type { IncomingMessage, ServerResponse } from 'node:http';

/** One HTTP request and its answer, as Node has them. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}
