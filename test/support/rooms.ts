import { posix } from 'node:path';

export interface Room {
  readonly name: string;
  /** Rooms, or single files of them such as `oauth/grants`, that may be imported. */
  readonly mayImport: readonly string[];
  /** May use what config.ts does, not only its types. */
  readonly readsSettings?: boolean;
}

/** Packages (a trailing `*` stands for anything) that only these places may import. */
export type Vendors = Readonly<Record<string, readonly string[]>>;

export interface House {
  readonly rooms: readonly Room[];
  /** Files directly in src, lowest first. */
  readonly topFiles: readonly string[];
  /** Top files that any room may import; of the `typesOnly` ones, types. */
  readonly shared: readonly string[];
  readonly typesOnly: readonly string[];
  readonly vendors: Vendors;
  /** All the packages that a room may import, for rooms that may not choose. */
  readonly packagesOf: Readonly<Record<string, readonly string[]>>;
  readonly maxLines: number;
}

export interface SourceFile {
  /** From src, such as `store/db.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** What stands in the quotes, or null when it is computed. */
  readonly specifier: string | null;
  readonly typeOnly: boolean;
}

const statements = [
  /^[ \t]*(?<kind>import|export)\s+(?<type>type\s+)?(?:[\w$]+\s*,\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{(?<names>[^}]*)\}|[\w$]+)\s*from\s*['"](?<from>[^'"]+)['"]/gm,
  /^[ \t]*import\s*['"](?<from>[^'"]+)['"]/gm,
  /\bimport\s*\(\s*(?:(?<quote>['"`])(?<from>[^'"`$]+)\k<quote>\s*[,)])?/g,
  /\brequire\s*\(\s*(?:(?<quote>['"`])(?<from>[^'"`$]+)\k<quote>\s*\))?/g,
];

/** Every import of a source file, static, dynamic and re-exported. What stands in a comment counts too: it only makes the test stricter. */
export function importsOf(text: string): Import[] {
  return statements.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups = {} }) => {
      const names = groups['names']?.split(',').filter((name) => name.trim() !== '') ?? [];
      const eachIsType = names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
      return { specifier: groups['from'] ?? null, typeOnly: groups['type'] !== undefined || eachIsType };
    }),
  );
}

/** What breaks the rules of the house, one line each. */
export function violations({ house, files }: { house: House; files: readonly SourceFile[] }): string[] {
  return files.flatMap((file) => {
    const place = placeOf(house, file.path);
    if (place === null) return [`${file.path}: not in the table of rooms`];
    const said = importsOf(file.text).map((each) => complaint({ house, file, place, each }));
    return [...said, ...complaintsOfText(house, file)].filter((each) => each !== null).map((each) => `${file.path}: ${each}`);
  });
}

function placeOf(house: House, path: string): string | null {
  const [first, ...rest] = path.split('/');
  if (rest.length === 0) return house.topFiles.includes(path) ? path : null;
  return house.rooms.some((room) => room.name === first) ? (first ?? null) : null;
}

function complaint({ house, file, place, each }: { house: House; file: SourceFile; place: string; each: Import }): string | null {
  const { specifier } = each;
  if (specifier === null) return 'imports something computed';
  if (!specifier.startsWith('.')) return packageComplaint({ house, place, specifier });
  const target = posix.join(posix.dirname(file.path), specifier);
  if (target.startsWith('..')) return `imports ${specifier} from outside src`;
  if (!/\.tsx?$/.test(target)) return `imports ${specifier} without its ending`;
  return placeComplaint({ house, place, target, typeOnly: each.typeOnly });
}

function packageComplaint({ house, place, specifier }: { house: House; place: string; specifier: string }): string | null {
  for (const [pattern, places] of Object.entries(house.vendors)) {
    if (matches(pattern, specifier) && !places.includes(place)) return `imports ${specifier}, which only ${places.join(' and ')} may`;
  }
  const allowed = house.packagesOf[place];
  return allowed && !allowed.some((pattern) => matches(pattern, specifier))
    ? `imports ${specifier}; ${place} may only ${allowed.join(', ')}`
    : null;
}

function matches(pattern: string, specifier: string): boolean {
  if (pattern.endsWith('*')) return specifier.startsWith(pattern.slice(0, -1));
  return specifier === pattern || specifier.startsWith(`${pattern}/`);
}

function placeComplaint({
  house,
  place,
  target,
  typeOnly,
}: {
  house: House;
  place: string;
  target: string;
  typeOnly: boolean;
}): string | null {
  const room = house.rooms.find((each) => each.name === place);
  if (placeOf(house, target) === null) return `imports ${target}, which is not in the table of rooms`;
  if (!target.includes('/')) return topFileComplaint({ house, place, target, typeOnly });
  if (!room) return null;
  const inside = target.replace(/\.tsx?$/, '');
  const allowed = [room.name, ...room.mayImport].some((each) => inside === each || inside.startsWith(`${each}/`));
  return allowed ? null : `${place} may not import ${inside}`;
}

function topFileComplaint({
  house,
  place,
  target,
  typeOnly,
}: {
  house: House;
  place: string;
  target: string;
  typeOnly: boolean;
}): string | null {
  const position = house.topFiles.indexOf(place);
  if (position >= 0) return house.topFiles.indexOf(target) < position ? null : `imports ${target} upwards`;
  if (!house.shared.includes(target)) return `imports ${target} upwards`;
  const readsSettings = house.rooms.some((room) => room.name === place && room.readsSettings);
  return house.typesOnly.includes(target) && !typeOnly && !readsSettings ? `imports more than types from ${target}` : null;
}

function complaintsOfText(house: House, { path, text }: SourceFile): (string | null)[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const environment = /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[|=\s*process\b(?!\s*[.?])|['"](?:node:)?process['"]/;
  const time = /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\s(]))|(?<!new\s)\bDate\s*\(/;
  return [
    lines > house.maxLines ? `${lines} lines, more than ${house.maxLines}` : null,
    path !== 'config.ts' && environment.test(text) ? 'reads the environment, which only config.ts may' : null,
    path !== 'policy/dates.ts' && time.test(text) ? 'asks the machine for the time; take the clock' : null,
  ];
}
