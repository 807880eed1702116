import type { FC } from 'hono/jsx';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day such as `22 Nov 2026`. */
export function dayText(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(date)} ${months[Number(month) - 1]} ${year}`;
}

export const DayText: FC<{ day: string }> = ({ day }) => <time datetime={day}>{dayText(day)}</time>;

const statusWords: Readonly<Record<string, { word: string; kind: string }>> = {
  active: { word: 'Active', kind: 'good' },
  paused: { word: 'Paused', kind: 'waiting' },
  revoked: { word: 'Revoked', kind: 'over' },
  valid: { word: 'Valid', kind: 'good' },
  expired: { word: 'Expired', kind: 'waiting' },
  answered: { word: 'Answered', kind: 'plain' },
  withheld: { word: 'Withheld', kind: 'waiting' },
  failed: { word: 'Failed', kind: 'over' },
  awaiting_confirmation: { word: 'Waits for you to confirm', kind: 'waiting' },
  identity_check: { word: 'Identity check', kind: 'waiting' },
  in_progress: { word: 'In progress', kind: 'waiting' },
  done: { word: 'Done', kind: 'good' },
  refused: { word: 'Refused', kind: 'over' },
  withdrawn: { word: 'Withdrawn', kind: 'plain' },
  lapsed: { word: 'Lapsed', kind: 'over' },
};

/** A status as a small label: its word says it, its colour only repeats it. */
export const Status: FC<{ status: string }> = ({ status }) => {
  const { word, kind } = statusWords[status] ?? { word: status, kind: 'plain' };
  return <span class={`status ${kind}`}>{word}</span>;
};

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
