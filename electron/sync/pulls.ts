import type { ItemPack } from '../domain/item-pack.ts';
import { ItemPackSchema } from '../platform-api/item-pack-schema.ts';
import type { HeartbeatAnswer } from '../platform-api/messages.ts';
import type { LogPort, StorePort } from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { Call } from './platform-client.ts';
import { isUsableKey } from './sealer.ts';

export interface PullsOptions {
  readonly store: StorePort;
  readonly call: Call;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly kioskCode: string;
  /** Milliseconds since 1970 on the platform's clock. */
  readonly now: () => number;
  /** Version of the catalogue in use. */
  readonly catalogueVersion: () => number;
  /** A newer catalogue, checked and stored. */
  readonly onCatalogue: (version: number, items: readonly ItemPack[]) => void;
}

/** How often sealing keys are asked for, in milliseconds; their document has no version. */
const KEYS_EVERY_MS = 60 * 60_000;
/** A person with a code waits for this answer, in milliseconds. */
const REFRESH_DEADLINE_MS = 4_000;

/**
 * What the kiosk takes from the platform: catalogue, announced pick-ups, sealing keys. Each is checked as a whole before
 * it replaces what is there; one that fails leaves the old in force. Called after every heartbeat that was answered.
 */
export class Pulls {
  readonly #options: PullsOptions;
  /** Versions of the platform that were taken or found wrong; not asked for again. */
  #catalogueSeen: number | null = null;
  #pickupsSeen: number | null = null;
  #keysAt: number | null = null;

  constructor(options: PullsOptions) {
    this.#options = options;
  }

  async after(heartbeat: HeartbeatAnswer): Promise<void> {
    await this.#keys();
    if (heartbeat.pickupsVersion !== this.#pickupsSeen) await this.#pickups();
    const { catalogueVersion } = heartbeat;
    if (catalogueVersion !== this.#catalogueSeen && catalogueVersion > this.#options.catalogueVersion()) {
      await this.#catalogue();
    }
  }

  /** Takes the announced pick-ups now; gives up quietly when the platform does not answer in time. */
  refreshPickups(): Promise<void> {
    return this.#pickups(REFRESH_DEADLINE_MS);
  }

  async #keys(): Promise<void> {
    const { store, call, clock, log } = this.#options;
    if (this.#keysAt !== null && clock.monotonic() - this.#keysAt < KEYS_EVERY_MS) return;
    const answer = await call('getSealingKeys');
    if (!answer.ok) return;
    const [key] = answer.value.keys;
    this.#keysAt = clock.monotonic();
    if (!key || !isUsableKey(key, this.#options.now())) {
      log.event('error', 'sealing-key-unusable', { kid: key?.kid ?? '' });
      return;
    }
    const saved = await store.saveSealingKey(key);
    if (!saved.ok) this.#keysAt = null;
  }

  async #pickups(deadlineMs?: number): Promise<void> {
    const { store, call, log, kioskCode } = this.#options;
    const answer = await call('getPickups', {
      parameters: { kioskCode },
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
    if (!answer.ok) return;
    const taken = await store.announcePickups(answer.value);
    if (!taken.ok) {
      log.event('error', 'pickups-not-stored', { code: taken.error.code });
      return;
    }
    this.#pickupsSeen = answer.value.version;
    log.event('info', 'pickups-taken', { version: answer.value.version, count: answer.value.pickups.length });
  }

  async #catalogue(): Promise<void> {
    const { store, call, log } = this.#options;
    const answer = await call('getCatalogue');
    if (!answer.ok) return;
    const { version } = answer.value;
    const items: ItemPack[] = [];
    for (const raw of answer.value.items) {
      const item = ItemPackSchema.safeParse(raw);
      if (item.success) items.push(item.data);
    }
    if (items.length === 0 || items.length < answer.value.items.length) {
      log.event('error', 'catalogue-refused', { version, wrong: answer.value.items.length - items.length });
      this.#catalogueSeen = version;
      return;
    }
    const saved = await store.saveCatalogue(version, items);
    if (!saved.ok) {
      log.event('error', 'catalogue-not-stored', { code: saved.error.code });
      return;
    }
    this.#catalogueSeen = version;
    this.#options.onCatalogue(version, items);
  }
}
