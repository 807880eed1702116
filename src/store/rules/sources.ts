import { wordsOf } from './definition-words.ts';

/** A function as its source says it. */
interface FunctionSource {
  readonly name: string;
  readonly language: string;
  /** Runs with its owner's rights. */
  readonly definer: boolean;
  readonly volatility: string;
  /** As `pg_proc.proconfig` holds them. */
  readonly settings: readonly string[];
  readonly body: string;
}

/** The functions of some SQL text. */
export function functionsOf(sources: readonly string[]): readonly FunctionSource[] {
  const found = sources.join('\n').matchAll(/create or replace function certveil\.(\w+)\(([\s\S]*?)\bas\s+\$\$([\s\S]*?)\$\$/g);
  return [...found].map(([, name = '', head = '', body = '']) => {
    const [made = '', ...settings] = head.slice(head.search(/\blanguage \w/)).split(/\bset (?=\w+ = )/);
    return {
      name,
      language: /language (\w+)/.exec(head)?.[1] ?? '',
      definer: /security definer/.test(made),
      volatility: /\b(immutable|stable|volatile)\b/.exec(made)?.[1] ?? 'volatile',
      settings: settings.map((each) => each.trim().replace(' = ', '=')),
      body,
    };
  });
}

interface TriggerSource {
  readonly name: string;
  readonly table: string;
  readonly words: string;
}

/** The triggers of some SQL text. */
export function triggersOf(sources: readonly string[]): readonly TriggerSource[] {
  const found = sources.join('\n').matchAll(/create or replace trigger (\w+) [^;]*? on public\.(\w+)[^;]*;/g);
  return [...found].map(([text, name = '', table = '']) => ({ name, table, words: wordsOf(text) }));
}
