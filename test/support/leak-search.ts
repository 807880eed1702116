const indexed = 8;

/** Looks for thousands of texts at once, in the forms that a text could leave in. */
export function makeLeakSearch(texts: Iterable<string>): (output: string) => string[] {
  const starts = new Map<string, string[]>();
  for (const text of texts) {
    if (text.length < indexed) throw new Error('too short to be told from chance');
    for (const form of formsOf(text)) {
      const start = form.slice(0, indexed);
      starts.set(start, [...(starts.get(start) ?? []), form]);
    }
  }
  return (output) => {
    const found = new Set<string>();
    for (const view of viewsOf(output)) {
      for (let at = 0; at + indexed <= view.length; at += 1) {
        for (const form of starts.get(view.slice(at, at + indexed)) ?? []) if (view.startsWith(form, at)) found.add(form);
      }
    }
    return [...found];
  };
}

function formsOf(text: string): Set<string> {
  const bytes = Buffer.from(text, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(shift === 0 ? 0 : shift + 1, bytes.length % 3 === 0 && shift === 0 ? undefined : -1);
  });
  const forms = [
    text,
    text.toUpperCase(),
    Array.from(text).toReversed().join(''),
    bytes.toString('hex'),
    ...base64,
    ...base64.map(urlSafe),
  ];
  return new Set(forms.filter((form) => form.length >= indexed));
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/** The output as it is, and with the escapes of URLs, HTML and JSON undone. */
function viewsOf(output: string): Set<string> {
  const percent = output.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const html = output
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  const json = output
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\(["\\/])/g, '$1');
  return new Set([output, percent, html, json]);
}
