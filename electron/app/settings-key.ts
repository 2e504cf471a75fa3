import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalKeys } from '../services/ports.ts';
import { fileWrap, KeyRing, ringPath, type KeyRingError, type KeyWrap } from '../store/index.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import type { SettingsKeys } from './config/config-file.ts';

/** Name of the ring of the settings key, beside that of the local data key. */
const SETTINGS_RING = 'settings';

export interface KeyFolder {
  /** Folder of the rings. */
  readonly dir: string;
  readonly wrap: KeyWrap;
  /** From now on a key file that is gone may be made anew, because people gave what the lost one guarded once more. */
  decide(): void;
}

/**
 * What wraps the keys of a kiosk: the system's key store, or a key file. The file is made by itself only where no ring needs
 * the one that is gone.
 * @param keyFile the key file; `master.key` in the folder unless told
 */
export function keyFolder(dir: string, random: Random, wrap?: KeyWrap, keyFile?: string): KeyFolder {
  let decided = false;
  const mayMake = (): boolean => decided || !(existsSync(ringPath(dir)) || existsSync(ringPath(dir, SETTINGS_RING)));
  return {
    dir,
    wrap: wrap ?? fileWrap(keyFile ?? join(dir, 'master.key'), random, mayMake),
    decide: () => (decided = true),
  };
}

/**
 * The key that guards the credentials in the configuration. It is another one than the local data key, because the
 * configuration is read before the store, and because one of them can be lost and begun afresh without the other.
 */
export class SettingsKey implements SettingsKeys {
  readonly #ring: KeyRing;
  readonly random: Random;
  #keys: LocalKeys | null;
  /** Why there are no keys; null when there are. */
  #missing: KeyRingError | null;

  constructor(options: { readonly folder: KeyFolder; readonly clock: Clock; readonly random: Random }) {
    const { folder, clock, random } = options;
    this.random = random;
    this.#ring = new KeyRing({ ...folder, name: SETTINGS_RING, clock, random });
    const read = this.#ring.read();
    this.#keys = read.ok ? read.value : null;
    this.#missing = read.ok ? null : read.error;
  }

  get keys(): LocalKeys | null {
    return this.#keys;
  }

  get missing(): KeyRingError | null {
    return this.#missing;
  }

  get madeAt(): number | null {
    return this.#ring.madeAt();
  }

  /**
   * Makes a new key; the one that is there becomes an older one. Gives its id; null when it could not be wrapped or written:
   * then nothing has changed.
   */
  renew(): string | null {
    const made = this.#ring.renew();
    if (!made.ok) return null;
    this.#keys = made.value;
    this.#missing = null;
    return made.value.current.id;
  }

  /** Forgets older keys, once nothing is sealed under them any more. What cannot be forgotten now is at the next start. */
  forgetOlder(): void {
    if (this.#keys === null || this.#keys.older.length === 0) return;
    const kept = this.#ring.forgetOlder();
    if (kept.ok) this.#keys = kept.value;
  }
}
