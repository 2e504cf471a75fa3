import { execFileSync } from 'node:child_process';
import { close, readdirSync, write } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport, TransportError } from '../model/transport.ts';
import { openSerial, openError } from './serial.ts';

interface Pty {
  readonly path: string;
  onBytes(listener: (bytes: Buffer) => void): void;
  send(bytes: Uint8Array): Promise<void>;
  unplug(): Promise<void>;
}

const require = createRequire(import.meta.url);
const ptyPackage = `@lydell/node-pty-${process.platform}-${process.arch}/pty.node`;
const onLinux = process.platform === 'linux';

function openPty(): Pty {
  const native = require(ptyPackage) as {
    open(columns: number, rows: number): { master: number; slave: number; pty: string };
  };
  const { master, slave, pty } = native.open(80, 24);
  execFileSync('stty', ['-F', pty, 'raw', '-echo']);
  const reader = new ReadStream(master);
  reader.on('error', () => undefined);
  let listener: (bytes: Buffer) => void = () => undefined;
  reader.on('data', (bytes: Buffer) => listener(bytes));
  let unplugged = false;
  return {
    path: pty,
    onBytes: (own) => {
      listener = own;
    },
    send: (bytes) =>
      new Promise((resolve, reject) => {
        const attempt = (rest: Uint8Array): void =>
          write(master, rest, (error, written) => {
            if (error?.code === 'EAGAIN') setTimeout(() => attempt(rest), 1);
            else if (error) reject(error);
            else if (written < rest.length) attempt(rest.subarray(written));
            else resolve();
          });
        attempt(bytes);
      }),
    unplug: () =>
      new Promise((resolve) => {
        if (unplugged) {
          resolve();
          return;
        }
        unplugged = true;
        reader.once('close', () => close(slave, () => resolve()));
        reader.destroy();
      }),
  };
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

async function open(path: string): Promise<Transport> {
  const opened = await openSerial({ scheme: 'serial', path, baud: 115_200 });
  if (!opened.ok) throw new Error(opened.error.detail);
  return opened.value;
}

function closedOf(transport: Transport): Promise<TransportError | null> {
  return new Promise((resolve) => transport.onClosed(resolve));
}

describe.runIf(onLinux)('serial transport on a pseudo-terminal', () => {
  const ptys: Pty[] = [];
  const made = (): Pty => {
    const pty = openPty();
    ptys.push(pty);
    return pty;
  };
  afterEach(async () => {
    await Promise.all(ptys.splice(0).map((pty) => pty.unplug()));
  });

  it('carries all byte values both ways', async () => {
    const pty = made();
    const transport = await open(pty.path);
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const toDevice: number[] = [];
    const arrived = new Promise<void>((resolve) =>
      pty.onBytes((bytes) => {
        toDevice.push(...bytes);
        if (toDevice.length >= 256) resolve();
      }),
    );
    expect(await transport.write(all)).toEqual({ ok: true, value: undefined });
    await arrived;
    expect(Uint8Array.from(toDevice)).toEqual(all);
    const toHost: number[] = [];
    const back = new Promise<void>((resolve) =>
      transport.onData((bytes) => {
        toHost.push(...bytes);
        if (toHost.length >= 256) resolve();
      }),
    );
    await pty.send(all);
    await back;
    expect(Uint8Array.from(toHost)).toEqual(all);
    expect(transport.baud).toBe(115_200);
    expect(transport.address).toBe(`serial://${pty.path}?baud=115200`);
    await transport.close();
  });

  it('is exclusive, and free again after close', async () => {
    const pty = made();
    const first = await open(pty.path);
    const second = await openSerial({ scheme: 'serial', path: pty.path, baud: 115_200 });
    expect(second).toMatchObject({ ok: false, error: { code: 'busy' } });
    const closed = closedOf(first);
    await first.close();
    await first.close();
    expect(await closed).toBeNull();
    expect(await first.write(Uint8Array.of(1))).toMatchObject({ ok: false, error: { code: 'lost' } });
    const third = await open(pty.path);
    await third.close();
  });

  it('says not-found for a port that is not there', async () => {
    const result = await openSerial({ scheme: 'serial', path: '/dev/hall24-none', baud: 9600 });
    expect(result).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('notices 30 unplugs within a second each, opens again after replug, and leaks no descriptor', async () => {
    const warm = made();
    await (await open(warm.path)).close();
    await warm.unplug();
    const before = descriptors();
    for (let cycle = 0; cycle < 30; cycle += 1) {
      const pty = openPty();
      const transport = await open(pty.path);
      const closed = closedOf(transport);
      // Unplug at different moments: idle, with a write under way, with data coming in; right after opening it is the
      // watch that notices, because serialport then reads nothing for ever.
      if (cycle % 6 !== 0) await new Promise((resolve) => setTimeout(resolve, 15));
      const writing = cycle % 3 === 1 ? transport.write(new Uint8Array(64)) : null;
      if (cycle % 3 === 2) await pty.send(new Uint8Array(100));
      const started = performance.now();
      await pty.unplug();
      expect(await closed).toMatchObject({ code: 'lost' });
      expect(performance.now() - started).toBeLessThan(1_000);
      await writing;
      await transport.close();
    }
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  it('gives up on a write that the port does not take', async () => {
    // Flow control by XOFF stops the line, so its buffer fills up.
    const stuck = made();
    const blocked = await openSerial({ scheme: 'serial', path: stuck.path, baud: 4_000_000 }, { writeGraceMs: 50 });
    if (!blocked.ok) throw new Error(blocked.error.detail);
    execFileSync('stty', ['-F', stuck.path, 'ixon']);
    await stuck.send(Uint8Array.of(0x13));
    const result = await blocked.value.write(new Uint8Array(200_000));
    expect(result).toMatchObject({ ok: false, error: { code: 'io' } });
    await blocked.value.close();
  });
});

describe('what the operating system says', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'not-found'],
    ['Error Resource temporarily unavailable Cannot lock port', 'busy'],
    ['Error: Permission denied, cannot open /dev/ttyS0', 'denied'],
    ['Opening COM3: Access denied', 'denied'],
    ['Opening COM9: File not found', 'not-found'],
    ['something else', 'io'],
  ])('%s -> %s', (text, code) => {
    expect(openError(new Error(text)).code).toBe(code);
  });
});
