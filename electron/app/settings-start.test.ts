import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testConfig } from '../../test/dev/kiosk-config.ts';
import type { KeyWrap } from '../store/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import type { KioskConfig } from './config/schema.ts';
import { createLog } from './log.ts';
import { Settings } from './settings.ts';
import { keyFolder } from './settings-key.ts';
import { openSettings, type OpenedSettings } from './settings-start.ts';

const PIN = 'scrypt$32768$8$1$salt-of-the-pin$hash-of-the-pin';
const SECOND = 'scrypt$32768$8$1$salt-of-the-other$hash-of-the-other';
const TOKEN = 'test-kiosk-token-ch03';
const SECRETS = [TOKEN, PIN, SECOND, 'hash-of-the-pin', 'salt-of-the-other'];

const config = (version = 1, change: { readonly token?: string; readonly pinHash?: string } = {}): KioskConfig => {
  const made = testConfig({
    platformUrl: 'http://127.0.0.1:1',
    sealingKey: null,
    pinHash: change.pinHash ?? PIN,
    devices: [],
    firstBoard: 0,
  });
  return {
    ...made,
    version,
    platform: { ...made.platform, token: change.token ?? TOKEN },
    technician: { ...made.technician, secondPinHash: SECOND },
  };
};
const secretsOf = ({ platform, technician }: KioskConfig): readonly unknown[] => [
  platform.token,
  technician.pinHash,
  technician.secondPinHash,
];

let dir = '';
let log = createLog({ path: null, clock: systemClock });
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'h24-settings-'));
  log = createLog({ path: null, clock: systemClock });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const configPath = (version: number, at = dir): string => join(at, 'config', `kiosk.${version}.json`);
const put = (value: object, version = 1): void => {
  mkdirSync(join(dir, 'config'), { recursive: true });
  writeFileSync(configPath(version), JSON.stringify(value));
};
const read = (version = 1): KioskConfig => JSON.parse(readFileSync(configPath(version), 'utf8')) as KioskConfig;

async function start(at = dir, firstConfig: KioskConfig | null = null, wrap?: KeyWrap): Promise<OpenedSettings> {
  const opened = await openSettings({
    dir: join(at, 'config'),
    folder: keyFolder(join(at, 'keys'), systemRandom, wrap),
    clock: systemClock,
    random: systemRandom,
    log,
    firstConfig,
  });
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}

/** Names of files below a folder in which a credential can be read. */
const readable = (at = dir): string[] =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => SECRETS.some((secret) => readFileSync(path, 'utf8').includes(secret)));

const bytesBelow = (at = dir): Record<string, string> =>
  Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(at.length), readFileSync(path, 'base64')]),
  );

const settingsOf = (opened: OpenedSettings): Settings =>
  new Settings({
    ...opened,
    manager: { configure: () => Promise.resolve({ ok: true, value: undefined }) },
    registry: {} as never,
    log,
  });

/** Runs something and keeps what lies in the folder before every step that changes a file: what a death there leaves. */
async function deaths(work: () => Promise<unknown>): Promise<{ readonly at: string; readonly folders: string[] }> {
  const at = mkdtempSync(join(tmpdir(), 'h24-deaths-'));
  const folders: string[] = [];
  let copying = false;
  const keep = (): void => {
    if (copying) return;
    copying = true;
    const folder = join(at, String(folders.length));
    cpSync(dir, folder, { recursive: true });
    folders.push(folder);
    copying = false;
  };
  const handle = await fsp.open(join(dir, 'handle'), 'w');
  const handles = Object.getPrototypeOf(handle) as object;
  await handle.close();
  rmSync(join(dir, 'handle'));
  const spied = [
    ...(['mkdirSync', 'openSync', 'writeFileSync', 'fsyncSync', 'renameSync', 'closeSync'] as const).map(
      (name) => [fs, name] as const,
    ),
    ...(['open', 'rename', 'rm', 'mkdir', 'chmod'] as const).map((name) => [fsp, name] as const),
    ...(['writeFile', 'write', 'sync'] as const).map((name) => [handles, name] as const),
  ].map(([owner, name]) => {
    const holder = owner as Record<string, (...args: unknown[]) => unknown>;
    const real = holder[name];
    if (!real) throw new Error(name);
    holder[name] = function (this: unknown, ...args: unknown[]) {
      keep();
      return real.apply(this, args);
    };
    return () => (holder[name] = real);
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const restore of spied) restore();
    syncBuiltinESMExports();
  }
  keep();
  return { at, folders };
}

/** Every death leaves a kiosk that starts with all its credentials, and after that start none can be read; gives how many. */
async function survived(work: () => Promise<unknown>, firstConfig: KioskConfig | null): Promise<number> {
  const { at, folders } = await deaths(work);
  try {
    for (const [step, folder] of folders.entries()) {
      const { config: after, closed, unsealed, key } = await start(folder, firstConfig);
      expect([step, secretsOf(after), closed, unsealed]).toEqual([step, [TOKEN, PIN, SECOND], [], null]);
      expect([step, readable(folder)]).toEqual([step, []]);
      expect([step, key.keys?.older]).toEqual([step, []]);
      // A ring that was half written when the kiosk died is none.
      const names = readdirSync(join(folder, 'keys')).filter((name) => !name.endsWith('.next'));
      expect(names.toSorted()).toEqual(['master.key', 'settings.json']);
    }
    return folders.length;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

describe('the first start', () => {
  it('seals what the installer gave before it is written', async () => {
    const first = await start(dir, config());
    expect(secretsOf(first.config)).toEqual([TOKEN, PIN, SECOND]);
    expect(readable()).toEqual([]);
    expect(read()).toMatchObject({
      format: 2,
      kiosk: { code: 'CH03' },
      platform: { token: { key: expect.any(String) } },
    });
    expect(first.steps).toEqual([
      { what: 'settings-sealed', detail: 'kiosk.1.json platform.token technician.pinHash technician.secondPinHash' },
    ]);
    // The next one finds everything done, and what the installer gave is not looked at again.
    const before = bytesBelow();
    const second = await start(dir, config(1, { token: 'another-token' }));
    expect([secretsOf(second.config), second.steps]).toEqual([[TOKEN, PIN, SECOND], []]);
    expect(bytesBelow()).toEqual(before);
    expect(log.tail(50).some(({ detail }) => SECRETS.some((secret) => detail.includes(secret)))).toBe(false);
  });

  it('of this program on a kiosk of a program before seals every version that is kept', async () => {
    for (const version of [1, 2, 3]) put(config(version), version);
    writeFileSync(`${configPath(2)}.part`, JSON.stringify(config(2)));
    const opened = await start();
    expect(secretsOf(opened.config)).toEqual([TOKEN, PIN, SECOND]);
    expect(opened.config.version).toBe(3);
    expect(readable()).toEqual([]);
    expect(opened.steps.map(({ detail }) => detail.slice(0, 12))).toEqual([
      'kiosk.1.json',
      'kiosk.2.json',
      'kiosk.3.json',
    ]);
    expect(readdirSync(join(dir, 'config'))).toHaveLength(3);
    // An older version serves when the newest is damaged, as ever.
    writeFileSync(configPath(3), '{');
    expect(secretsOf((await start()).config)).toEqual([TOKEN, PIN, SECOND]);
  });

  it('keeps fields that only a later program knows', async () => {
    put({ ...config(), later: { kept: true } });
    await start();
    expect(read()).toMatchObject({ later: { kept: true }, format: 2 });
  });

  it('survives a death before each step that changes a file', async () => {
    expect(await survived(() => start(dir, config()), config())).toBeGreaterThanOrEqual(12);
  });

  it('of this program survives a death before each step, too', async () => {
    for (const version of [1, 2, 3]) put(config(version), version);
    expect(await survived(() => start(), null)).toBeGreaterThanOrEqual(30);
  });
});

describe('a new settings key', () => {
  it('seals every version anew, and the old key opens nothing any more', async () => {
    for (const version of [1, 2]) put(config(version), version);
    const opened = await start();
    const settings = settingsOf(opened);
    const ring = readFileSync(join(dir, 'keys', 'settings.json'));
    const before = settings.standing();
    const rotated = await settings.rotateKey();
    expect(rotated.ok && rotated.value).toBe(settings.standing().keyId);
    expect(settings.standing()).toMatchObject({ state: 'held', closed: [] });
    expect(settings.standing().keyId).not.toBe(before.keyId);
    expect(readable()).toEqual([]);
    expect(secretsOf((await start()).config)).toEqual([TOKEN, PIN, SECOND]);
    writeFileSync(join(dir, 'keys', 'settings.json'), ring);
    expect((await start()).closed).toHaveLength(3);
  });

  it('survives a death before each step that changes a file', async () => {
    for (const version of [1, 2, 3]) put(config(version), version);
    const settings = settingsOf(await start());
    expect(await survived(() => settings.rotateKey(), null)).toBeGreaterThanOrEqual(30);
  });

  it('that cannot be wrapped leaves the old one in force', async () => {
    put(config());
    let works = true;
    const real = keyFolder(join(dir, 'keys'), systemRandom).wrap;
    const wrap: KeyWrap = { ...real, wrap: (bytes) => (works ? real.wrap(bytes) : null) };
    const settings = settingsOf(await start(dir, null, wrap));
    const before = bytesBelow();
    works = false;
    expect(await settings.rotateKey()).toEqual({ ok: false, error: 'settings-key-not-made' });
    expect(bytesBelow()).toEqual(before);
    expect(settings.standing().state).toBe('held');
  });

  it('whose files cannot all be written keeps both, and is finished by the next start', async () => {
    for (const version of [1, 2]) put(config(version), version);
    const settings = settingsOf(await start());
    // A folder in the place of the file that is written first.
    mkdirSync(`${configPath(2)}.part`);
    expect(await settings.rotateKey()).toEqual({ ok: false, error: 'EISDIR' });
    expect([settings.standing().state, readable()]).toEqual(['held', []]);
    expect(secretsOf((await start()).config)).toEqual([TOKEN, PIN, SECOND]);
    rmSync(`${configPath(2)}.part`, { recursive: true });
    const after = await start();
    expect([secretsOf(after.config), after.key.keys?.older, after.unsealed]).toEqual([[TOKEN, PIN, SECOND], [], null]);
  });
});

describe('a lost settings key', () => {
  const ring = (): string => join(dir, 'keys', 'settings.json');
  it.each([
    ['the ring is gone', (): void => rmSync(ring())],
    ['the ring is no JSON', (): void => writeFileSync(ring(), '{')],
    ['the key file is gone', (): void => rmSync(join(dir, 'keys', 'master.key'))],
    ['the key file is another', (): void => writeFileSync(join(dir, 'keys', 'master.key'), Buffer.alloc(32))],
    ['everything is gone', (): void => rmSync(join(dir, 'keys'), { recursive: true })],
  ])('is said and changes nothing, also over restarts, when %s; with the key all is there', async (_what, harm) => {
    put(config());
    await start();
    const keys = join(dir, 'keys-before');
    cpSync(join(dir, 'keys'), keys, { recursive: true });
    harm();
    const before = bytesBelow();
    for (let times = 0; times < 2; times += 1) {
      const lost = await start(dir, config(1, { token: 'of-the-installer' }));
      expect(lost.closed).toEqual(['platform.token', 'technician.pinHash', 'technician.secondPinHash']);
      expect(lost.config.kiosk.code).toBe('CH03');
      const settings = settingsOf(lost);
      expect(settings.standing()).toMatchObject({ state: 'lost', closed: lost.closed });
      expect([settings.pinHash(), settings.secondPinHash()]).toEqual([null, null]);
      expect(await settings.rotateKey()).toEqual({ ok: false, error: 'settings-key-lost' });
    }
    expect(bytesBelow()).toEqual(before);
    expect(log.tail(50).filter(({ event }) => event === 'settings-key-lost')).toHaveLength(2);
    cpSync(keys, join(dir, 'keys'), { recursive: true });
    expect(secretsOf((await start()).config)).toEqual([TOKEN, PIN, SECOND]);
  });

  it('of another machine opens nothing either', async () => {
    put(config());
    await start();
    const other = mkdtempSync(join(tmpdir(), 'h24-other-'));
    mkdirSync(join(other, 'config'));
    writeFileSync(configPath(1, other), JSON.stringify(config()));
    await start(other);
    cpSync(join(other, 'keys'), join(dir, 'keys'), { recursive: true });
    rmSync(other, { recursive: true });
    expect((await start()).closed).toHaveLength(3);
  });

  it.each(['settings.json', 'master.key'])(
    '(%s) is over when a person writes plain values into the file',
    async (gone) => {
      put(config());
      await start();
      rmSync(join(dir, 'keys', gone));
      expect((await start()).closed).toHaveLength(3);
      const { technician } = read();
      put({ ...read(), technician: { ...technician, pinHash: PIN.replace('hash-of-the-pin', 'hash-of-the-new') } });
      const partly = await start();
      expect(partly.closed).toEqual(['platform.token', 'technician.secondPinHash']);
      expect(settingsOf(partly).pinHash()).toContain('hash-of-the-new');
      expect(partly.steps.map(({ what }) => what)).toEqual(['settings-key-renewed', 'settings-sealed']);
      put({ ...read(), platform: config().platform, technician: config().technician });
      const whole = await start();
      expect([secretsOf(whole.config), whole.closed, readable()]).toEqual([[TOKEN, PIN, SECOND], [], []]);
      // What the lost key's ring was is kept: a key that is found again may be wanted.
      const aside = readdirSync(join(dir, 'keys')).filter((name) => name.startsWith('settings.lost-'));
      expect(aside).toHaveLength(gone === 'master.key' ? 1 : 0);
    },
  );

  it('costs no saved setting: what is closed is written as it was', async () => {
    put(config());
    await start();
    const sealed = read();
    rmSync(ring());
    const lost = await start();
    await lost.file.write({ ...lost.config, version: 2 });
    expect(read(2)).toMatchObject({ platform: { token: sealed.platform.token }, technician: sealed.technician });
  });

  it('of one value that is damaged: an older version serves, and without one the kiosk starts without it', async () => {
    for (const version of [1, 2]) put(config(version), version);
    await start();
    const harm = (version: number): void => {
      const { platform } = read(version);
      const token = platform.token as { readonly key: string; readonly sealed: string };
      const first = token.sealed.startsWith('A') ? 'B' : 'A';
      put(
        { ...read(version), platform: { ...platform, token: { ...token, sealed: first + token.sealed.slice(1) } } },
        version,
      );
    };
    harm(2);
    const fell = await start();
    expect([fell.config.version, secretsOf(fell.config), fell.closed]).toEqual([1, [TOKEN, PIN, SECOND], []]);
    harm(1);
    const without = await start();
    expect([without.config.version, without.closed]).toEqual([2, ['platform.token']]);
    expect(settingsOf(without).pinHash()).toBe(PIN);
  });
});

describe('a disk that refuses', () => {
  it('a key: the kiosk works from the plain values, says so, and seals them when it can', async () => {
    put(config());
    writeFileSync(join(dir, 'keys'), 'no folder');
    const opened = await start();
    expect([secretsOf(opened.config), opened.unsealed]).toEqual([[TOKEN, PIN, SECOND], 'key-not-made']);
    expect(settingsOf(opened).standing()).toEqual({ state: 'plain', keyId: null, madeAt: null, closed: [] });
    expect(log.tail(50).map(({ event }) => event)).toContain('settings-not-sealed');
    rmSync(join(dir, 'keys'));
    expect((await start()).unsealed).toBeNull();
    expect(readable()).toEqual([]);
  });

  it('the file: the same', async () => {
    put(config());
    mkdirSync(`${configPath(1)}.part`);
    const opened = await start();
    expect([secretsOf(opened.config), opened.unsealed]).toEqual([[TOKEN, PIN, SECOND], 'EISDIR']);
    const settings = settingsOf(opened);
    expect(settings.standing()).toMatchObject({ state: 'plain', keyId: expect.any(String) });
    // The technician's next try.
    rmSync(`${configPath(1)}.part`, { recursive: true });
    expect((await settings.rotateKey()).ok).toBe(true);
    expect(settings.standing().state).toBe('held');
    expect(readable()).toEqual([]);
  });

  it('everything, on a kiosk that is sealed: it starts', async () => {
    put(config());
    await start();
    const refuse = vi.spyOn(fsp, 'rename').mockRejectedValue(Object.assign(new Error('read-only'), { code: 'EROFS' }));
    syncBuiltinESMExports();
    try {
      const opened = await start();
      expect([secretsOf(opened.config), opened.unsealed]).toEqual([[TOKEN, PIN, SECOND], null]);
    } finally {
      refuse.mockRestore();
      syncBuiltinESMExports();
    }
  });
});

describe('another program', () => {
  it('before this one does not know the format, which is how it says so instead of sending sealed text', async () => {
    put(config());
    await start();
    expect(read().format).toBe(2);
  });

  it('that needed plain values again is upgraded again by itself', async () => {
    put(config());
    await start();
    put(config(2, { token: 'token-of-afterwards' }), 2);
    const opened = await start();
    expect(secretsOf(opened.config)[0]).toBe('token-of-afterwards');
    expect(readFileSync(configPath(2), 'utf8')).not.toContain('token-of-afterwards');
  });

  it('after this one: its file is not touched', async () => {
    put(config());
    put({ ...config(2), format: 3 }, 2);
    const before = readFileSync(configPath(2));
    const opened = await start();
    expect(opened.config.version).toBe(1);
    expect(readFileSync(configPath(2))).toEqual(before);
    expect(existsSync(`${configPath(2)}.part`)).toBe(false);
  });
});
