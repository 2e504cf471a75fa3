import { join } from 'node:path';
import type { LogPort, StorePort } from '../services/ports.ts';
import type { CopyPlaces, TakeOverPlaces } from '../services/upkeep.ts';
import { copiesIn, isEmptyStore, putBy, putByName, type TakenOver } from '../store/index.ts';
import type { Clock } from '../../native/model/clock.ts';

/** Folder of the data folder for a copy that the next start takes over. */
export const takeOverFolder = (dataDir: string): string => join(dataDir, 'take-over');

/**
 * Where copies come from, and the one that is put by.
 * @param taken what this start took over
 */
export function takeOverPlaces(dataDir: string, places: CopyPlaces, taken: TakenOver | null): TakeOverPlaces {
  const [store, folder] = [join(dataDir, 'store'), takeOverFolder(dataDir)];
  return {
    copies: async () => (await Promise.all((await places.find()).map(copiesIn))).flat().slice(0, 20),
    isEmpty: () => isEmptyStore(store),
    waiting: () => putByName(folder),
    taken: () => {
      if (taken === null) return null;
      const { name, outcome } = taken;
      return outcome.ok
        ? { name, entries: outcome.value.entries, code: null }
        : { name, entries: 0, code: outcome.error.code };
    },
    putBy: (file) => putBy(file, folder),
  };
}

/** What a queue that was put by came to: on record, and in the log. */
export async function tellTakenOver(
  { name, outcome }: TakenOver,
  store: StorePort,
  clock: Clock,
  log: LogPort,
): Promise<void> {
  const what = outcome.ok ? 'queue-taken-over' : 'queue-not-taken-over';
  const came = outcome.ok ? `${outcome.value.entries} entries` : `${outcome.error.code} ${outcome.error.detail}`;
  log.event(outcome.ok ? 'warn' : 'error', what, { detail: came });
  const noted = await store.audit({ at: clock.now(), who: 'kiosk', what, detail: `${name} ${came}` });
  if (!noted.ok) log.event('error', 'audit-not-written', { code: noted.error.code });
}
