import type { Dice } from './dice.ts';

/** Content of a store folder by file name. */
export type Files = Map<string, Buffer>;

/** One kind of damage. Gives what a start must come to. */
export interface Damage {
  readonly name: string;
  /** `open`: the kiosk opens, salvaged or not; `refused`: it must not open, nor touch a byte. */
  readonly expect: 'open' | 'refused';
  /**
   * What is left is a whole database of an earlier moment, as a power cut before the last commits would leave it: nothing
   * in it says that more was there. What is gone by that is counted by itself.
   */
  readonly traceless?: true;
  readonly apply: (files: Files, dice: Dice) => void;
}

const DATABASE = 'kiosk.sqlite';
const WAL = 'kiosk.sqlite-wal';
const PAGE = 4096;
/** Where `user_version` stands in the file. */
const VERSION_AT = 60;

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
  { name: 'empty', expect: 'open', traceless: true, apply: (files) => void files.set(DATABASE, Buffer.alloc(0)) },
  { name: 'gone', expect: 'open', traceless: true, apply: (files) => void files.delete(DATABASE) },
  { name: 'WAL lost', expect: 'open', traceless: true, apply: (files) => void files.delete(WAL) },
  {
    name: 'WAL cut short',
    expect: 'open',
    traceless: true,
    apply: (files, dice) => void files.set(WAL, wal(files).subarray(0, dice.below(wal(files).length + 1))),
  },
  {
    name: 'WAL bits',
    expect: 'open',
    traceless: true,
    apply: (files, dice) => {
      if (wal(files).length === 0) return;
      for (let count = dice.between(1, 8); count > 0; count -= 1) flip(wal(files), dice);
    },
  },
  {
    name: 'WAL of noise',
    expect: 'open',
    traceless: true,
    apply: (files, dice) => void files.set(WAL, Buffer.from(dice.bytes(dice.between(1, 40_000)))),
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
