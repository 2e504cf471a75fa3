import type { ItemPack } from '../../domain/item-pack.ts';
import type { Heartbeat } from '../../platform-api/messages.ts';
import type { LocalKeys, LogPort, StorePort, SyncPort } from '../../services/ports.ts';
import { openStore, type OpenError, type OpenReport, type StoreHealth } from '../../store/index.ts';
import { startSync, type RunningSync } from '../../sync/index.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import { ok, type Result } from '../../../native/model/result.ts';

/** What the queue (store and sync) is opened with. */
export interface QueueOptions {
  /** Folder of the store. */
  readonly dir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** Local data keys as they are now; null while there are none. Asked again for every process that is started. */
  readonly keys?: () => LocalKeys | null;
}

/** What the sync needs to know of the kiosk. */
export interface SyncSettings {
  readonly baseUrl: string;
  readonly token: string;
  readonly kioskCode: string;
  readonly version: string;
  /** What is wrong with the configuration's credentials; left out when nothing is. */
  readonly settings?: NonNullable<Heartbeat['settings']>;
  /** Milliseconds between two heartbeats. */
  readonly heartbeatMs?: number;
  readonly deviceReport: () => Heartbeat['devices'];
  readonly catalogueVersion: () => number;
  readonly onCatalogue: (version: number, items: readonly ItemPack[]) => void;
}

/** Store and sync, wherever they run. */
export interface QueueHost {
  readonly store: StorePort;
  readonly report: OpenReport;
  /** Room on the disk as last seen; cheap. */
  health(): StoreHealth;
  /** Once; give it back by its `stop`. */
  startSync(settings: SyncSettings): SyncPort & RunningSync;
  /** Stops the sync if it runs and closes the store. Never rejects. */
  stop(): Promise<void>;
}

/** Opens the queue: in this process, or in one of its own. */
export type OpenQueue = (options: QueueOptions) => Promise<Result<QueueHost, OpenError>>;

/** Store and sync in this very process: for tests, tools and the simulation. */
export const openInProcess: OpenQueue = (options) => {
  const { keys: heldKeys, ...rest } = options;
  const keys = heldKeys?.() ?? null;
  const opened = openStore({ ...rest, ...(keys ? { keys } : {}) });
  if (!opened.ok) return Promise.resolve(opened);
  const { store, report } = opened.value;
  const check = opened.value.startCheck(options.clock, (found) =>
    options.log.event('info', 'store-checked', { ...found }),
  );
  return Promise.resolve(
    ok({
      store,
      report,
      health: () => opened.value.storeHealth(),
      startSync: (settings) => startSync({ ...options, ...settings, store }),
      stop: async () => {
        await check.stop();
        await store.close();
      },
    }),
  );
};
