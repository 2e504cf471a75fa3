import type { Dice } from './dice.ts';

/** Content of a store folder by file name. */
export type Files = Map<string, Buffer>;

/** One kind of damage. Gives what a start must come to. */
export interface Damage {
  readonly name: string;
  /** `open`: the kiosk opens, salvaged or not; `refused`: it must not open, nor touch a byte. */
  readonly expect: 'open' | 'refused';
  /**
   * @param files the kiosk's files as they lie there
   * @param earlier its files after an earlier clean end
   */
  readonly apply: (files: Files, dice: Dice, earlier: Files) => void;
}

const DATABASE = 'kiosk.sqlite';
const WAL = 'kiosk.sqlite-wal';
const PAGE = 4096;
/** Where `user_version` stands in the file. */
const VERSION_AT = 60;

/** What the store keeps outside of its database. */
const isWitness = (name: string): boolean => name.startsWith('witness.');

/** Puts the files of an earlier moment in the place of those that `which` chooses. */
function restore(files: Files, earlier: Files, which: (name: string) => boolean): void {
  for (const name of [...files.keys()].filter(which)) files.delete(name);
  for (const [name, bytes] of earlier) if (which(name)) files.set(name, Buffer.from(bytes));
}

const database = (files: Files): Buffer => files.get(DATABASE) ?? Buffer.alloc(0);
const wal = (files: Files): Buffer => files.get(WAL) ?? Buffer.alloc(0);

/** Flips one bit, but none of the version number: a higher one makes the file a newer one, which has a case of its own. */
function flip(bytes: Buffer, dice: Dice): void {
  const at = dice.below(bytes.length);
  if (at >= VERSION_AT && at < VERSION_AT + 4) return;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << dice.below(8)), at);
}

function pageOf(bytes: Buffer, dice: Dice): number {
  return dice.below(Math.max(1, Math.floor(bytes.length / PAGE))) * PAGE;
}

/** A page gets other content; the version number on the first page stays. */
function overwrite(bytes: Buffer, at: number, content: Buffer): void {
  const version = at === 0 ? bytes.subarray(VERSION_AT, VERSION_AT + 4).toString('hex') : null;
  content.copy(bytes, at, 0, Math.min(content.length, bytes.length - at));
  if (version !== null) Buffer.from(version, 'hex').copy(bytes, VERSION_AT);
}

/** Damages of a database that lies closed (everything in one file) or was cut off (some of it in its WAL). */
export const DAMAGES: readonly Damage[] = [
  { name: 'bit', expect: 'open', apply: (files, dice) => flip(database(files), dice) },
  {
    name: 'bits',
    expect: 'open',
    apply: (files, dice) => {
      for (let count = dice.between(2, 64); count > 0; count -= 1) flip(database(files), dice);
    },
  },
  {
    name: 'page of noise',
    expect: 'open',
    apply: (files, dice) => {
      const bytes = database(files);
      overwrite(bytes, pageOf(bytes, dice), Buffer.from(dice.bytes(PAGE)));
    },
  },
  {
    name: 'page of zeros',
    expect: 'open',
    apply: (files, dice) => {
      const bytes = database(files);
      overwrite(bytes, pageOf(bytes, dice), Buffer.alloc(PAGE));
    },
  },
  {
    name: 'page in the wrong place',
    expect: 'open',
    apply: (files, dice) => {
      const bytes = database(files);
      const from = pageOf(bytes, dice);
      overwrite(bytes, pageOf(bytes, dice), Buffer.from(bytes.subarray(from, from + PAGE)));
    },
  },
  {
    name: 'cut short',
    expect: 'open',
    apply: (files, dice) => {
      const bytes = database(files);
      files.set(DATABASE, bytes.subarray(0, dice.below(bytes.length)));
    },
  },
  { name: 'empty', expect: 'open', apply: (files) => void files.set(DATABASE, Buffer.alloc(0)) },
  { name: 'gone', expect: 'open', apply: (files) => void files.delete(DATABASE) },
  { name: 'WAL lost', expect: 'open', apply: (files) => void files.delete(WAL) },
  {
    name: 'WAL cut short',
    expect: 'open',
    apply: (files, dice) => void files.set(WAL, wal(files).subarray(0, dice.below(wal(files).length + 1))),
  },
  {
    name: 'WAL bits',
    expect: 'open',
    apply: (files, dice) => {
      if (wal(files).length === 0) return;
      for (let count = dice.between(1, 8); count > 0; count -= 1) flip(wal(files), dice);
    },
  },
  {
    name: 'WAL of noise',
    expect: 'open',
    apply: (files, dice) => void files.set(WAL, Buffer.from(dice.bytes(dice.between(1, 40_000)))),
  },
  {
    name: 'an old copy in its place',
    expect: 'open',
    apply: (files, _dice, earlier) => restore(files, earlier, (name) => name.startsWith('kiosk.')),
  },
  {
    name: 'an old copy, and one copy of the witness damaged',
    expect: 'open',
    apply: (files, dice, earlier) => {
      restore(files, earlier, (name) => name.startsWith('kiosk.'));
      const bytes = files.get(`witness.${dice.between(1, 2)}`);
      if (bytes) flip(bytes, dice);
    },
  },
  {
    name: 'an old copy, and the witness gone',
    expect: 'open',
    apply: (files, _dice, earlier) => {
      restore(files, earlier, (name) => name.startsWith('kiosk.'));
      for (const name of [...files.keys()].filter(isWitness)) files.delete(name);
    },
  },
  {
    name: 'an old copy, and the witness of noise',
    expect: 'open',
    apply: (files, dice, earlier) => {
      restore(files, earlier, (name) => name.startsWith('kiosk.'));
      for (const name of [...files.keys()].filter(isWitness)) files.set(name, Buffer.from(dice.bytes(600)));
    },
  },
  {
    name: 'WAL lost, and the marks of the witness',
    expect: 'open',
    apply: (files) => {
      files.delete(WAL);
      files.delete('witness.marks');
    },
  },
  {
    name: 'witness gone',
    expect: 'open',
    apply: (files) => {
      for (const name of [...files.keys()].filter(isWitness)) files.delete(name);
    },
  },
  {
    name: 'witness bits',
    expect: 'open',
    apply: (files, dice) => {
      const bytes = files.get(dice.pick([...files.keys()].filter(isWitness)));
      if (bytes) for (let count = dice.between(1, 8); count > 0; count -= 1) flip(bytes, dice);
    },
  },
  {
    name: 'newer',
    expect: 'refused',
    apply: (files, dice) => {
      files.delete(WAL);
      database(files).writeUInt32BE(dice.between(1_000, 1_000_000), VERSION_AT);
    },
  },
];
