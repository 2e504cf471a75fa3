import { createCipheriv, createDecipheriv, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LocalKey, LocalKeys } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { readWholeFile, stampForName, syncFolder } from './files.ts';

/**
 * What wraps the local data key so that it may lie on the disk. `os`: the operating system's key store; `file`: a key file
 * that only the kiosk's own user (or the service manager, for it) can read.
 */
export interface KeyWrap {
  readonly kind: 'os' | 'file';
  /** Null when it cannot be done now. */
  wrap(bytes: Uint8Array): string | null;
  /** Null when it is not what this wrap made, or its own key is gone. */
  unwrap(text: string): Uint8Array | null;
}

/** Why there are no keys. `missing`: none were ever made here, or their file is gone; `unreadable`: they cannot be unwrapped. */
export type KeyRingError = 'missing' | 'unreadable';

interface RingFile {
  readonly format: 1;
  readonly current: string;
  readonly keys: readonly {
    readonly id: string;
    readonly kind: KeyWrap['kind'];
    readonly wrapped: string;
    /** Milliseconds since 1970 on the kiosk's clock; left out by programs before. */
    readonly madeAt?: number;
  }[];
}

const KEY_BYTES = 32;

/** Name of the ring that holds the local data keys. */
const DATA_RING = 'ring';

/** Where a ring lies. */
export const ringPath = (dir: string, name: string = DATA_RING): string => join(dir, `${name}.json`);

/** Keys of one kind, wrapped in one file. Every change is a whole new file that takes the old one's place. */
export class KeyRing {
  readonly #dir: string;
  readonly #name: string;
  readonly #wrap: KeyWrap;
  readonly #random: Random;
  readonly #clock: Clock;

  /**
   * @param options.dir folder of its own, made when missing
   * @param options.name which ring of the folder; that of the local data keys unless told
   */
  constructor(options: {
    readonly dir: string;
    readonly name?: string;
    readonly wrap: KeyWrap;
    readonly random: Random;
    readonly clock: Clock;
  }) {
    this.#dir = options.dir;
    this.#name = options.name ?? DATA_RING;
    this.#wrap = options.wrap;
    this.#random = options.random;
    this.#clock = options.clock;
  }

  /** The keys that are there. */
  read(): Result<LocalKeys, KeyRingError> {
    const file = this.#file();
    if (!file.ok) return file;
    const keys = file.value.keys.map(({ id, wrapped }) => ({ id, bytes: this.#wrap.unwrap(wrapped) }));
    const held = keys.filter((key): key is LocalKey => key.bytes?.length === KEY_BYTES);
    const current = held.find(({ id }) => id === file.value.current);
    if (!current) return err('unreadable');
    return ok({ current, older: held.filter((key) => key !== current) });
  }

  /**
   * Makes a new current key; those that are there become older ones. A ring that cannot be read is moved aside, never
   * deleted. Gives `unreadable` when the new key could not be wrapped or written.
   */
  renew(): Result<LocalKeys, 'unreadable'> {
    const known = this.read();
    const fresh: LocalKey = { id: randomUUID(), bytes: this.#random.bytes(KEY_BYTES) };
    const older = known.ok ? [known.value.current, ...known.value.older] : [];
    const aside = join(this.#dir, `${this.#name}.lost-${stampForName(this.#clock.now())}.json`);
    try {
      const moved = !known.ok && existsSync(this.#path);
      if (moved) renameSync(this.#path, aside);
      const written = this.#write({ current: fresh, older });
      // Whoever brings the lost key back looks for the ring in its place.
      if (!written.ok && moved && !existsSync(this.#path)) renameSync(aside, this.#path);
      return written;
    } catch {
      return err('unreadable');
    }
  }

  /** Forgets older keys, once nothing is guarded by them any more. */
  forgetOlder(): Result<LocalKeys, 'unreadable'> {
    const known = this.read();
    if (!known.ok) return err('unreadable');
    return known.value.older.length === 0 ? known : this.#write({ current: known.value.current, older: [] });
  }

  /**
   * When the current key was made, in milliseconds since 1970 on the kiosk's clock of then; for a key of a program before,
   * when the ring was last written. Null when there is no ring.
   */
  madeAt(): number | null {
    const file = this.#file();
    if (!file.ok) return null;
    const { current, keys } = file.value;
    const madeAt = keys.find(({ id }) => id === current)?.madeAt;
    if (typeof madeAt === 'number') return madeAt;
    try {
      return statSync(this.#path).mtimeMs;
    } catch {
      return null;
    }
  }

  get #path(): string {
    return ringPath(this.#dir, this.#name);
  }

  #file(): Result<RingFile, KeyRingError> {
    if (!existsSync(this.#path)) return err('missing');
    try {
      const file = JSON.parse(readWholeFile(this.#path).toString()) as Partial<RingFile>;
      const good = file.format === 1 && typeof file.current === 'string' && Array.isArray(file.keys);
      return good ? ok(file as RingFile) : err('unreadable');
    } catch {
      return err('unreadable');
    }
  }

  #write(keys: LocalKeys): Result<LocalKeys, 'unreadable'> {
    const known = this.#file();
    const before = this.madeAt();
    const madeAt = (id: string): number => {
      if (!known.ok) return this.#clock.now();
      const there = known.value.keys.find((key) => key.id === id);
      return there === undefined ? this.#clock.now() : (there.madeAt ?? before ?? this.#clock.now());
    };
    const wrapped: RingFile['keys'][number][] = [];
    for (const { id, bytes } of [keys.current, ...keys.older]) {
      const text = this.#wrap.wrap(bytes);
      // A key that could not be read again would be a lost one.
      if (text === null || !Buffer.from(this.#wrap.unwrap(text) ?? []).equals(bytes)) return err('unreadable');
      wrapped.push({ id, kind: this.#wrap.kind, wrapped: text, madeAt: madeAt(id) });
    }
    const file: RingFile = { format: 1, current: keys.current.id, keys: wrapped };
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      replaceFile(this.#path, `${JSON.stringify(file)}\n`);
    } catch {
      return err('unreadable');
    }
    return ok(keys);
  }
}

/** Writes a file of the kiosk's own durably in one step: after a death it is the old one or the new one. */
function replaceFile(path: string, content: string | Uint8Array): void {
  const next = `${path}.next`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}

/**
 * Wraps by a key file of 32 bytes. It is made when both it and the rings are missing (`mayMake`); one that is gone while a ring
 * is there is a lost key.
 * @param path the kiosk's own file, or one that the service manager hands over (systemd credentials)
 */
export function fileWrap(path: string, random: Random, mayMake: () => boolean): KeyWrap {
  const master = (): Buffer | null => {
    try {
      if (!existsSync(path)) return mayMake() ? make() : null;
      // Somebody's copy may have opened it to others.
      if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
      const bytes = readWholeFile(path);
      return bytes.length === KEY_BYTES ? bytes : null;
    } catch {
      return null;
    }
  };
  const make = (): Buffer => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const bytes = Buffer.from(random.bytes(KEY_BYTES));
    replaceFile(path, bytes);
    return bytes;
  };
  return {
    kind: 'file',
    wrap: (bytes) => {
      const key = master();
      if (!key) return null;
      const nonce = Buffer.from(random.bytes(12));
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    unwrap: (text) => {
      const key = master();
      const bytes = Buffer.from(text, 'base64url');
      if (!key || bytes.length !== 12 + 16 + KEY_BYTES) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      try {
        return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]));
      } catch {
        return null;
      }
    },
  };
}
