import { closeSync, readdirSync, readlinkSync } from 'node:fs';

const FOLDER = '/proc/self/fd';

/** Descriptors of this process that lead to /dev/null; none where the system does not list them. */
function nullDescriptors(): ReadonlySet<number> {
  const found = new Set<number>();
  try {
    for (const name of readdirSync(FOLDER)) {
      try {
        if (readlinkSync(`${FOLDER}/${name}`) === '/dev/null') found.add(Number(name));
      } catch {
        // Closed since the folder was read, like the one that it was read by.
      }
    }
  } catch {
    // Not Linux.
  }
  return found;
}

/**
 * Starts something that leaves descriptors of /dev/null open in this process, as Electron does with each utility process (for
 * its standard input): one a visit, until none is left. Gives what was started and the way to close what it left, to be
 * called once it runs.
 */
export function startAndTidy<T>(start: () => T): readonly [started: T, tidy: () => void] {
  const before = nullDescriptors();
  const started = start();
  const left = [...nullDescriptors()].filter((descriptor) => !before.has(descriptor));
  const tidy = (): void => {
    const now = nullDescriptors();
    for (const descriptor of left) if (now.has(descriptor)) closeSync(descriptor);
    left.length = 0;
  };
  return [started, tidy];
}
