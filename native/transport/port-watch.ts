import { existsSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { PortWatch, PortWatching } from '../model/transport.ts';
import { parseAddress } from './address.ts';

/** Where a port appears: a folder to watch, and which names in it count. */
interface Place {
  readonly folder: string;
  readonly counts: (name: string) => boolean;
}

/**
 * Watches the folder in which the port of an address appears, by the file system's own events: nothing is polled and
 * nothing runs while nothing happens. Signs may be missed (another file system, Windows), so whoever waits for a port
 * tries again after a while in any case.
 * @param options.devDir folder of the device nodes
 */
export function portWatch(options: { readonly devDir: string } = { devDir: '/dev' }): PortWatch {
  return (address) => {
    const changed = new AbortController();
    const place = placeOf(address, options.devDir);
    const watcher = place ? startWatching(place, () => changed.abort()) : null;
    return {
      changed: changed.signal,
      stop: () => watcher?.close(),
    } satisfies PortWatching;
  };
}

/** Watches the ports of this machine. */
export const watchSystemPorts: PortWatch = portWatch();

function placeOf(text: string, devDir: string): Place | null {
  const address = parseAddress(text);
  if (!address.ok) return null;
  const { value } = address;
  switch (value.scheme) {
    case 'serial':
      return value.path.startsWith('/') ? existingPlace(value.path) : null;
    case 'serial+usb':
      // Device nodes are put beside each other; which of them is the wanted one is seen when it is opened.
      return place(devDir, (name) => /^(?:tty|cu\.)/u.test(name));
    case 'hid':
      if (value.path !== null) return value.path.startsWith('/') ? existingPlace(value.path) : null;
      return place(devDir, (name) => name.startsWith('hidraw'));
    default:
      return null;
  }
}

/** The nearest folder above a path that is there now: folders such as /dev/serial come and go with their devices. */
function existingPlace(path: string): Place | null {
  let below = path;
  for (let folder = dirname(path); folder !== below; folder = dirname(folder)) {
    const wanted = basename(below);
    if (existsSync(folder)) return place(folder, (name) => name === wanted);
    below = folder;
  }
  return place(below, () => true);
}

function place(folder: string, counts: Place['counts']): Place {
  return { folder, counts };
}

function startWatching({ folder, counts }: Place, tell: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      // Without a name it may be any.
      if (name === null || counts(name)) tell();
    });
    // The folder may be removed under the watch, or the system be out of watches: the next try comes by time then.
    watcher.on('error', () => undefined);
    return watcher;
  } catch {
    return null;
  }
}
