import type { KeyReport, LocalKeys, LogPort, StoreError, StorePort } from '../services/ports.ts';
import type { KeyRoom } from '../services/upkeep.ts';
import { KeyRing, type KeyWrap } from '../store/index.ts';
import type { Settings } from './settings.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, type Result } from '../../native/model/result.ts';

export interface KioskKeysOptions {
  /** Folder of the key ring. */
  readonly dir: string;
  readonly wrap: KeyWrap;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
}

/**
 * The local data keys of a running kiosk: what must be readable here (locker lists, answers kept for the main process) is
 * guarded by them. A key is made by itself only where nothing is guarded yet; one that is gone is said, and people decide.
 */
export class KioskKeys {
  readonly #ring: KeyRing;
  readonly #log: LogPort;
  #keys: LocalKeys | null;
  #state: KeyReport['state'] = 'none';

  constructor(options: KioskKeysOptions) {
    this.#log = options.log;
    this.#ring = new KeyRing(options);
    const read = this.#ring.read();
    this.#keys = read.ok ? read.value : null;
    if (!read.ok && read.error === 'unreadable') this.#log.event('error', 'local-key-unreadable');
  }

  /** The keys as they are now, for every store process that is started. */
  get current(): LocalKeys | null {
    return this.#keys;
  }

  /** When the current key was made, in milliseconds since 1970; null when there is none. */
  get madeAt(): number | null {
    return this.#ring.madeAt();
  }

  /** Whether locker lists can be read. */
  get state(): KeyReport['state'] {
    return this.#state;
  }

  /** Looks at a store that was just opened: makes the first key, forgets keys that are not needed, says when one is lost. */
  async settle(store: StorePort): Promise<void> {
    const report = await store.keyReport();
    if (!report.ok) return this.#log.event('error', 'local-key-unknown', { code: report.error.code });
    this.#state = report.value.state;
    if (report.value.state === 'lost') {
      // Another key than the rows' may be there: it must not be used as if nothing had happened.
      return this.#log.event('error', 'local-key-lost', { key: report.value.keyId });
    }
    if (report.value.state === 'held') return this.#forgetOlder();
    // Nothing is guarded here yet, so nothing is lost by a new one.
    const made = await this.#renew(store, false);
    if (!made.ok) this.#log.event('error', 'local-key-not-made', { code: made.error.code, detail: made.error.detail });
  }

  /** Guards everything by a new key. The old one is forgotten once nothing needs it. */
  async rotate(store: StorePort): Promise<Result<KeyReport, StoreError>> {
    if (this.#state === 'lost') return err({ code: 'conflict', detail: 'key-lost' });
    const rotated = await this.#renew(store, false);
    if (rotated.ok) this.#forgetOlder();
    return rotated;
  }

  /**
   * Begins afresh after a key was lost, because people decided so: locker contents come again from the platform, how far
   * each pick-up got is kept.
   */
  async renewLost(store: StorePort): Promise<Result<KeyReport, StoreError>> {
    if (this.#state !== 'lost') return err({ code: 'conflict', detail: 'key-not-lost' });
    return this.#renew(store, true);
  }

  async #renew(store: StorePort, abandon: boolean): Promise<Result<KeyReport, StoreError>> {
    const made = this.#ring.renew();
    if (!made.ok) return err({ code: 'unavailable', detail: 'the key could not be wrapped or written' });
    // Held before it is used: a store process that dies in between is started with both.
    this.#keys = made.value;
    const report = await store.rekey(made.value, abandon);
    if (report.ok) {
      this.#state = report.value.state;
      this.#log.event('info', 'local-key-in-use', { key: report.value.keyId });
    }
    return report;
  }

  #forgetOlder(): void {
    if (this.#keys === null || this.#keys.older.length === 0) return;
    const kept = this.#ring.forgetOlder();
    if (kept.ok) this.#keys = kept.value;
  }
}

/** Both kinds of key as the technician works on them. */
export function keyRoom(parts: {
  readonly keys: KioskKeys;
  readonly settings: Settings;
  readonly store: StorePort;
  readonly clock: Clock;
}): KeyRoom {
  const { keys, settings, store, clock } = parts;
  return {
    madeAt: () => keys.madeAt,
    settings: () => settings.standing(),
    rotate: async () => {
      const rotated = await settings.rotateKey();
      // Closed credentials are told beside it; they are no reason to keep an old key over the locker lists.
      if (!rotated.ok && rotated.error !== 'settings-key-lost') return err({ code: 'conflict', detail: rotated.error });
      if (rotated.ok) {
        const at = clock.now();
        const noted = await store.audit({ at, who: 'kiosk', what: 'settings-key-in-use', detail: rotated.value });
        if (!noted.ok) return noted;
      }
      return keys.rotate(store);
    },
    renewLost: () => keys.renewLost(store),
  };
}
