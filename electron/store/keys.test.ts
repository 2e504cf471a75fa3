import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalKeys, StorePort } from '../services/ports.ts';
import { fileWrap, KeyRing } from './key-ring.ts';
import { LocalGuard } from './keys.ts';
import { openStore } from './open.ts';
import { must, openForTest, pickupList, START, testClock, testId, testRandom, withFolder } from './test-kit.ts';

const keysOf = (...names: readonly string[]): LocalKeys => {
  const [current, ...older] = names.map((id) => ({ id, bytes: new Uint8Array(32).fill(id.charCodeAt(0)) }));
  if (!current) throw new Error('a current key is needed');
  return { current, older };
};

/** Opens the store of a folder with these keys. */
function openWith(dir: string, keys?: LocalKeys): StorePort {
  const opened = openStore({
    dir,
    clock: testClock,
    random: testRandom,
    ballastBytes: 0,
    freeBytesWanted: 0,
    ...(keys ? { keys } : {}),
  });
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value.store;
}

/** Every byte of the store's files. */
const bytesOf = (dir: string): Buffer => Buffer.concat(readdirSync(dir).map((name) => readFileSync(join(dir, name))));

const LIST = pickupList({ holder: '测试甲乙丙公司', codeDigest: 'digest-that-must-not-lie-here' });
const SECRETS = ['测试甲乙丙公司', 'digest-that-must-not-lie-here', 'Company seal', '公章'];

const hides = (dir: string): void => {
  const bytes = bytesOf(dir);
  for (const secret of SECRETS) expect(bytes.includes(secret), secret).toBe(false);
};

describe('locker lists under the local data key', () => {
  it(
    'cannot be read in any file, and can be read through the store',
    withFolder(async (dir) => {
      const store = openWith(dir, keysOf('a'));
      must(await store.announcePickups(LIST));
      const found = must(await store.findPickupByDigest('digest-that-must-not-lie-here'));
      expect(found).toMatchObject({ holder: '测试甲乙丙公司', state: 'ready', contents: [{ count: 1 }] });
      expect(must(await store.findPickupByDigest(found.codeDigest).then(orNull))).toBeNull();
      hides(dir);
      // What a command answered is kept beside the rows and says the same as they do.
      must(await store.beginOpening({ pickupId: found.pickupId, actId: testId(9), at: START }));
      hides(dir);
      await store.close();
      hides(dir);
    }),
  );

  it(
    'are searched by a search that finds what lies there without a key',
    withFolder(async (dir) => {
      const store = openWith(dir);
      must(await store.announcePickups(LIST));
      await store.close();
      const bytes = bytesOf(dir);
      for (const secret of SECRETS) expect(bytes.includes(secret), secret).toBe(true);
    }),
  );

  it(
    'of a program without keys come under the key at the next opening, and nothing stays behind',
    withFolder(async (dir) => {
      const before = openWith(dir);
      must(await before.announcePickups(LIST));
      await before.close();
      const store = openWith(dir, keysOf('a'));
      expect(must(await store.keyReport())).toEqual({ state: 'held', keyId: 'a' });
      expect(must(await store.findPickup(LIST.pickups[0]?.pickupId ?? '')).holder).toBe('测试甲乙丙公司');
      must(await store.findPickupByDigest('digest-that-must-not-lie-here'));
      must(await store.forget(0));
      await store.close();
      hides(dir);
    }),
  );

  it(
    'come under a new key by rotation, at once or at the opening after a death',
    withFolder(async (dir) => {
      const store = openWith(dir, keysOf('a'));
      must(await store.announcePickups(LIST));
      expect(must(await store.rekey(keysOf('b', 'a'), false))).toEqual({ state: 'held', keyId: 'b' });
      must(await store.findPickupByDigest('digest-that-must-not-lie-here'));
      await store.close();
      const later = openWith(dir, keysOf('c', 'b'));
      expect(must(await later.keyReport())).toEqual({ state: 'held', keyId: 'c' });
      expect(must(await later.findPickupByDigest('digest-that-must-not-lie-here')).holder).toBe('测试甲乙丙公司');
      await later.close();
      const only = openWith(dir, keysOf('c'));
      expect(must(await only.findPickupByDigest('digest-that-must-not-lie-here')).holder).toBe('测试甲乙丙公司');
      await only.close();
    }),
  );

  it(
    'of a lost key are said to be lost, are not overwritten, and are there again with the key',
    withFolder(async (dir) => {
      const store = openWith(dir, keysOf('a'));
      must(await store.announcePickups(LIST));
      await store.close();
      for (const keys of [undefined, keysOf('b'), { current: { id: 'a', bytes: new Uint8Array(32) }, older: [] }]) {
        const lost = openWith(dir, keys);
        expect(must(await lost.keyReport())).toEqual({ state: 'lost', keyId: 'a' });
        const asked = await lost.findPickupByDigest('digest-that-must-not-lie-here');
        expect(asked).toEqual({ ok: false, error: { code: 'unavailable', detail: 'key-lost' } });
        expect(await lost.announcePickups(LIST)).toMatchObject({ ok: false, error: { detail: 'key-lost' } });
        expect(await lost.rekey(keysOf('b'), false)).toMatchObject({ ok: false, error: { detail: 'key-lost' } });
        await lost.close();
      }
      const again = openWith(dir, keysOf('a'));
      expect(must(await again.findPickupByDigest('digest-that-must-not-lie-here')).holder).toBe('测试甲乙丙公司');
      await again.close();
    }),
  );

  it(
    'are given up only on order; how far each pick-up got stays, and the next list fills them',
    withFolder(async (dir) => {
      const store = openWith(dir, keysOf('a'));
      const list = pickupList({ codeDigest: 'one' }, { codeDigest: 'two' });
      must(await store.announcePickups(list));
      const { pickupId } = must(await store.findPickupByDigest('one'));
      const actId = testId(5);
      must(await store.beginOpening({ pickupId, actId, at: START }));
      must(await store.advanceAct({ actId, event: 'send', at: START }));
      must(await store.settleOpening({ pickupId, actId, outcome: 'opened', at: START, kioskCode: 'CH03' }));
      await store.close();
      const lost = openWith(dir, keysOf('b'));
      expect(must(await lost.rekey(keysOf('b'), true))).toEqual({ state: 'held', keyId: 'b' });
      expect(await lost.findPickupByDigest('two')).toMatchObject({ ok: false, error: { code: 'not-found' } });
      must(await lost.announcePickups(list));
      // Opened before the key was lost: the code opens nothing a second time.
      expect(must(await lost.findPickupByDigest('one')).state).toBe('opened');
      expect(await lost.beginOpening({ pickupId, actId: testId(6), at: START })).toMatchObject({ ok: false });
      expect(must(await lost.findPickupByDigest('two')).state).toBe('ready');
      await lost.close();
    }),
  );

  it('bind what is sealed to its place and find any change', () => {
    const guard = new LocalGuard(testRandom, keysOf('a', 'b'));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (text, place, at) => {
        const sealed = guard.seal(text, place);
        expect(guard.open(sealed, 'a', place)).toBe(text);
        expect(guard.open(sealed, 'b', place)).toBeNull();
        expect(guard.open(sealed, 'a', `${place}x`)).toBeNull();
        const flipped = Buffer.from(sealed);
        const where = at % flipped.length;
        flipped[where] = (flipped[where] ?? 0) ^ 1;
        expect(guard.open(flipped, 'a', place)).toBeNull();
        expect(guard.open(sealed.subarray(0, at % sealed.length), 'a', place)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});

const orNull = (result: Awaited<ReturnType<StorePort['findPickupByDigest']>>): { ok: true; value: unknown } =>
  result.ok ? result : { ok: true, value: null };

describe('the key ring', () => {
  const ringOf = (dir: string): KeyRing => {
    const keys = join(dir, 'keys');
    const wrap = fileWrap(join(keys, 'master.key'), testRandom, () => !existsSync(join(keys, 'ring.json')));
    return new KeyRing({ dir: keys, wrap, random: testRandom, clock: testClock });
  };
  const made = (ring: KeyRing): LocalKeys => {
    const keys = ring.renew();
    if (!keys.ok) throw new Error(keys.error);
    return keys.value;
  };

  it(
    'is empty until a key is made, then gives it again; no key lies there as it is',
    withFolder((dir) => {
      expect(ringOf(dir).read()).toEqual({ ok: false, error: 'missing' });
      const keys = made(ringOf(dir));
      expect(ringOf(dir).read()).toEqual({ ok: true, value: keys });
      const ring = readFileSync(join(dir, 'keys', 'ring.json'), 'utf8');
      expect(ring).not.toContain(Buffer.from(keys.current.bytes).toString('base64url'));
      for (const name of ['ring.json', 'master.key']) expect(statSync(join(dir, 'keys', name)).mode & 0o077).toBe(0);
      return Promise.resolve();
    }),
  );

  it(
    'keeps older keys until they are forgotten',
    withFolder((dir) => {
      const first = made(ringOf(dir));
      const second = made(ringOf(dir));
      expect(second.older).toEqual([first.current]);
      expect(ringOf(dir).forgetOlder()).toEqual({ ok: true, value: { current: second.current, older: [] } });
      return Promise.resolve();
    }),
  );

  it.each([
    ['the key file is gone', (dir: string): void => rmSync(join(dir, 'keys', 'master.key'))],
    [
      'the key file is another',
      (dir: string): void => writeFileSync(join(dir, 'keys', 'master.key'), Buffer.alloc(32)),
    ],
    ['the key file is short', (dir: string): void => writeFileSync(join(dir, 'keys', 'master.key'), 'x')],
    ['the ring is no JSON', (dir: string): void => writeFileSync(join(dir, 'keys', 'ring.json'), '{')],
  ])('is unreadable when %s, makes nothing by itself, and keeps the old ring when told to', (_what, harm) =>
    withFolder((dir) => {
      made(ringOf(dir));
      harm(dir);
      const before = readFileSync(join(dir, 'keys', 'ring.json'));
      expect(ringOf(dir).read()).toEqual({ ok: false, error: 'unreadable' });
      expect(ringOf(dir).read()).toEqual({ ok: false, error: 'unreadable' });
      expect(readFileSync(join(dir, 'keys', 'ring.json'))).toEqual(before);
      if (_what !== 'the key file is short') {
        const fresh = made(ringOf(dir));
        expect(ringOf(dir).read()).toEqual({ ok: true, value: fresh });
      }
      const aside = readdirSync(join(dir, 'keys')).find((name) => name.startsWith('ring.lost-'));
      expect(readFileSync(join(dir, 'keys', aside ?? 'ring.json'))).toEqual(before);
      return Promise.resolve();
    })(),
  );
});

describe('tries with wrong codes', () => {
  it(
    'are there after a restart',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      expect(must(await store.wrongCodes())).toEqual([]);
      must(await store.saveWrongCodes([START - 5, START]));
      await store.close();
      const again = openForTest(dir);
      expect(must(await again.store.wrongCodes())).toEqual([START - 5, START]);
      await again.store.close();
    }),
  );
});
