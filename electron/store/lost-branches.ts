import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { PAGE_SIZE } from './pragmas.ts';

/*
 * A table is a tree of pages: leaves hold its rows, branches say where the leaves are. One lost branch hides all the leaves
 * below it, although they can be read. Here a lost branch is written anew from the leaves that nobody names any more.
 * (SQLite file format: "B-tree Pages", "The Freelist".)
 */

/** First byte of a page of a table. */
const BRANCH = 5;
const LEAF = 13;
/** The first page begins with the header of the file. */
const HEADER_BYTES = 100;
/** Columns of the list of tables, which begins at the first page, and the first of them in each of its rows. */
const SCHEMA_COLUMNS = 5;
const SCHEMA_TYPES: ReadonlySet<string> = new Set(['table', 'index', 'trigger', 'view']);
/** Pages that are read at a time. */
const STRETCH_PAGES = 256;

/** A table as the schema names it. */
export interface TableRoot {
  readonly page: number;
  readonly columns: number;
}

/** What is told of one page of a table. */
interface TablePage {
  readonly leaf: boolean;
  /** Number of the first and of the last row, of a branch as far as it says. */
  readonly first: number;
  readonly last: number;
  /** Pages below, of a branch. */
  readonly children: readonly number[];
  /** Columns of the first row, of a leaf. */
  readonly columns: number;
  /** Whether the first row is one of the list of tables. */
  readonly ofSchema: boolean;
}

/**
 * Mends the list of tables as far as that needs no words: its root, which is the first page, is written anew from its
 * leaves, without those that are lost. Nothing can be read of a file while the list cannot be read to its end.
 */
export function mendSchemaPages(path: string): void {
  withPages(path, (pages) => {
    const root = pages.size < 2 ? null : pages.table(1);
    if (pages.size < 2 || root?.leaf === true) return;
    const isSound = (page: number): boolean => pages.table(page)?.ofSchema === true;
    if (root?.children.every(isSound) === true) return;
    const leaves = root?.children.filter(isSound) ?? inOrder(pages, orphans(pages, []), (page) => page.ofSchema);
    const page = leaves && leaves.length > 0 ? branchOf(pages, leaves, HEADER_BYTES) : null;
    if (!page) return;
    if (root) pages.header().copy(page);
    pages.write(1, page);
  });
}

/** A table that the list of tables has lost. */
export interface LostTable {
  readonly name: string;
  readonly columns: number;
  /** Where it begins in a file that was made with the present schema. */
  readonly usual: number;
}

/** Where tables begin of which the list says nothing any more: at their usual places, else where just one page fits. */
export function findTables(path: string, known: readonly TableRoot[], lost: readonly LostTable[]): Map<string, number> {
  return withPages(path, (pages) => {
    const found = new Map<string, number>();
    const alone = orphans(
      pages,
      known.map(({ page }) => page),
    );
    const take = (name: string, page: number): void => {
      found.set(name, page);
      alone.delete(page);
    };
    for (const { name, columns, usual } of lost) {
      const page = alone.has(usual) ? pages.table(usual) : null;
      if (page && !page.ofSchema && page.columns <= columns) take(name, usual);
    }
    for (const { name, columns } of lost) {
      const fitting = [...alone].filter((page) => pages.table(page)?.columns === columns);
      if (!found.has(name) && fitting.length === 1 && fitting[0] !== undefined) take(name, fitting[0]);
    }
    return found;
  });
}

/**
 * Writes branches anew of which nothing is left. It is done only where it is plain which leaves were below: leaves that no
 * page names, none of them free, in an order without overlap, and one lost branch that they can have hung on.
 * @param tables every table of the file
 * @returns how many were written
 */
export function mendBranches(path: string, tables: readonly TableRoot[]): number {
  return withPages(path, (pages) => {
    const lost = tables.flatMap((table) => lostBranches(pages, table));
    if (lost.length === 0) return 0;
    const alone = orphans(
      pages,
      tables.map(({ page }) => page),
    );
    let mended = 0;
    for (const { page, columns, from, to } of lost) {
      // Rows from before a column was added are shorter; that tells less where more than one branch is lost.
      const least = lost.length === 1 ? 1 : columns;
      const mine = inOrder(
        pages,
        alone,
        ({ leaf, columns: found, first, last, ofSchema }) =>
          !ofSchema && first >= from && last <= to && (!leaf || (found >= least && found <= columns)),
      );
      const bytes = mine && branchOf(pages, mine, 0);
      if (!mine || !bytes) continue;
      pages.write(page, bytes);
      for (const one of mine) alone.delete(one);
      mended += 1;
    }
    return mended;
  });
}

interface LostBranch {
  readonly page: number;
  readonly columns: number;
  /** Numbers of the rows below it. */
  readonly from: number;
  readonly to: number;
}

/** Branches of a table that are named and cannot be read as one. Leaves are not looked at: what is lost with one is lost. */
function lostBranches(pages: Pages, { page: root, columns }: TableRoot): LostBranch[] {
  const lost: LostBranch[] = [];
  const seen = new Set<number>();
  const look = (page: number, from: number, to: number): void => {
    if (seen.has(page) || page < 1 || page > pages.size) return;
    seen.add(page);
    const found = pages.table(page);
    if (found === null) {
      lost.push({ page, columns, from, to });
      return;
    }
    const { children } = found;
    // One level of a tree is all leaves or all branches.
    if (found.leaf || children.some((child) => pages.table(child)?.leaf === true)) return;
    const keys = pages.keysOf(page);
    children.forEach((child, index) => {
      look(child, index === 0 ? from : (keys[index - 1] ?? from) + 1, keys[index] ?? to);
    });
  };
  look(root, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return lost;
}

/** Pages of tables that no other page names and that are not free. */
function orphans(pages: Pages, roots: readonly number[]): Set<number> {
  const named = new Set([1, ...roots, ...pages.free()]);
  const found = new Set<number>();
  for (let page = 1; page <= pages.size; page += 1) {
    const table = pages.table(page);
    if (table === null) continue;
    found.add(page);
    for (const child of table.children) named.add(child);
  }
  for (const page of named) found.delete(page);
  return found;
}

/** Those that fit, in the order of their rows; null when there are none or they lie over each other. */
function inOrder(
  pages: Pages,
  among: ReadonlySet<number>,
  fits: (page: TablePage) => boolean,
): readonly number[] | null {
  const fitting = [...among]
    .flatMap((number) => {
      const page = pages.table(number);
      return page && fits(page) ? [{ number, page }] : [];
    })
    .sort((a, b) => a.page.first - b.page.first);
  // The branch that hangs lowest of the lost ones has all of one kind below it.
  const sound = fitting.every(
    ({ page }, index) =>
      page.leaf === fitting[0]?.page.leaf && (index === 0 || page.first > (fitting[index - 1]?.page.last ?? 0)),
  );
  return sound && fitting.length > 0 ? fitting.map(({ number }) => number) : null;
}

/** A branch over these pages; null when there are more than it can hold. */
function branchOf(pages: Pages, children: readonly number[], at: number): Buffer | null {
  const bytes = Buffer.alloc(PAGE_SIZE);
  const before = children.slice(0, -1);
  let end = PAGE_SIZE;
  let place = at + 12;
  for (const [index, child] of before.entries()) {
    // Any number from the last row of this one up to the first of the next will do.
    const key = (pages.table(children[index + 1] ?? 0)?.first ?? 0) - 1;
    const cell = Buffer.concat([Buffer.alloc(4), varintOf(key)]);
    cell.writeUInt32BE(child);
    end -= cell.length;
    if (end < place + 2) return null;
    cell.copy(bytes, end);
    bytes.writeUInt16BE(end, place);
    place += 2;
  }
  bytes[at] = BRANCH;
  bytes.writeUInt16BE(before.length, at + 3);
  bytes.writeUInt16BE(end % 65_536, at + 5);
  bytes.writeUInt32BE(children.at(-1) ?? 0, at + 8);
  return bytes;
}

/** The pages of a file, as far as they belong to tables. */
class Pages {
  readonly #file: number;
  readonly size: number;
  readonly #known = new Map<number, TablePage | null>();
  readonly #stretch = Buffer.alloc(STRETCH_PAGES * PAGE_SIZE);
  #from = -1;

  constructor(file: number) {
    this.#file = file;
    this.size = Math.floor(fstatSync(file).size / PAGE_SIZE);
  }

  /** What is told of a page; null when it is no page of a table, or no sound one. */
  table(page: number): TablePage | null {
    const known = this.#known.get(page);
    if (known !== undefined) return known;
    const found = page < 1 || page > this.size ? null : readTablePage(this.#bytes(page), page === 1);
    // Most pages are none: they are not worth remembering.
    if (found) this.#known.set(page, found);
    return found;
  }

  /** Largest row number below each child of a branch but its last. */
  keysOf(page: number): number[] {
    const bytes = this.#bytes(page);
    return cellsOf(bytes, page === 1 ? HEADER_BYTES : 0, 12).map((cell) => readVarint(bytes, cell + 4).value);
  }

  /** The header of the file. */
  header(): Buffer {
    return Buffer.from(this.#bytes(1).subarray(0, HEADER_BYTES));
  }

  /** Free pages; also all that a damaged list of them names. */
  free(): number[] {
    const free: number[] = [];
    const seen = new Set<number>();
    let trunk = this.#bytes(1).readUInt32BE(32);
    while (trunk > 1 && trunk <= this.size && !seen.has(trunk)) {
      seen.add(trunk);
      const bytes = this.#bytes(trunk);
      const count = Math.min(bytes.readUInt32BE(4), PAGE_SIZE / 4 - 2);
      for (let index = 0; index < count; index += 1) free.push(bytes.readUInt32BE(8 + index * 4));
      trunk = bytes.readUInt32BE(0);
    }
    return [...free, ...seen];
  }

  write(page: number, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, PAGE_SIZE, (page - 1) * PAGE_SIZE);
    this.#known.delete(page);
    this.#from = -1;
  }

  #bytes(page: number): Buffer {
    const from = Math.floor((page - 1) / STRETCH_PAGES) * STRETCH_PAGES;
    if (from !== this.#from) {
      const count = readSync(this.#file, this.#stretch, 0, this.#stretch.length, from * PAGE_SIZE);
      this.#stretch.fill(0, count);
      this.#from = from;
    }
    const at = (page - 1 - from) * PAGE_SIZE;
    return this.#stretch.subarray(at, at + PAGE_SIZE);
  }
}

function withPages<T>(path: string, use: (pages: Pages) => T): T {
  const file = openSync(path, 'r+');
  try {
    return use(new Pages(file));
  } finally {
    closeSync(file);
  }
}

function readTablePage(bytes: Buffer, first: boolean): TablePage | null {
  const at = first ? HEADER_BYTES : 0;
  const kind = bytes[at];
  if (kind !== BRANCH && kind !== LEAF) return null;
  const cells = cellsOf(bytes, at, kind === LEAF ? 8 : 12);
  const [head, tail] = [cells[0], cells.at(-1)];
  if (head === undefined || tail === undefined) {
    // An empty table has an empty leaf; a branch may have nothing but its last child.
    if (bytes.readUInt16BE(at + 3) !== 0) return null;
    const children = kind === BRANCH ? [bytes.readUInt32BE(at + 8)] : [];
    return { leaf: kind === LEAF, first: 0, last: 0, children, columns: 0, ofSchema: false };
  }
  if (kind === BRANCH) {
    const children = [...cells.map((cell) => bytes.readUInt32BE(cell)), bytes.readUInt32BE(at + 8)];
    const [from, to] = [readVarint(bytes, head + 4).value, readVarint(bytes, tail + 4).value];
    return from > to ? null : { leaf: false, first: from, last: to, children, columns: 0, ofSchema: false };
  }
  const size = readVarint(bytes, head);
  const number = readVarint(bytes, size.next);
  const last = readVarint(bytes, readVarint(bytes, tail).next).value;
  if (number.value > last) return null;
  const row = readRowStart(bytes, number.next);
  return row && { leaf: true, first: number.value, last, children: [], ...row };
}

/** Places of the cells on a page; none when its head is no sound one. */
function cellsOf(bytes: Buffer, at: number, headBytes: number): number[] {
  const count = bytes.readUInt16BE(at + 3);
  const start = at + headBytes;
  if (start + count * 2 > PAGE_SIZE) return [];
  const cells = Array.from({ length: count }, (_, index) => bytes.readUInt16BE(start + index * 2));
  // The shortest cell has four bytes; numbers of rows and sizes have up to nine each.
  return cells.every((cell) => cell >= start + count * 2 && cell <= PAGE_SIZE - 4) ? cells : [];
}

/** How many columns a row has, and whether it names a table or the like. Null when it is no row. */
function readRowStart(bytes: Buffer, at: number): { columns: number; ofSchema: boolean } | null {
  const head = readVarint(bytes, at);
  const end = at + head.value;
  if (head.value < 1 || end > PAGE_SIZE) return null;
  let columns = 0;
  let firstType = 0;
  let place = head.next;
  while (place < end) {
    const type = readVarint(bytes, place);
    if (columns === 0) firstType = type.value;
    columns += 1;
    place = type.next;
  }
  if (place !== end) return null;
  // Odd types from 13 are texts of half of what is over it.
  const length = firstType >= 13 && firstType % 2 === 1 ? (firstType - 13) / 2 : 0;
  const ofSchema = columns === SCHEMA_COLUMNS && SCHEMA_TYPES.has(bytes.toString('latin1', end, end + length));
  return { columns, ofSchema };
}

/** A number of one to nine bytes, seven bits each but the ninth. */
function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if (index === 8) return { value: Number(BigInt.asIntN(64, (value << 8n) | BigInt(byte))), next: at + 9 };
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return { value: Number(value), next: at + index + 1 };
  }
  return { value: 0, next: at };
}

function varintOf(value: number): Buffer {
  const groups: number[] = [];
  for (let left = Math.max(0, value); groups.length === 0 || left > 0; left = Math.floor(left / 128)) {
    groups.unshift((left % 128) | (groups.length === 0 ? 0 : 0x80));
  }
  return Buffer.from(groups);
}
