import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dice } from './dice.ts';
import type { DiskEvent } from './disk-trace.ts';

/**
 * What the disk kept of what was not yet synced: nothing, everything, some of the 4 KB pages, or some of the 512-byte
 * sectors.
 */
export type Cut = 'nothing' | 'all' | 'pages' | 'torn';
export const CUTS: readonly Cut[] = ['nothing', 'all', 'pages', 'torn'];

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly length: number };
/** What a name means: the number of a file, or `folder`. */
type Meaning = number | 'folder';
/** A change of a name in a folder. */
interface NameChange {
  readonly folder: string;
  readonly make: (names: Map<string, Meaning>) => void;
}

class FileOnDisk {
  #safe: Buffer = Buffer.alloc(0);
  #length = 0;
  readonly pending: Change[] = [];

  /** Writes what a sync made safe, followed by the changes that `keep` lets through. */
  lay(path: string, keep: (change: Change) => readonly Change[]): void {
    const file = openSync(path, 'w', 0o600);
    writeSync(file, this.#safe, 0, this.#length, 0);
    for (const change of this.pending) {
      for (const kept of keep(change)) {
        if (kept.kind === 'cut') ftruncateSync(file, kept.length);
        else writeSync(file, kept.bytes, 0, kept.bytes.length, kept.at);
      }
    }
    closeSync(file);
  }

  sync(): void {
    for (const change of this.pending) this.#apply(change);
    this.pending.length = 0;
  }

  #apply(change: Change): void {
    if (change.kind === 'cut') {
      this.#grow(change.length);
      this.#safe.fill(0, change.length);
      this.#length = change.length;
      return;
    }
    const end = change.at + change.bytes.length;
    this.#grow(end);
    change.bytes.copy(this.#safe, change.at);
    this.#length = Math.max(this.#length, end);
  }

  #grow(length: number): void {
    if (this.#safe.length >= length) return;
    const larger = Buffer.alloc(Math.max(length, this.#safe.length * 2));
    this.#safe.copy(larger);
    this.#safe = larger;
  }
}

/**
 * A disk that keeps for certain only what was synced. A name (made, renamed, removed) is safe once its folder is synced;
 * changes of names reach the disk in order, as on any journalling file system.
 */
export class PowerDisk {
  readonly #files = new Map<number, FileOnDisk>();
  readonly #safeNames = new Map<string, Meaning>();
  #pendingNames: NameChange[] = [];

  /** Follows the recording by one event. */
  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'open': {
        const file = this.#file(event.file);
        if (event.created) this.#rename(event.name, (names) => names.set(event.name, event.file));
        if (event.cleared) file.pending.push({ kind: 'cut', length: 0 });
        return;
      }
      case 'write':
        this.#file(event.file).pending.push(event);
        return;
      case 'cut':
        this.#file(event.file).pending.push(event);
        return;
      case 'sync':
        this.#file(event.file).sync();
        return;
      case 'folder':
        this.#rename(event.name, (names) => names.set(event.name, 'folder'));
        return;
      case 'sync-folder':
        for (const { folder, make } of this.#pendingNames) if (folder === event.name) make(this.#safeNames);
        this.#pendingNames = this.#pendingNames.filter(({ folder }) => folder !== event.name);
        return;
      case 'rename':
        this.#rename(event.to, (names) => {
          const meaning = names.get(event.from);
          names.delete(event.from);
          if (meaning !== undefined) names.set(event.to, meaning);
        });
        return;
      case 'unlink':
        this.#rename(event.name, (names) => names.delete(event.name));
        return;
      case 'said':
        return;
    }
  }

  /** Lays into a folder what may lie on the disk after a power cut now. */
  lay(dir: string, how: Cut, dice: Dice): void {
    const names = new Map(this.#safeNames);
    const keptNames =
      how === 'nothing' ? 0 : how === 'all' ? this.#pendingNames.length : dice.between(0, this.#pendingNames.length);
    for (const { make } of this.#pendingNames.slice(0, keptNames)) make(names);
    for (const [name, meaning] of names) if (meaning === 'folder') mkdirSync(join(dir, name), { mode: 0o700 });
    for (const [name, meaning] of names) {
      // A file in a folder whose own name is not there is lost with it.
      if (meaning === 'folder' || !existsSync(dirname(join(dir, name)))) continue;
      this.#file(meaning).lay(join(dir, name), (change) => kept(change, how, dice));
    }
  }

  #rename(name: string, make: NameChange['make']): void {
    const folder = dirname(name);
    this.#pendingNames.push({ folder: folder === '.' ? '' : folder, make });
  }

  #file(number: number): FileOnDisk {
    const known = this.#files.get(number);
    if (known) return known;
    const file = new FileOnDisk();
    this.#files.set(number, file);
    return file;
  }
}

function kept(change: Change, how: Cut, dice: Dice): readonly Change[] {
  if (how === 'nothing') return [];
  if (how === 'all') return [change];
  if (change.kind === 'cut') return dice.chance(0.5) ? [change] : [];
  const size = how === 'pages' ? 4096 : 512;
  const pieces: Change[] = [];
  for (let from = change.at; from < change.at + change.bytes.length;) {
    const to = Math.min(change.at + change.bytes.length, (Math.floor(from / size) + 1) * size);
    if (dice.chance(0.5))
      pieces.push({ kind: 'write', at: from, bytes: change.bytes.subarray(from - change.at, to - change.at) });
    from = to;
  }
  return pieces;
}
