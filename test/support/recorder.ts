export interface Sent {
  readonly to: string;
  readonly status: number;
  /** Status line, headers, cookies and body: everything that left. */
  readonly text: string;
}

export interface Recorder {
  readonly sent: readonly Sent[];
  stop(): void;
}

/** Keeps every answer that this process is given over HTTP, until it is stopped. */
export function recordAnswers(): Recorder {
  const sent: Sent[] = [];
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await original(input, init);
    const body = await response.clone().text();
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    const address = input instanceof Request ? input.url : String(input);
    sent.push({
      to: `${init?.method ?? 'GET'} ${address}`,
      status: response.status,
      text: `${response.status} ${response.statusText}\n${headers}\n\n${body}`,
    });
    return response;
  };
  return {
    sent,
    stop: () => {
      globalThis.fetch = original;
    },
  };
}
