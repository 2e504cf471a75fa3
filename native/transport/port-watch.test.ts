import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portWatch } from './port-watch.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'h24-dev-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Resolves at the sign; the test's own limit is the deadline. */
const sign = ({ changed }: { readonly changed: AbortSignal }): Promise<void> =>
  new Promise((resolve) => {
    if (changed.aborted) resolve();
    else changed.addEventListener('abort', () => resolve(), { once: true });
  });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(process.platform === 'linux')('the watch over a port', () => {
  it('tells when the port appears, also as a link, and not when another one does', async () => {
    const watching = portWatch()(`serial://${dir}/reader?baud=9600`);
    await writeFile(join(dir, 'other'), '');
    await pause(60);
    expect(watching.changed.aborted).toBe(false);
    await symlink('/dev/null', join(dir, 'reader'));
    await sign(watching);
    watching.stop();
    watching.stop();
  });

  it('sees a folder come that is not there yet', async () => {
    const address = `serial://${dir}/serial/by-id/usb-reader?baud=9600`;
    const outer = portWatch()(address);
    await mkdir(join(dir, 'serial/by-id'), { recursive: true });
    await sign(outer);
    outer.stop();
    const inner = portWatch()(address);
    await writeFile(join(dir, 'serial/by-id/usb-reader'), '');
    await sign(inner);
    inner.stop();
    expect([outer.changed.aborted, inner.changed.aborted]).toEqual([true, true]);
  });

  it.each([
    ['serial+usb://1a86:7523?baud=9600', 'ttyUSB7', 'hidraw7'],
    ['hid://0400:c35a', 'hidraw7', 'ttyUSB7'],
  ])('%s waits for %s, not for %s', async (address, wanted, other) => {
    const watching = portWatch({ devDir: dir })(address);
    await writeFile(join(dir, other), '');
    await pause(60);
    expect(watching.changed.aborted).toBe(false);
    await writeFile(join(dir, wanted), '');
    await sign(watching);
    watching.stop();
  });

  it('has nothing to watch for lines without a port, and survives a folder that is taken away', async () => {
    for (const address of ['tcp://127.0.0.1:9', 'serial://COM3?baud=9600', 'nonsense']) {
      const watching = portWatch({ devDir: join(dir, 'none') })(address);
      expect(watching.changed.aborted).toBe(false);
      watching.stop();
    }
    portWatch({ devDir: join(dir, 'none') })('hid://0400:c35a').stop();
    await mkdir(join(dir, 'gone'));
    const watching = portWatch({ devDir: join(dir, 'gone') })('hid://0400:c35a');
    await rm(join(dir, 'gone'), { recursive: true });
    await pause(60);
    watching.stop();
  });
});
