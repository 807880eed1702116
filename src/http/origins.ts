/** Web apps whose pages may call the endpoint: the assistants themselves. Loopback pages are the Inspector's. */
const assistants = ['https://chatgpt.com', 'https://claude.ai', 'https://claude.com'];

/** A browser's `Origin` must be one of ours (MCP, Streamable HTTP, security); programs send none. */
export function isAllowedOrigin(origin: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true;
  if (origin === publicUrl || assistants.includes(origin)) return true;
  return /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(origin);
}
