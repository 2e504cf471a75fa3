import { describe, expect, it } from 'vitest';
import { checkHost, type HostCheck } from './host-check.ts';

const HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const LIMITS = (core: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax core file size        ${core}                    0                    bytes\n`;
const DEBIAN = { '/proc/swaps': HEAD, '/proc/self/limits': LIMITS('0'), '/proc/sys/kernel/core_pattern': 'core\n' };

async function state(
  what: HostCheck['what'],
  files: Readonly<Record<string, string>>,
  numbers: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const all: Readonly<Record<string, string>> = { ...DEBIAN, ...files };
  const checks = await checkHost(
    async (path) => all[path] ?? null,
    async (path) => numbers[path] ?? null,
  );
  return checks.find((check) => check.what === what)?.state;
}

const swaps = (path: string, type: 'partition' | 'file'): string => `${HEAD}${path}  ${type}\t\t8388604\t\t0\t\t-2\n`;

describe('what the machine does with memory', () => {
  it.each<[string, string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['good', 'no swap', {}, {}],
    ['bad', 'a partition', { '/proc/swaps': swaps('/dev/sda2', 'partition') }, {}],
    [
      'good',
      'an encrypted partition',
      { '/proc/swaps': swaps('/dev/dm-1', 'partition'), '/sys/class/block/dm-1/dm/uuid': 'CRYPT-PLAIN-swap\n' },
      {},
    ],
    [
      'good',
      'a volume on an encrypted disk',
      {
        '/proc/swaps': swaps('/dev/dm-1', 'partition'),
        '/sys/class/block/dm-1/dm/uuid': 'LVM-abc\n',
        '/sys/class/block/dm-1/slaves': 'dm-0\n',
        '/sys/class/block/dm-0/dm/uuid': 'CRYPT-LUKS2-abc\n',
      },
      {},
    ],
    [
      'bad',
      'a volume of which one half is not encrypted',
      {
        '/proc/swaps': swaps('/dev/dm-1', 'partition'),
        '/sys/class/block/dm-1/dm/uuid': 'LVM-abc\n',
        '/sys/class/block/dm-1/slaves': 'dm-0\nsda3\n',
        '/sys/class/block/dm-0/dm/uuid': 'CRYPT-LUKS2-abc\n',
      },
      {},
    ],
    [
      'good',
      'compressed memory',
      { '/proc/swaps': swaps('/dev/zram0', 'partition'), '/sys/class/block/zram0/backing_dev': 'none\n' },
      {},
    ],
    [
      'bad',
      'compressed memory that spills onto a disk',
      { '/proc/swaps': swaps('/dev/zram0', 'partition'), '/sys/class/block/zram0/backing_dev': '/dev/sda5\n' },
      {},
    ],
    ['bad', 'a file that nobody knows the disk of', { '/proc/swaps': swaps('/swapfile', 'file') }, {}],
    [
      'good',
      'a file on an encrypted disk',
      { '/proc/swaps': swaps('/swapfile', 'file'), '/sys/dev/block/253:0/dm/uuid': 'CRYPT-LUKS2-abc\n' },
      { '/swapfile': '253:0' },
    ],
  ])('swap is %s: %s', async (wanted, _what, files, numbers) => {
    expect(await state('swap', files, numbers)).toBe(wanted);
  });

  it.each([
    ['good', '0', 'core'],
    ['bad', 'unlimited', 'core'],
    ['good', '0', '|/lib/systemd/systemd-coredump %P %u'],
    ['bad', 'unlimited', '|/lib/systemd/systemd-coredump %P %u'],
    ['bad', '0', '|/usr/share/apport/apport -p%p'],
    ['good', 'unlimited', '|/bin/false'],
  ])('core dumps are %s with the limit %s and the pattern %s', async (wanted, limit, pattern) => {
    const files = { '/proc/self/limits': LIMITS(limit), '/proc/sys/kernel/core_pattern': `${pattern}\n` };
    expect(await state('core-dumps', files)).toBe(wanted);
  });

  it('says that it does not know on another system', async () => {
    const checks = await checkHost(
      async () => null,
      async () => null,
    );
    expect(checks.map((check) => check.state)).toEqual(['unknown', 'unknown']);
  });
});
