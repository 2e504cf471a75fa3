import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/dev/kiosk-config.ts';
import { ConfigFile } from './config-file.ts';
import type { KioskConfig } from './schema.ts';

const config = (version: number): KioskConfig => ({
  ...testConfig({
    platformUrl: 'http://127.0.0.1:1',
    sealingKey: null,
    pinHash: 'scrypt$32768$8$1$salt$hash-of-no-pin',
    devices: [],
    firstBoard: 0,
  }),
  version,
});

describe('the configuration file', () => {
  let dir: string;
  let file: ConfigFile;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'h24-config-'));
    file = new ConfigFile(join(dir, 'config'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const path = (version: number): string => join(dir, 'config', `kiosk.${version}.json`);

  it('that was never written is missing, not damaged', async () => {
    expect(await file.load()).toMatchObject({ ok: false, error: { code: 'missing' } });
  });

  it('gives back the newest version, readable by its owner only', async () => {
    await file.write(config(1));
    await file.write(config(2));
    const plain = ['platform.token', 'technician.pinHash'];
    expect(await file.load()).toEqual({ ok: true, value: { config: config(2), fellBack: null, plain, closed: [] } });
    expect((await stat(path(2))).mode & 0o077).toBe(0);
    expect((await readdir(join(dir, 'config'))).toSorted()).toEqual(['kiosk.1.json', 'kiosk.2.json']);
  });

  it.skipIf(process.platform === 'win32').each([
    ['a pipe', (at: string) => void execFileSync('mkfifo', [at])],
    ['an endless device', (at: string) => symlink('/dev/zero', at)],
    ['a folder', (at: string) => mkdir(at)],
  ])('%s in the place of the newest falls back to the version before', async (_, lay) => {
    await file.write(config(1));
    await lay(path(2));
    const loaded = await file.load();
    expect(loaded).toMatchObject({ ok: true, value: { config: { version: 1 } } });
    expect(loaded.ok && loaded.value.fellBack).toContain('kiosk.2.json');
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"format": 1, "version": 2'],
    ['of a later format', JSON.stringify({ ...config(2), format: 3 })],
    ['of another version than its name', JSON.stringify(config(7))],
    ['with a field of the wrong kind', JSON.stringify({ ...config(2), devices: 'none' })],
    ['far too large', `${JSON.stringify(config(2))}${' '.repeat(1_100_000)}`],
    ['no text at all', Buffer.alloc(4096)],
    ['nothing but a credential', 'test-kiosk-token-ch03'],
  ])('%s falls back to the version before and names the fault', async (_, text) => {
    await file.write(config(1));
    await writeFile(path(2), text);
    const loaded = await file.load();
    expect(loaded).toMatchObject({ ok: true, value: { config: { version: 1 } } });
    expect(loaded.ok && loaded.value.fellBack).toContain('kiosk.2.json');
    expect(loaded.ok && loaded.value.fellBack).not.toContain('test-kiosk');
  });

  it('damaged in every version is damaged, and stays as it is', async () => {
    await file.write(config(1));
    await writeFile(path(1), 'x');
    expect(await file.load()).toMatchObject({ ok: false, error: { code: 'damaged' } });
    expect(await readdir(join(dir, 'config'))).toEqual(['kiosk.1.json']);
  });

  it('half written in a power cut does not count', async () => {
    await file.write(config(1));
    await writeFile(`${path(2)}.part`, '{"format"');
    expect(await file.load()).toMatchObject({ value: { config: { version: 1 }, fellBack: null } });
    await file.write(config(2));
    expect(await readdir(join(dir, 'config'))).toEqual(['kiosk.1.json', 'kiosk.2.json']);
  });

  it('keeps the ten newest versions', async () => {
    for (let version = 1; version <= 13; version += 1) await file.write(config(version));
    const names = await readdir(join(dir, 'config'));
    expect(names).toHaveLength(10);
    expect(names).toContain('kiosk.4.json');
    expect(names).not.toContain('kiosk.3.json');
  });

  it('that cannot be written rejects and leaves the older one in force', async () => {
    await file.write(config(1));
    const blocked = new ConfigFile(path(1));
    await expect(blocked.write(config(2))).rejects.toThrow(/EEXIST|ENOTDIR/u);
    expect(await file.load()).toMatchObject({ value: { config: { version: 1 } } });
  });
});
