import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What `electron/launch/commands/hid.ts` hands over. */
export interface GuestHost {
  /** Folder that outlives a reinstall. */
  readonly cache: string;
  /** The checkout. */
  readonly root: string;
  readonly say: (text: string) => void;
  /** Standard output: JSON lines. */
  readonly report: (line: Readonly<Record<string, unknown>>) => void;
}

/** In the order in which the kernel must get them. */
const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  '9pnet',
  '9pnet_virtio',
  'netfs',
  'fscache',
  '9p',
  'hid',
  'hid-generic',
  'uhid',
] as const;
const MARK = '@hid ';
/** Everything together takes about a minute on a slow machine. */
const LIMIT_MS = 300_000;

/** A step that cannot be taken, with what to do about it. */
export class GuestError extends Error {}

function output(program: string, args: readonly string[], cwd?: string): string {
  const run = spawnSync(program, args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });
  if (run.status === 0) return run.stdout;
  throw new GuestError(`${program} ${args.join(' ')} failed: ${run.error?.message ?? run.stderr.trim()}`);
}

/** The newest kernel package of this release, e.g. `linux-image-6.1.0-56-amd64`. */
function kernelPackage(): string {
  const depends = output('apt-cache', ['depends', 'linux-image-amd64']);
  const name = /Depends: (linux-image-[^\s<]+)/u.exec(depends)?.[1];
  if (name === undefined) throw new GuestError('apt knows no linux-image-amd64 (apt-get update)');
  return name;
}

/** Kernel and modules, unpacked from Debian's package without installing it. */
async function unpackKernel({ cache, say }: GuestHost): Promise<string> {
  const known = (await readdir(cache).catch(() => [])).find((name) => name.startsWith('linux-image-'));
  if (known !== undefined) return join(cache, known);
  const name = kernelPackage();
  const work = join(cache, `.${process.pid}`);
  say(`Fetching ${name} (about 70 MB, only unpacked) ...`);
  await mkdir(work, { recursive: true });
  try {
    output('apt-get', ['download', name], work);
    const deb = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new GuestError(`apt-get download ${name} left no package`);
    output('dpkg-deb', ['-x', deb, 'all'], work);
    await rm(join(work, deb));
    const ready = join(work, 'ready');
    await mkdir(ready);
    const release = name.replace('linux-image-', '');
    await copyFile(join(work, 'all', 'boot', `vmlinuz-${release}`), join(ready, 'vmlinuz'));
    const files = output('find', [join(work, 'all'), '-name', '*.ko*']).split('\n');
    for (const module of MODULES) {
      const file = files.find((path) => new RegExp(`/${module}\\.ko(\\.xz)?$`, 'u').test(path));
      if (file === undefined) throw new GuestError(`${name} has no module ${module}`);
      await copyFile(file, join(ready, file.endsWith('.xz') ? `${module}.ko.xz` : `${module}.ko`));
      if (file.endsWith('.xz')) output('xz', ['-d', join(ready, `${module}.ko.xz`)]);
    }
    await rename(ready, join(cache, name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(cache, name);
}

/** What the guest runs of the checkout. */
const SNAPSHOT = ['native', 'test/hid', 'assets/fonts/receipt-24.bin', 'package.json'] as const;

/** Removes what runs that were killed have left behind. */
async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = Number(/^(?:\.|checkout\.|initramfs\.)(\d+)/u.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !existsSync(`/proc/${pid}`))
      await rm(join(cache, name), { recursive: true, force: true });
  }
}

/** A copy of what the guest runs: a file that somebody saves meanwhile would change under it. */
async function takeSnapshot(host: GuestHost): Promise<string> {
  const copy = join(host.cache, `checkout.${process.pid}`);
  for (const path of SNAPSHOT) await cp(join(host.root, path), join(copy, path), { recursive: true });
  await symlink(join(host.root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** The first program of the guest: modules, the host's files as root (read-only), and the test. */
function initScript(checkout: string, args: readonly string[]): string {
  const guest = join(checkout, 'test', 'hid', 'guest.ts');
  const words = [process.execPath, guest, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  return `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /r
${MODULES.map((module) => `/bin/busybox insmod /modules/${module}.ko`).join('\n')}
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=loose,ro root /r || echo '${MARK}{"failed":"9p"}'
/bin/busybox mount -t proc proc /r/proc
/bin/busybox mount -t sysfs sysfs /r/sys
/bin/busybox mount -t devtmpfs devtmpfs /r/dev
/bin/busybox mount -t tmpfs tmpfs /r/run
/bin/busybox mount -t tmpfs tmpfs /r/tmp
/bin/busybox chroot /r /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp ${words.join(' ')}
/bin/busybox poweroff -f
`;
}

/** busybox, the modules and the first program, packed as the kernel wants it. */
async function packInitramfs(
  host: GuestHost,
  kernel: string,
  checkout: string,
  args: readonly string[],
): Promise<string> {
  const tree = join(host.cache, `initramfs.${process.pid}`);
  const image = join(host.cache, `initramfs.${process.pid}.gz`);
  try {
    await mkdir(join(tree, 'bin'), { recursive: true });
    const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
    if (busybox === undefined) throw new GuestError('busybox is missing (package busybox-static)');
    await copyFile(busybox, join(tree, 'bin', 'busybox'));
    await cp(kernel, join(tree, 'modules'), { recursive: true, filter: (path) => !path.endsWith('vmlinuz') });
    await writeFile(join(tree, 'init'), initScript(checkout, args));
    await chmod(join(tree, 'init'), 0o755);
    const names = output('find', ['.'], tree);
    const packed = spawnSync(busybox, ['cpio', '-o', '-H', 'newc'], {
      cwd: tree,
      input: names,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (packed.status !== 0) throw new GuestError(`cpio failed: ${packed.stderr.toString('utf8')}`);
    await writeFile(image, gzipSync(packed.stdout));
    return image;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

/**
 * Boots the guest and passes on what it tells.
 * @returns the exit code: 0 when everything passed
 */
export async function runGuest(host: GuestHost, args: readonly string[]): Promise<number> {
  const started = performance.now();
  await mkdir(host.cache, { recursive: true });
  await sweep(host.cache);
  const kernel = await unpackKernel(host);
  const checkout = await takeSnapshot(host);
  const image = await packInitramfs(host, kernel, checkout, args);
  const failures: string[] = [];
  const counts = { passed: 0, failed: 0, checks: 0 };
  /** The slowest of all subjects, in milliseconds: noticing an unplug, being ready after the replug. */
  const slowest = { lostMs: 0, readyMs: 0 };
  let done = false;
  let log = '';
  let rest = '';
  const line = (text: string): void => {
    const at = text.indexOf(MARK);
    if (at === -1) {
      log = `${log}${text}\n`.slice(-20_000);
      return;
    }
    const told = parsed(text.slice(at + MARK.length));
    if (told === null) {
      // A kernel message has broken into the line: the counts at the end tell what is missing.
      log = `${log}${text}\n`.slice(-20_000);
      return;
    }
    if (told['done'] === true) {
      done = true;
      Object.assign(counts, { passed: told['passed'], failed: told['failed'], checks: told['checks'] });
      return;
    }
    const { kind, subject, passed, ms, message, lostMs, readyMs } = told;
    slowest.lostMs = Math.max(slowest.lostMs, Number(lostMs ?? 0));
    slowest.readyMs = Math.max(slowest.readyMs, Number(readyMs ?? 0));
    host.say(`${passed === true ? 'passed' : 'FAILED'}  ${String(kind)}: ${String(subject)} (${String(ms)} ms)`);
    if (passed !== true) {
      host.say(`        ${String(message)}`);
      failures.push(`${String(kind)}: ${String(subject)}: ${String(message)}`);
    }
    host.report(told);
  };
  host.say('Booting a guest (QEMU, no acceleration needed) ...');
  try {
    const guest = spawn('qemu-system-x86_64', [
      // A /dev/kvm that can be opened need not be able to run a guest. Without memory keys (pku): V8 fails over emulated ones.
      ...['-accel', 'tcg', '-cpu', 'max,-pku', '-m', '1024', '-smp', '2', '-nodefaults', '-no-reboot'],
      ...['-display', 'none', '-serial', 'stdio', '-nic', 'none'],
      ...['-kernel', join(kernel, 'vmlinuz'), '-initrd', image],
      ...['-virtfs', 'local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap'],
      ...['-append', 'console=ttyS0 quiet panic=-1'],
    ]);
    guest.stdin.end();
    guest.stderr.on('data', (part: Buffer) => {
      log = `${log}${part.toString('utf8')}`.slice(-20_000);
    });
    guest.stdout.setEncoding('utf8');
    guest.stdout.on('data', (part: string) => {
      const lines = `${rest}${part}`.split(/\r?\n/u);
      rest = lines.pop() ?? '';
      for (const one of lines) line(one);
    });
    const stop = (): void => void guest.kill('SIGKILL');
    const timer = setTimeout(stop, LIMIT_MS);
    process.once('exit', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        guest.once('error', reject);
        guest.once('close', () => resolve());
      });
    } finally {
      clearTimeout(timer);
      process.off('exit', stop);
    }
  } finally {
    await rm(image, { force: true });
    await rm(checkout, { recursive: true, force: true });
  }
  const passed = done && counts.failed === 0 && counts.passed > 0;
  if (!done) {
    failures.push('the guest ended before its tests did');
    host.say(log);
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  host.report({
    passed,
    tried: counts.passed + counts.failed,
    failed: counts.failed,
    checks: counts.checks,
    ...slowest,
    seconds,
    kernel: basename(kernel),
    failures,
  });
  return passed ? 0 : 1;
}
