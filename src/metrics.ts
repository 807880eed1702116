import { createServer } from 'node:http';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

/** Counts for an operator: names and outcomes only, never who or what (CS-12). */
export interface Metrics {
  countCall(tool: string, outcome: string): void;
  /** Serves `/metrics` (Prometheus text) on a port of its own. */
  listen(port: number, host: string): Promise<void>;
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
  return {
    countCall: (tool, outcome) => calls.inc({ tool, outcome }),
    listen: async (port, host) => {
      const server = createServer((request, response) => {
        if (request.url !== '/metrics') response.writeHead(404).end();
        else void registry.metrics().then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
      });
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
      server.unref();
    },
  };
}
