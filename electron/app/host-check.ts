/** Reads a small file of the machine; null when there is none or it may not be read. */
export type ReadText = (path: string) => Promise<string | null>;

/** What the machine below does with the memory of programs. */
export interface HostCheck {
  readonly what: 'swap' | 'core-dumps';
  /** `unknown`: not to be found out here, e.g. on another system than Linux. */
  readonly state: 'good' | 'bad' | 'unknown';
  /** For the log: devices and settings, never anything of a person. */
  readonly detail: string;
}

/** How deep block devices may lie on one another: a volume on a group on an encrypted partition. */
const DEEPEST = 6;

/** Asks the machine whether memory of the kiosk can come to lie on the disk in the clear. */
export async function checkHost(
  read: ReadText,
  deviceOfFile: (path: string) => Promise<string | null>,
): Promise<readonly HostCheck[]> {
  return [await checkSwap(read, deviceOfFile), await checkCoreDumps(read)];
}

/**
 * Swap is off, in memory, or encrypted.
 * @param deviceOfFile `major:minor` of the device that a swap file's file system lies on
 */
async function checkSwap(read: ReadText, deviceOfFile: (path: string) => Promise<string | null>): Promise<HostCheck> {
  const table = await read('/proc/swaps');
  if (table === null) return { what: 'swap', state: 'unknown', detail: '' };
  const areas = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([path]) => path !== undefined && path !== '');
  const clear: string[] = [];
  for (const [path = '', type] of areas) {
    const name = path.startsWith('/dev/') ? path.slice('/dev/'.length) : '';
    const safe =
      type === 'partition' && !name.startsWith('mapper/') && name !== ''
        ? await isSafe(read, `/sys/class/block/${name}`)
        : await isSafeNumber(read, await deviceOfFile(path));
    if (!safe) clear.push(path);
  }
  if (clear.length > 0) return { what: 'swap', state: 'bad', detail: `in the clear: ${clear.join(', ')}` };
  return { what: 'swap', state: 'good', detail: areas.length === 0 ? 'off' : 'encrypted or in memory' };
}

async function isSafeNumber(read: ReadText, number: string | null): Promise<boolean> {
  return number !== null && isSafe(read, `/sys/dev/block/${number}`);
}

/** Whether what is written to a block device is encrypted below, or never leaves memory. */
async function isSafe(read: ReadText, folder: string, depth = 0): Promise<boolean> {
  const uuid = await read(`${folder}/dm/uuid`);
  if (uuid?.startsWith('CRYPT-') === true) return true;
  const backing = await read(`${folder}/backing_dev`);
  if (backing !== null) return backing.trim() === 'none';
  const below = (await read(`${folder}/slaves`))?.split('\n').filter((name) => name !== '') ?? [];
  if (below.length === 0 || depth === DEEPEST) return false;
  for (const name of below) if (!(await isSafe(read, `/sys/class/block/${name}`, depth + 1))) return false;
  return true;
}

/** A program that dies leaves no image of its memory: neither by its limit nor by a collector that asks no limit. */
async function checkCoreDumps(read: ReadText): Promise<HostCheck> {
  const [limits, pattern] = [await read('/proc/self/limits'), await read('/proc/sys/kernel/core_pattern')];
  const soft = /^Max core file size\s+(\S+)/m.exec(limits ?? '')?.[1];
  if (soft === undefined || pattern === null) return { what: 'core-dumps', state: 'unknown', detail: '' };
  const [collector = ''] = pattern.trim().split(' ');
  // The kernel hands an image to a collector whatever the limit says; this one takes none, and systemd's heeds the limit.
  if (collector === '|/bin/false') return { what: 'core-dumps', state: 'good', detail: 'nobody takes them' };
  const heeds = !collector.startsWith('|') || collector.endsWith('/systemd-coredump');
  if (soft === '0' && heeds) return { what: 'core-dumps', state: 'good', detail: 'limit 0' };
  return { what: 'core-dumps', state: 'bad', detail: `limit ${soft}, to ${collector.slice(0, 60)}` };
}
