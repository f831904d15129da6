import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

/** The program's own text, for the tests that hold it to its rules. Paths are from the top of the repository. */
export interface SourceFile {
  path: string;
  lines: number;
  /** Files of ours it imports. */
  files: string[];
  /** Packages it imports, by the name they have on npm; `node:fs` stays as it is. */
  packages: string[];
  /** Those of them of which it takes more than types. */
  runs: string[];
  /** Files of ours it names in a string, as an HTML page, a configuration or a script does. */
  mentions: string[];
}

const ROOT = join(import.meta.dirname, '../..');
const TOP = ['shared', 'server', 'client', 'test'];
const CODE = /\.(ts|svelte|css|html)$/;

/** All of shared/, server/, client/ and test/, and the configurations beside them. */
export function readSource(): SourceFile[] {
  const beside = readdirSync(ROOT).filter((name) => /\.config\.(ts|js)$/.test(name));
  const inside = TOP.flatMap((folder) => filesIn(folder)).filter((path) => CODE.test(path));
  const known = new Set([...inside, ...beside]);
  return [...known, 'package.json'].map((path) => readFile(path, known));
}

/** Whether one of the files (by absolute path) imports `target`, directly or through others. */
export function reaches(files: string[], target: string): boolean {
  const imports = new Map(readSource().map((file) => [file.path, file.files]));
  const seen = new Set(files.map((path) => path.slice(ROOT.length + 1)));
  // A set is walked to its end, including what is added on the way.
  for (const path of seen) for (const next of imports.get(path) ?? []) seen.add(next);
  return seen.has(target);
}

/** The folders that hold files, as `server` and `server/http`: two levels. */
export function readFolders(): string[] {
  const folders = TOP.flatMap((top) => filesIn(top)).map((path) => dirname(path).split('/'));
  return [
    ...new Set(
      folders.flatMap(([top = '', ...below]) => [top, ...below.slice(0, 1).map((name) => `${top}/${name}`)]),
    ),
  ].sort();
}

/** Names and versions wanted, by the list they stand in. */
export function readPackageJson(): { dependencies: string[]; devDependencies: string[] } {
  const json = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return {
    dependencies: Object.keys(json.dependencies ?? {}),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
}

function filesIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(ROOT.length + 1), entry.name))
    .sort();
}

/** An import at the start of a line, over as many lines as it takes; one that comes late, a worker, CSS's own. */
const IMPORTS = [
  /^\s*(?:import|export)\b[^;'"()]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]/g,
  /^\s*@import\s+(?:url\()?['"]([^'"]+)['"]/gm,
];
const MENTIONS = /[\s'"`(=]\/?((?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.(?:ts|svelte|css))(?=[\s'"`)?&]|$)/gm;

const TYPES = /^\s*(?:import|export)\s+type\b[^;'"()]*?\bfrom\s*['"][^'"]+['"]/gm;

function readFile(path: string, known: Set<string>): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const named = namesIn(text);
  const isOurs = (name: string) =>
    name.startsWith('.') || (name.startsWith('/') && path.startsWith('client/'));
  const files = named
    .filter(isOurs)
    .map((name) => posix.join(name.startsWith('/') ? 'client' : dirname(path), name));
  const packagesIn = (names: string[]) => names.filter((name) => !isOurs(name)).map(packageOf);
  // Elsewhere a path in a string is only talk.
  const starts = /\.(html|json)$|\.config\./.test(path);
  const words = starts ? [...text.matchAll(MENTIONS)].map((match) => match[1] ?? '') : [];
  const places = words.flatMap((name) => [
    posix.join(dirname(path), name),
    posix.join(name),
    posix.join('client', name),
  ]);
  return {
    path,
    lines: text.split('\n').length - 1,
    files,
    packages: packagesIn(named),
    runs: packagesIn(namesIn(text.replace(TYPES, ''))),
    mentions: places.filter((place) => known.has(place)),
  };
}

function namesIn(text: string): string[] {
  const matches = IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)]);
  return matches.map((match) => (match[1] ?? '').replace(/\?.*$/, ''));
}

/** `@scope/name/path` → `@scope/name`, `node:fs/promises` → `node:fs/promises` */
function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether `path` is `folder`, or in it; a folder may also be a file, or a file without its ending. */
export function isIn(path: string, folder: string): boolean {
  return (
    path === folder ||
    path.startsWith(`${folder}/`) ||
    (dirname(path) === dirname(folder) && basename(path).split('.')[0] === basename(folder))
  );
}
