import { objectsTo, type Excused } from '../src/disclosure/guard.ts';
import { encodings, lookAlikes, secrets } from '../test/support/guard-corpus.ts';
import { runGuard } from './guard.ts';
import { goal, heading, print, printGoals, printMachine } from './report.ts';

const nothing: Excused = new Map();
const objects = (text: string): boolean => objectsTo(JSON.stringify({ certificates: [{ title: `see ${text}, please` }] }), nothing);

printMachine({});
heading(`${secrets.length} secrets of ${new Set(secrets.map(([kind]) => kind)).size} kinds, in ${Object.keys(encodings).length} encodings`);
for (const [name, encode] of Object.entries(encodings)) {
  const caught = secrets.filter(([, secret]) => objects(encode(secret))).length;
  print(`  ${name.padEnd(40)}${String(caught).padStart(4)} caught ${String(secrets.length - caught).padStart(4)} missed`);
  goal(`missed in ${name}`, secrets.length - caught, { atMost: 0 });
}
const alarms = lookAlikes.filter(objects);
heading(`${lookAlikes.length} look-alikes`);
print(`  ${lookAlikes.length - alarms.length} passed ${alarms.length} false alarms${alarms.map((each) => `\n    ${each}`).join('')}`);
goal('false alarms', alarms.length, { atMost: 0 });
await runGuard({ rounds: 7 });
printGoals();
