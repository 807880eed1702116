import { objectsTo, type Excused } from '../src/disclosure/guard.ts';
import { interleave, medianMicroseconds, ratioOf } from './measure.ts';
import { goal, heading, printRungs } from './report.ts';

const excused: Excused = new Map();

/** The guard's look over a clean message of 10 kB, beside making the message. */
export async function runGuard({ rounds }: { rounds: number }): Promise<void> {
  heading('Guard over a clean answer of 10 kB');
  for (const [kind, name] of [
    ['Latin letters', 'Adéle Björk'],
    ['many scripts', 'Адель Бьёрк 愛'],
  ] as const) {
    const answer = answerOf(name);
    const text = JSON.stringify(answer);
    if (objectsTo(text, excused)) throw new Error('the guard objects to a clean answer');
    const names = { stringify: `JSON.stringify, ${kind}, ${text.length} characters`, guard: `guard, ${kind}` };
    const times = { batches: 20, times: 100 };
    const measured = await interleave(
      [
        { name: names.stringify, measure: () => Promise.resolve(medianMicroseconds(() => JSON.stringify(answer), times)) },
        { name: names.guard, measure: () => Promise.resolve(medianMicroseconds(() => objectsTo(text, excused), times)) },
      ],
      rounds,
    );
    printRungs(measured, { base: names.stringify, unit: 'µs' });
    goal(`guard / JSON.stringify, ${kind}`, ratioOf(measured, names.guard, names.stringify), { atMost: 3 });
  }
}

/** An answer of `search_certificates`: fifty rows are about 10 kB. */
function answerOf(name: string): object {
  const certificates = Array.from({ length: 50 }, (_, n) => ({
    certificate: `cert_${'0123456789abcdefghjkmnpqrs'.slice(n % 26)}${'0123456789abcdefghjkmnpqrs'.slice(0, n % 26)}`,
    title: `Foundations of Data Protection, part ${n}`,
    recipient_name: `${name} ${n}`,
    issued_on: '2026-03-14',
    expires_on: n % 3 === 0 ? null : '2029-03-14',
    status: 'valid',
    list_name: 'Courses 2025',
  }));
  return { certificates, next_cursor: null };
}
