import { existsSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { LaunchError, say, step } from './progress.ts';
import { run } from './run.ts';

/** What a command needs of the operating system. */
export type Need = 'electron' | 'usb' | 'display' | 'fonts' | 'peripherals' | 'windows' | 'guest' | 'faults' | 'speech';

interface Requirement {
  /** Name of the Debian 12 package; later releases may add `t64`. */
  readonly package: string;
  readonly need: Need;
  readonly present: (libraries: string) => boolean;
}

/** Folders where Debian keeps tools that a plain user's search path leaves out. */
const TOOL_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

function hasTool(name: string): boolean {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path, ...TOOL_FOLDERS].some((folder) => folder !== '' && existsSync(join(folder, name)));
}

function hasChineseFont(): boolean {
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true;
  const list = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8', timeout: 5_000 });
  return list.status === 0 && list.stdout.trim() !== '';
}

function library(packageName: string, soname: string, need: Need): Requirement {
  return { package: packageName, need, present: (libraries) => libraries.includes(`${soname} `) };
}

const REQUIREMENTS: readonly Requirement[] = [
  library('libgtk-3-0', 'libgtk-3.so.0', 'electron'),
  library('libnss3', 'libnss3.so', 'electron'),
  library('libasound2', 'libasound.so.2', 'electron'),
  library('libgbm1', 'libgbm.so.1', 'electron'),
  library('libusb-1.0-0', 'libusb-1.0.so.0', 'usb'),
  { package: 'udev', need: 'usb', present: () => hasTool('udevadm') },
  { package: 'xvfb', need: 'display', present: () => hasTool('Xvfb') },
  { package: 'fonts-noto-cjk', need: 'fonts', present: hasChineseFont },
  { package: 'espeak-ng', need: 'speech', present: () => hasTool('espeak-ng') },
  { package: 'pcscd', need: 'peripherals', present: () => hasTool('pcscd') },
  {
    package: 'vsmartcard-vpcd',
    need: 'peripherals',
    present: () => existsSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so'),
  },
  { package: 'cups-daemon', need: 'peripherals', present: () => hasTool('cupsd') },
  { package: 'cups-client', need: 'peripherals', present: () => hasTool('lpadmin') },
  { package: 'iproute2', need: 'peripherals', present: () => hasTool('ip') },
  { package: 'wine64', need: 'windows', present: () => existsSync('/usr/lib/wine/wine64') },
  {
    package: 'gcc-mingw-w64-x86-64-win32',
    need: 'windows',
    present: () => hasTool('x86_64-w64-mingw32-gcc-win32'),
  },
  { package: 'strace', need: 'faults', present: () => hasTool('strace') },
  { package: 'qemu-system-x86', need: 'guest', present: () => hasTool('qemu-system-x86_64') },
  { package: 'busybox-static', need: 'guest', present: () => hasTool('busybox') },
];

/** Whether there is a screen to draw on. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** The Debian packages among the needed ones that are not there; empty on other systems than Linux. */
export function missingPackages(needs: readonly Need[]): string[] {
  if (process.platform !== 'linux') return [];
  const ldconfig = TOOL_FOLDERS.map((folder) => join(folder, 'ldconfig')).find(existsSync);
  const libraries = ldconfig === undefined ? '' : execFileSync(ldconfig, ['-p'], { encoding: 'utf8' });
  return REQUIREMENTS.filter((one) => needs.includes(one.need) && !one.present(libraries)).map((one) => one.package);
}

/** The name under which this release has the package: Debian 13 and Ubuntu 24.04 renamed some to `NAMEt64`. */
function nameHere(name: string): string {
  const renamed = `${name}t64`;
  const known = spawnSync('apt-cache', ['show', '--no-all-versions', renamed], { encoding: 'utf8' });
  return known.status === 0 && known.stdout.includes(`Package: ${renamed}`) ? renamed : name;
}

async function aptGet(title: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  return step(title, async () => (await run('apt-get', [...options, ...args], { output: 'stderr', env })).code);
}

/**
 * Makes sure that the system has what is needed: installs it where it may (root on Debian or Ubuntu).
 * @throws LaunchError with the exact command to type where it may not or cannot
 */
export async function ensureSystemPackages(needs: readonly Need[]): Promise<void> {
  const missing = missingPackages(needs);
  if (missing.length === 0) return;
  const byHand = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!hasTool('apt-get')) {
    throw new LaunchError(
      `This system lacks what these Debian packages hold; install the same here: ${missing.join(' ')}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new LaunchError(`System packages are missing. Type this, then start again:\n  sudo ${byHand}`);
  }
  say(`Missing system packages: ${missing.join(' ')}`);
  const updated = await aptGet('Refreshing the list of system packages', ['update']);
  if (updated !== 0) say('The list could not be refreshed; trying with the one at hand.');
  const names = missing.map(nameHere);
  const code = await aptGet(`Installing ${names.join(' ')}`, ['install', '-y', '--no-install-recommends', ...names]);
  const still = missingPackages(needs);
  if (code !== 0 || still.length > 0) {
    throw new LaunchError(`Could not install ${still.join(' ')} (apt-get ended with ${code}). Type:\n  ${byHand}`);
  }
}
