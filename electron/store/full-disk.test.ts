import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from './open.ts';
import { openStore } from './open.ts';
import { START, claim, must, newCase, settle, testClock, testRandom } from './test-kit.ts';

/** The ballast must hold what the WAL may (8 MB) and as much again, as that of a kiosk does four times over. */
const SIZE = 64 << 20;
const BALLAST = 16 << 20;

/** Mounts a small file system, which needs root; says why not otherwise. */
function mountSmall(): { readonly dir: string } | { readonly whyNot: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { whyNot: 'needs root on Linux' };
  const dir = mkdtempSync(join(tmpdir(), 'hall24-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', dir], { encoding: 'utf8' });
  if (mounted.status === 0) return { dir };
  rmSync(dir, { recursive: true });
  return { whyNot: `mount: ${mounted.stderr || String(mounted.error)}`.trim() };
}

const mounted = mountSmall();
const dir = 'dir' in mounted ? mounted.dir : '';

function open(): OpenedStore {
  const opened = openStore({
    dir,
    clock: testClock,
    random: testRandom,
    ballastBytes: BALLAST,
    freeBytesWanted: 3 << 20,
  });
  if (!opened.ok) throw new Error(opened.error.detail);
  return opened.value;
}

const bigCase = (number: number): ReturnType<typeof newCase> =>
  newCase(number, { envelope: { ...newCase(number).envelope, ct: 'A'.repeat(30_000) } });

describe.skipIf(dir === '')(`a full disk${'whyNot' in mounted ? ` (skipped: ${mounted.whyNot})` : ''}`, () => {
  afterAll(() => {
    spawnSync('umount', [dir]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('refuses new cases, loses none, drains, and takes cases again', async () => {
    // What fills most of the disk is not ours, and goes in the end.
    const theirs = join(dir, 'theirs');
    writeFileSync(theirs, Buffer.alloc(24 << 20, 1));
    const { store, storeHealth } = open();
    expect(storeHealth().ok).toBe(true);
    const kept: string[] = [];
    let refused: unknown = null;
    for (let number = 1; refused === null && number < 2000; number += 1) {
      const result = await store.submitCase(bigCase(number));
      if (result.ok) kept.push(result.value.caseId);
      else refused = result.error;
    }
    expect(refused).toMatchObject({ code: 'full' });
    expect(storeHealth().ok).toBe(false);
    expect(must(await store.outboxCounts()).waiting).toBe(kept.length);

    // The disk is full, yet the queue can be emptied to the last entry: the ballast makes the room.
    const delivered: string[] = [];
    for (;;) {
      const claimed = must(await claim(store, START, 4));
      if (claimed.length === 0) break;
      for (const { entryId, subjectId } of claimed) {
        delivered.push(subjectId);
        must(await settle(store, entryId, { kind: 'acknowledged', at: START }));
      }
    }
    expect(delivered).toEqual(kept);
    await store.close();
    rmSync(theirs);

    const again = open();
    expect(again.report).toEqual({ kind: 'opened' });
    expect(must(await again.store.outboxCounts()).waiting).toBe(0);
    // The room inside the database is free again, and the ballast is laid anew.
    must(await again.store.submitCase(bigCase(5000)));
    await again.store.close();
    expect(statSync(join(dir, 'ballast')).size).toBe(BALLAST);
  });
});
