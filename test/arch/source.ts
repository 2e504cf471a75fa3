import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';

/** The checkout under test. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

const LEFT_OUT = new Set(['node_modules', 'out', '.git']);

/** All files of the checkout that could be committed, named from its top with `/`. */
export function allFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (folder === '' && (LEFT_OUT.has(entry.name) || entry.name.startsWith('.install-lock'))) return [];
    return entry.isDirectory() ? allFiles(name) : [name];
  });
}

export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** One import or re-export of a source file. */
export interface Import {
  /** A file or folder of the checkout named from its top, or the name of a package or `node:` module. */
  readonly target: string;
  /** Whether the target is part of the checkout. */
  readonly own: boolean;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** The code without comments. Strings stay; a `//` inside one (an address) is kept. */
export function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

const STATEMENT = /^[ \t]*(?:import|export)\b(?<what>[^'"`;()]*?)\bfrom\s*['"](?<from>[^'"]+)['"]/gm;
const BARE = /^[ \t]*import\s*['"](?<from>[^'"]+)['"]/gm;
const CALL = /\b(?:import|require)\(\s*['"](?<from>[^'"]+)['"]/g;

/** All imports of a source file, by text: statements, bare imports and calls with a literal. */
export function importsOf(file: string, code: string): Import[] {
  const text = withoutComments(code);
  const found: Import[] = [];
  const add = (from: string, typeOnly: boolean): void => {
    const own = from.startsWith('.');
    const plain = from.replace(/\?.*$/, '');
    const target = own ? posix.normalize(posix.join(posix.dirname(file), plain)) : plain;
    found.push({ target, own, typeOnly });
  };
  for (const { groups } of text.matchAll(STATEMENT)) add(groups?.['from'] ?? '', isTypeOnly(groups?.['what'] ?? ''));
  for (const { groups } of text.matchAll(BARE)) add(groups?.['from'] ?? '', false);
  for (const { groups } of text.matchAll(CALL)) add(groups?.['from'] ?? '', false);
  return found;
}

/** `type X`, `type { X }` and `{ type X, type Y }` leave nothing behind. */
function isTypeOnly(what: string): boolean {
  if (/^\s*type\b/.test(what)) return true;
  const names = /^\s*\{(?<names>[^}]*)\}\s*$/.exec(what)?.groups?.['names'];
  if (names === undefined) return false;
  const parts = names.split(',').map((name) => name.trim());
  return parts.every((name) => name === '' || name.startsWith('type '));
}

/** The package of an import: `@scope/name` or `name`; `node:` modules are all `node:`. */
export function packageOf(target: string): string {
  if (target.startsWith('node:')) return 'node:';
  const [first = '', second = ''] = target.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
