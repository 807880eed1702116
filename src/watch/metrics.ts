import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Counts for an operator: names and outcomes only, never who or what (CS-12). */
export interface Metrics {
  readonly countCall: (tool: string, outcome: string) => void;
  /** A header of the protocol that does not repeat its body: when this rises, an assistant cannot connect (MCP_ERAS). */
  readonly countMismatch: (header: string) => void;
  /** Of the jobs that run every few minutes: when this rises, something isn't deleted or mailed, and the log says where. */
  readonly countFailure: (job: string) => void;
  /** Of each limit, those of single networks and grants, and those of the whole installation. */
  readonly countRefusal: (limit: string) => void;
  /** Lets a room add gauges of its own, which are read at each scrape. */
  add(gauges: (registry: Registry) => void): void;
  /** Says how much there is of what is bounded for the whole installation, each time that it is asked; null is left out. */
  readonly watchBound: (limit: string, count: () => Promise<number | null>) => void;
  /** Serves `/metrics` (Prometheus text) on a port of its own. */
  listen(port: number, host: string): Promise<void>;
}

async function answer(registry: Registry, { url }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
}

export function makeMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'certveil_tool_calls_total',
    help: 'Tool calls by tool and outcome',
    labelNames: ['tool', 'outcome'],
    registers: [registry],
  });
  const mismatches = new Counter({
    name: 'certveil_mcp_header_mismatches_total',
    help: 'MCP requests whose header does not repeat the body, by header',
    labelNames: ['header'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'certveil_job_failures_total',
    help: 'What failed of the jobs that run every few minutes, by job',
    labelNames: ['job'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'certveil_limit_refusals_total',
    help: 'What was refused, or dropped, because a limit was reached, by limit',
    labelNames: ['limit'],
    registers: [registry],
  });
  const bounded = new Map<string, () => Promise<number | null>>();
  new Gauge({
    name: 'certveil_bounded_count',
    help: 'How much there is of what is bounded for the whole installation, by limit',
    labelNames: ['limit'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [limit, count] of bounded) {
        const now = await count();
        if (now !== null) this.set({ limit }, now);
      }
    },
  });
  return {
    watchBound: (limit, count) => void bounded.set(limit, count),
    countRefusal: (limit) => refusals.inc({ limit }),
    countFailure: (job) => failures.inc({ job }),
    countMismatch: (header) => mismatches.inc({ header }),
    countCall: (tool, outcome) => calls.inc({ tool, outcome }),
    add: (gauges) => gauges(registry),
    listen: async (port, host) => {
      const server = createServer((request, response) => void answer(registry, request, response));
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
      server.unref();
    },
  };
}
