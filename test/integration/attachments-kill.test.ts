import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSupervised, spawnNodeChild, type Channel } from '../../electron/app/queue/index.ts';
import { SEALED_CHUNK_BYTES, sealedSize } from '../../electron/domain/attachment.ts';
import { FileSeal } from '../../electron/services/attachment-seal.ts';
import { AttachmentFolder } from '../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { startPlatform, type ReferencePlatform } from '../platform/index.ts';
import { SAMPLE_ITEMS } from '../platform/samples.ts';
import { heldRight, Line, makeCase, must, until, type MadeCase } from './attachments-kit.ts';

const TOKEN = 'token-of-ch03';
const SIZE = 400_000;
const KILLS = 5;
const spawnQueue = spawnNodeChild(join(import.meta.dirname, '..', '..', 'electron', 'store-process.ts'));

describe('kill -9 of the queue process while files are on their way', () => {
  let platform: ReferencePlatform;
  beforeAll(async () => {
    platform = await startPlatform({ kiosks: [{ code: 'CH03', token: TOKEN }], items: SAMPLE_ITEMS });
  });
  afterAll(() => platform.stop());

  it('loses none, doubles none, and costs a chunk a file under way at most', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hall24-files-kill-'));
    const line = new Line(platform.url);
    let channel: Channel | null = null;
    let killed = 0;
    const log = { event: () => undefined, tail: () => [] };
    const open = openSupervised(() => (channel = spawnQueue()));
    const queue = must(await open({ dir, clock: systemClock, random: systemRandom, log }));
    try {
      const sync = queue.startSync({
        baseUrl: await line.start(),
        token: TOKEN,
        kioskCode: 'CH03',
        version: 'test',
        heartbeatMs: 200,
        deviceReport: () => [],
        catalogueVersion: () => 99,
        onCatalogue: () => undefined,
      });
      const files = new AttachmentFolder(dir);
      const cases: MadeCase[] = [];
      for (let turn = 0; turn < KILLS; turn += 1) {
        const made = await makeCase(files, platform.sealingKey, [SIZE, 10]);
        cases.push(made);
        const submitted = queue.store.submitCase(made.entry);
        // At once, while the case is written; at a chunk's first byte on the line, later ones, or between two files.
        const chunks = line.chunks + (turn % 4);
        if (turn % 4 > 0) await until('chunks are on the line', () => line.chunks >= chunks);
        channel!.kill();
        killed += 1;
        must(await submitted);
        sync.wake();
      }
      for (const { entry } of cases) {
        await until('the case is approved', async () => {
          const found = await queue.store.findCase({ caseId: entry.caseId });
          return found.ok && found.value.state === 'approved';
        });
      }
      const held = await platform.holdings();
      expect(heldRight(cases, held.attachments)).toBe(2 * KILLS);
      expect(held.cases).toHaveLength(KILLS);
      expect(must(await queue.store.outboxCounts())).toMatchObject({ waiting: 0, parked: 0 });
      // A file whose row was acknowledged in the last moment of a process is taken away by the look at the start.
      const { lost, aside } = must(await queue.store.collectAttachments());
      expect({ lost, aside, left: readdirSync(join(dir, 'attachments')) }).toEqual({ lost: 0, aside: 0, left: [] });
      const size = KILLS * (sealedSize(SIZE) + sealedSize(10));
      expect(line.bytes).toBeLessThanOrEqual(size + killed * 2 * SEALED_CHUNK_BYTES);
    } finally {
      await queue.stop();
      await line.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }, 120_000);
});

/** A small file system of its own, which needs root; null otherwise. */
function smallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const dir = mkdtempSync(join(tmpdir(), 'hall24-files-full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]).status === 0) return dir;
  rmSync(dir, { recursive: true });
  return null;
}

const small = smallDisk();
describe.skipIf(small === null)('a disk that is full in the middle of a file (needs root)', () => {
  const dir = small ?? '';
  afterAll(() => {
    spawnSync('umount', [dir]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('is said, leaves nothing behind, and the next file that fits is written', async () => {
    const files = new AttachmentFolder(dir);
    const write = async (size: number): Promise<string> => {
      const seal = new FileSeal(
        { attachmentId: '0199a4c4-3d2f-7b61-a8c7-94e0d15f6b23', type: 'image/jpeg', size },
        systemRandom,
      );
      const writer = must(await files.begin(seal.attachmentId));
      while (!seal.complete) {
        const appended = await writer.append(seal.seal(new Uint8Array(seal.wanted)));
        if (appended.ok) continue;
        await writer.abandon();
        return appended.error.code;
      }
      return must(await writer.finish()).sha256;
    };
    expect(await write(3 * 1024 * 1024)).toBe('full');
    expect(readdirSync(join(dir, 'attachments'))).toEqual([]);
    const name = await write(500_000);
    expect(readdirSync(join(dir, 'attachments'))).toEqual([name]);
    await files.remove(name);
    expect(readdirSync(join(dir, 'attachments'))).toEqual([]);
  });
});
