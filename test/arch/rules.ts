import { IMPORT_TABLE, OUTSIDE_THE_PRODUCT, RESERVED_PACKAGES } from './import-table.ts';
import type { Row } from './import-table.ts';
import { importsOf, packageOf, withoutComments } from './source.ts';
import type { Import } from './source.ts';

/** Whether a file or folder lies in a zone; `electron/services/ports` also covers `ports.ts` and `ports-*.ts`. */
function within(name: string, zone: string): boolean {
  return name === zone || name.startsWith(`${zone}/`) || (zone.endsWith('/ports') && name.startsWith(zone));
}

/** The row that holds for a file. */
export function rowOf(file: string): Row | undefined {
  return IMPORT_TABLE.filter((row) => within(file, row.zone)).sort((a, b) => b.zone.length - a.zone.length)[0];
}

function mayUsePackage(row: Row, target: string): boolean {
  const name = packageOf(target);
  const packages = row.packages ?? [];
  return (
    packages.includes(name) ||
    packages.includes(target) ||
    (packages.includes('*') && !RESERVED_PACKAGES.includes(name))
  );
}

function mayUseOwn(row: Row, one: Import): boolean {
  const home = row.zone.replace(/\/[^/]+\.ts$/, '');
  const outside = OUTSIDE_THE_PRODUCT.some((zone) => within(one.target, zone) && !within(home, zone));
  if (outside) return false;
  if (within(one.target, home) || row.may.some((zone) => within(one.target, zone))) return true;
  return one.typeOnly && (row.types ?? []).some((zone) => within(one.target, zone));
}

/** The imports of a file that the table forbids, in words. */
export function forbiddenImports(file: string, code: string): string[] {
  const row = rowOf(file);
  if (row === undefined) return [`${file} has no row in the import table`];
  return importsOf(file, code)
    .filter((one) => (one.own ? !mayUseOwn(row, one) : !mayUsePackage(row, one.target)))
    .map((one) => `${file} imports ${one.typeOnly ? 'types of ' : ''}${one.target}`);
}

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bcrypto\.(random|getRandom)/, 'crypto'],
  [/\bprocess\.(env|argv|cwd|hrtime|platform|on|exit|stdout|stderr|nextTick)\b/, 'process'],
  [/\b(setTimeout|setInterval|setImmediate)\(/, 'a timer'],
  [/\bfetch\(/, 'fetch'],
  [/\bconsole\./, 'console'],
];

/** What a file of a PURE folder uses of the world outside, in words. */
export function impurities(file: string, code: string): string[] {
  if (rowOf(file)?.pure !== true) return [];
  const text = withoutComments(code);
  return IMPURE.filter(([pattern]) => pattern.test(text)).map(([, name]) => `${file} uses ${name}`);
}
