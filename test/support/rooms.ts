import { posix } from 'node:path';

export interface Room {
  /** A folder of src, or of a room: `store/engine`. A file belongs to the deepest room that holds it. */
  readonly name: string;
  readonly purpose: string;
  /** Rooms, or single files of them such as `oauth/grants`, that may be imported. */
  readonly mayImport: readonly string[];
  /** May use what `config` does, not only its types. */
  readonly readsSettings?: boolean;
}

/** Packages (a trailing `*` stands for anything) that only these places may import. */
export type Vendors = Readonly<Record<string, readonly string[]>>;

export interface House {
  readonly rooms: readonly Room[];
  /** Files directly in src, lowest first. */
  readonly topFiles: readonly string[];
  /** Top files that any room may import. */
  readonly shared: readonly string[];
  /** Rooms of which every room may import types, and only those that read settings more. */
  readonly typesOnly: readonly string[];
  readonly vendors: Vendors;
  /** All the packages that a room may import, for rooms that may not choose. */
  readonly packagesOf: Readonly<Record<string, readonly string[]>>;
  /** Files that only these files may import. */
  readonly onlyImporters: Readonly<Record<string, readonly string[]>>;
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

/** What a file imports of the house, from src: `store/engine/db.ts`. */
function targetsOf({ path, text }: SourceFile): string[] {
  return importsOf(text).flatMap(({ specifier }) => (specifier?.startsWith('.') ? [posix.join(posix.dirname(path), specifier)] : []));
}

/** Permissions that no file uses, and files that stand beside a folder of their name, one line each. */
export function leftovers({ house, files }: { house: House; files: readonly SourceFile[] }): string[] {
  const unused = house.rooms.flatMap(({ name, mayImport }) => {
    const targets = files.filter(({ path }) => placeOf(house, path) === name).flatMap(targetsOf);
    return mayImport.filter((allowed) => !targets.some((target) => isWithin(target, allowed))).map((each) => `${name}: needs no ${each}`);
  });
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const beside = files.filter(({ path }) => folders.has(withoutEnding(path))).map(({ path }) => `${path}: beside a folder of its name`);
  return [...unused, ...beside];
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function withoutEnding(path: string): string {
  return path.replace(/\.tsx?$/, '');
}

function isWithin(path: string, place: string): boolean {
  const inside = withoutEnding(path);
  return inside === place || inside.startsWith(`${place}/`);
}

function placeOf(house: House, path: string): string | null {
  if (!path.includes('/')) return house.topFiles.includes(path) ? path : null;
  const rooms = house.rooms.map(({ name }) => name).filter((name) => path.startsWith(`${name}/`));
  return rooms.toSorted((one, other) => other.length - one.length)[0] ?? null;
}

function complaint({ house, file, place, each }: { house: House; file: SourceFile; place: string; each: Import }): string | null {
  const { specifier } = each;
  if (specifier === null) return 'imports something computed';
  if (!specifier.startsWith('.')) return packageComplaint({ house, place, specifier });
  const target = posix.join(posix.dirname(file.path), specifier);
  if (target.startsWith('..')) return `imports ${specifier} from outside src`;
  if (!/\.tsx?$/.test(target)) return `imports ${specifier} without its ending`;
  const importers = house.onlyImporters[target];
  if (importers && !importers.includes(file.path)) return `imports ${target}, which only ${importers.join(' and ')} may`;
  return placeComplaint({ house, place, target, typeOnly: each.typeOnly });
}

function packageComplaint({ house, place, specifier }: { house: House; place: string; specifier: string }): string | null {
  for (const [pattern, places] of Object.entries(house.vendors)) {
    if (matches(pattern, specifier) && !places.some((each) => place === each || place.startsWith(`${each}/`)))
      return `imports ${specifier}, which only ${places.join(' and ')} may`;
  }
  const allowed = house.packagesOf[place.split('/')[0] ?? place];
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
  const targetPlace = placeOf(house, target);
  if (targetPlace === null) return `imports ${target}, which is not in the table of rooms`;
  if (!target.includes('/')) return topFileComplaint({ house, place, target });
  const room = house.rooms.find((each) => each.name === place);
  if (!room || targetPlace === place) return null;
  if (house.typesOnly.includes(targetPlace)) {
    return typeOnly || room.readsSettings ? null : `imports more than types from ${targetPlace}`;
  }
  return room.mayImport.some((each) => isWithin(target, each)) ? null : `${place} may not import ${withoutEnding(target)}`;
}

function topFileComplaint({ house, place, target }: { house: House; place: string; target: string }): string | null {
  const position = house.topFiles.indexOf(place);
  if (position >= 0) return house.topFiles.indexOf(target) < position ? null : `imports ${target} upwards`;
  return house.shared.includes(target) ? null : `imports ${target} upwards`;
}

function complaintsOfText(house: House, { path, text }: SourceFile): (string | null)[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const environment = /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[|=\s*process\b(?!\s*[.?])|['"](?:node:)?process['"]/;
  const time = /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\s(]))|(?<!new\s)\bDate\s*\(/;
  const released = /\b(?:class|new|as|extends)\s+Released\b|<\s*Released\s*>\s*[({[\w]/;
  return [
    lines > house.maxLines ? `${lines} lines, more than ${house.maxLines}` : null,
    !path.startsWith('config/') && environment.test(text) ? 'reads the environment, which only config may' : null,
    path !== 'disclosure/gate.ts' && released.test(text) ? 'makes a Released, which only disclosure/gate.ts may' : null,
    path !== 'words/dates.ts' && time.test(text) ? 'asks the machine for the time; take the clock' : null,
  ];
}
