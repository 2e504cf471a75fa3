import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyPlaces } from './copy-places.ts';

let dir = '';
let data = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'h24-places-'));
  data = join(dir, 'data');
  mkdirSync(join(data, 'store'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Nothing is mounted there. */
const none = (): readonly string[] => [join(dir, 'media')];
/** A file system of its own that everybody may write to, as a stick is. */
const mounted =
  process.platform === 'linux' && statSync('/dev/shm', { throwIfNoEntry: false })?.dev !== statSync('/dev').dev;

describe('places that a queue can be copied to', () => {
  it("are the hall's folder beside the data, once it is there and takes files", async () => {
    const places = copyPlaces(data, none());
    const share = join(dir, 'hand-over');
    expect(await places.find()).toEqual([]);
    writeFileSync(share, 'no folder');
    expect(await places.find()).toEqual([]);
    rmSync(share);
    mkdirSync(share);
    expect(await places.find()).toEqual([share]);
  });

  it.runIf(mounted)('are sticks before it, but no folder that nothing is mounted on', async () => {
    mkdirSync(join(dir, 'hand-over'));
    mkdirSync(join(dir, 'media', 'left-behind'), { recursive: true });
    const found = await copyPlaces(data, ['/dev', join(dir, 'media')]).find();
    expect(found).toContain('/dev/shm');
    expect(found.at(-1)).toBe(join(dir, 'hand-over'));
    expect(found).not.toContain(join(dir, 'media', 'left-behind'));
    expect(found.length).toBeLessThanOrEqual(8);
  });

  it('give the path of a new file in any folder outside of the data', async () => {
    const places = copyPlaces(data, none());
    for (const name of ['stick', '..stick', 'data-of-another']) {
      mkdirSync(join(dir, name));
      expect(await places.fileIn(join(dir, name), 'copy.sqlite')).toBe(join(dir, name, 'copy.sqlite'));
    }
    expect(await places.fileIn(dir, 'copy.sqlite')).toBe(join(dir, 'copy.sqlite'));
  });

  it('are not in the data, by whatever way one gets there, nor what is no folder', async () => {
    const places = copyPlaces(data, none());
    for (const name of ['..', '..odd']) mkdirSync(join(data, 'store', name), { recursive: true });
    mkdirSync(join(data, '..odd'));
    symlinkSync(join(data, 'store'), join(dir, 'link'));
    writeFileSync(join(dir, 'file'), '');
    const wrong = [
      data,
      join(data, 'store'),
      join(data, '..odd'),
      join(dir, 'link'),
      `${dir}/elsewhere/../data/store`,
      join(dir, 'file'),
      join(dir, 'not-there'),
      'relative',
      '.',
      '',
    ];
    for (const folder of wrong) expect([folder, await places.fileIn(folder, 'copy.sqlite')]).toEqual([folder, null]);
  });
});
