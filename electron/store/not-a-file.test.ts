import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attachmentFolder, collectFiles, readChunk } from './attachment-files.ts';
import { Ballast } from './disk.ts';
import { suspicionOf } from './glance.ts';
import { fileWrap, KeyRing, ringPath } from './key-ring.ts';
import { openStore } from './open.ts';
import { must, newCase, openForTest, testClock, testRandom, withFolder } from './test-kit.ts';
import { readWitness } from './witness-files.ts';

/** What may stand in the place of a file; a pipe blocks whoever opens it, a device never ends. */
const IN_PLACE: readonly (readonly [string, (path: string) => void])[] = [
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['an endless device', (path) => symlinkSync('/dev/zero', path)],
  ['a folder', (path) => mkdirSync(join(path, 'x'), { recursive: true })],
];

describe.skipIf(process.platform === 'win32').each(IN_PLACE)('%s in the place of', (_, lay) => {
  it(
    'the key file or the ring is a key that cannot be read, and nothing is made anew',
    withFolder((dir) => {
      const keyFile = join(dir, 'master.key');
      const ring = (): KeyRing =>
        new KeyRing({ dir, wrap: fileWrap(keyFile, testRandom, () => true), clock: testClock, random: testRandom });
      expect(ring().renew().ok).toBe(true);
      rmSync(keyFile);
      lay(keyFile);
      expect(ring().read()).toEqual({ ok: false, error: 'unreadable' });
      rmSync(ringPath(dir));
      lay(ringPath(dir));
      expect(ring().read()).toEqual({ ok: false, error: 'unreadable' });
      return Promise.resolve();
    }),
  );

  it(
    'the witness is damage that is said, the mark of damage stays one',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(newCase(1)));
      await store.close();
      for (const name of ['witness.1', 'witness.2']) {
        rmSync(join(dir, name), { force: true });
        lay(join(dir, name));
      }
      expect(readWitness(dir)).toMatchObject({ record: null, damaged: true });
      lay(join(dir, 'kiosk.suspect'));
      expect(suspicionOf(join(dir, 'kiosk.suspect'))).toBe('again');
    }),
  );

  it.each(['kiosk.sqlite', 'kiosk.sqlite-wal', 'kiosk.sqlite-shm', 'kiosk.salvaged.sqlite'])(
    '%s is refused by name, and nothing is made anew',
    (name) =>
      withFolder(async (dir) => {
        const { store } = openForTest(dir);
        must(await store.submitCase(newCase(1)));
        await store.close();
        const aside = join(dir, 'aside');
        if (existsSync(join(dir, name))) renameSync(join(dir, name), aside);
        lay(join(dir, name));
        const refused = openStore({ dir, clock: testClock, random: testRandom });
        expect(refused).toEqual({ ok: false, error: { code: 'unavailable', detail: `${name} is not a file` } });
        rmSync(join(dir, name), { recursive: true });
        if (existsSync(aside)) renameSync(aside, join(dir, name));
        const again = openForTest(dir);
        expect(again.report).toEqual({ kind: 'opened' });
        await again.store.close();
      })(),
  );

  it(
    'the ballast is taken away, a file of a case is lost',
    withFolder((dir) => {
      lay(join(dir, 'ballast'));
      expect(new Ballast(dir, 4_096).lay(dir)).toBe(true);
      mkdirSync(attachmentFolder(dir));
      const sha256 = 'a'.repeat(64);
      lay(join(attachmentFolder(dir), sha256));
      expect(readChunk(dir, sha256, 0)).toBeNull();
      expect(collectFiles(dir, new Set(), false)).toEqual({ removed: 1, aside: 0 });
      expect(existsSync(join(attachmentFolder(dir), sha256))).toBe(false);
      writeFileSync(join(attachmentFolder(dir), sha256), 'bytes');
      expect(readChunk(dir, sha256, 0)).toHaveLength(5);
      return Promise.resolve();
    }),
  );
});
