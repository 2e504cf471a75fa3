import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

const ROOT = join(import.meta.dirname, '..', '..');

/** A string in a source file, and what it stands for. */
export interface SourceText {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Words between tags, the value of an attribute, or any other string. */
  readonly role: 'words' | 'attribute' | 'string';
  /** Name of the attribute. */
  readonly attribute: string | null;
}

type Node = { readonly type: string; readonly start: number } & Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function textsIn(file: string, source: string): SourceText[] {
  const found: SourceText[] = [];
  const lineOf = (at: number): number => source.slice(0, at).split('\n').length;
  const add = (node: Node, text: unknown, role: SourceText['role'], attribute: string | null): void => {
    if (typeof text === 'string') found.push({ file, line: lineOf(node.start), text, role, attribute });
  };
  const walk = (node: Node, attribute: string | null): void => {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return;
    if (node.type === 'JSXText') add(node, node['value'], 'words', null);
    else if (node.type === 'Literal') add(node, node['value'], attribute === null ? 'string' : 'attribute', attribute);
    else if (node.type === 'TemplateElement') {
      const value = node['value'] as { readonly cooked?: unknown };
      add(node, value.cooked, attribute === null ? 'string' : 'attribute', attribute);
    }
    const name =
      node.type === 'JSXAttribute' && isNode(node['name']) && typeof node['name']['name'] === 'string'
        ? node['name']['name']
        : null;
    for (const child of Object.values(node)) {
      // Inside braces of an attribute stands code again.
      const within = name ?? (node.type === 'JSXExpressionContainer' ? null : attribute);
      if (isNode(child)) walk(child, within);
      else if (Array.isArray(child)) for (const one of child) if (isNode(one)) walk(one, within);
    }
  };
  walk(parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node, null);
  return found;
}

/** Every string of the screens' code, tests left out. */
export function screenTexts(): SourceText[] {
  return readdirSync(join(ROOT, 'renderer'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .sort()
    .flatMap((name) => textsIn(`renderer/${name}`, readFileSync(join(ROOT, 'renderer', name), 'utf8')));
}

export { textsIn };

type Tree = { readonly [key: string]: string | Tree };

/** All texts of a language by `namespace:path`. */
export function localeTexts(language: string): Map<string, string> {
  const folder = join(ROOT, 'assets', 'locales', language);
  const all = new Map<string, string>();
  const walk = (tree: Tree, path: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const here = path.endsWith(':') ? `${path}${key}` : `${path}.${key}`;
      if (typeof value === 'string') all.set(here, value);
      else walk(value, here);
    }
  };
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    walk(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Tree, `${file.replace('.json', '')}:`);
  }
  return all;
}
