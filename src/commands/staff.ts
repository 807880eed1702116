import { Option } from 'commander';
import { cleanText } from '../words/text.ts';
import { UsageError } from '../boot/explain.ts';

/** `--staff NAME`: whoever works with people's data says who they are. */
export function staffOption(): Option {
  return new Option('--staff <name>', 'who does it; it is kept under this name').makeOptionMandatory();
}

export function staffNameOf(text: string): string {
  const name = cleanText(text, 100);
  if (name === '') throw new UsageError('--staff must hold a name.');
  return name;
}
