import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEALED_CHUNK_BYTES, sealedSize } from '../../electron/domain/attachment.ts';
import type { LogPort } from '../../electron/services/ports.ts';
import { AttachmentFolder, openStore, type OpenedStore } from '../../electron/store/index.ts';
import { startSync } from '../../electron/sync/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { startPlatform, type ReferencePlatform } from '../platform/index.ts';
import { SAMPLE_ITEMS } from '../platform/samples.ts';
import { heldRight, IMPATIENT, Line, makeCase, must, until, type MadeCase } from './attachments-kit.ts';

const TOKEN = 'token-of-ch03';
/** Three chunks, the last one short. */
const THREE = 600_000;

describe('files of cases on a bad line', () => {
  let platform: ReferencePlatform;
  let dir: string;
  let opened: OpenedStore;
  let files: AttachmentFolder;
  let line: Line;
  let sync: ReturnType<typeof startSync> | null = null;
  const events: string[] = [];
  const log: LogPort = {
    event: (_level, event, detail) => {
      events.push([event, detail?.['reason']].filter((part) => typeof part === 'string').join(' '));
    },
    tail: () => [],
  };

  beforeAll(async () => {
    platform = await startPlatform({ kiosks: [{ code: 'CH03', token: TOKEN }], items: SAMPLE_ITEMS });
  });
  afterAll(() => platform.stop());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'hall24-files-'));
    opened = must(
      openStore({ dir, clock: systemClock, random: systemRandom, ballastBytes: 65_536, freeBytesWanted: 0 }),
    );
    files = new AttachmentFolder(dir);
    line = new Line(platform.url);
  });
  afterEach(async () => {
    await sync?.stop();
    sync = null;
    await line.stop();
    await opened.store.close();
    await platform.faults.restore();
    events.length = 0;
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    sync = startSync({
      store: opened.store,
      clock: systemClock,
      random: IMPATIENT,
      log,
      baseUrl: await line.start(),
      token: TOKEN,
      kioskCode: 'CH03',
      version: 'test',
      deviceReport: () => [],
      catalogueVersion: () => 99,
      onCatalogue: () => undefined,
      heartbeatMs: 300,
    });
  };
  const submit = async (...sizes: readonly number[]): Promise<MadeCase> => {
    const made = await makeCase(files, platform.sealingKey, sizes);
    must(await opened.store.submitCase(made.entry));
    return made;
  };
  const left = (): string[] => (existsSync(join(dir, 'attachments')) ? readdirSync(join(dir, 'attachments')) : []);
  const delivered = (made: MadeCase): Promise<void> =>
    until('the case is approved', async () => {
      const found = await opened.store.findCase({ caseId: made.entry.caseId });
      return found.ok && found.value.state === 'approved';
    });
  const heldOnce = async (...cases: readonly MadeCase[]): Promise<void> => {
    const { attachments, keys } = await platform.holdings();
    const all = cases.reduce((sum, { plain }) => sum + plain.size, 0);
    expect(heldRight(cases, attachments)).toBe(all);
    for (const { entry } of cases) {
      expect(keys.find(({ key }) => key === `case:${entry.caseId}:1`)).toMatchObject({ stored: 1 });
    }
    expect(left()).toEqual([]);
    expect(must(await opened.store.outboxCounts())).toEqual({ waiting: 0, parked: 0, nextDueAt: null });
  };

  it('20 files, one of 5 MB: the case is kept here until the last is there; each byte goes once', async () => {
    const sizes = [5 * 1024 * 1024, ...Array.from({ length: 19 }, (_, index) => 1 + index * 11)];
    const made = await submit(...sizes);
    line.breaks.push(...Array.from({ length: 20 }, () => null), 'answer');
    await start();
    await until('some files are there', () => left().length < 15);
    await delivered(made);
    expect(line.bytes).toBeLessThanOrEqual(
      sizes.reduce((sum, size) => sum + sealedSize(size), 0) + line.broken * SEALED_CHUNK_BYTES,
    );
    await heldOnce(made);
  }, 90_000);

  it('broken in every chunk: at its first byte, within, at its last byte, before the answer', async () => {
    const made = await submit(THREE);
    const within = [1, 100_000, SEALED_CHUNK_BYTES - 1, SEALED_CHUNK_BYTES];
    for (const where of [0, ...within, 'answer'] as const) line.breaks.push(where, null);
    await start();
    await delivered(made);
    await heldOnce(made);
    expect(line.broken).toBeGreaterThanOrEqual(3);
    expect(line.bytes).toBeLessThanOrEqual(sealedSize(THREE) + line.broken * SEALED_CHUNK_BYTES);
  }, 90_000);

  it('broken at random bytes of random chunks, 20 times', async () => {
    const cases = [await submit(THREE, 1), await submit(2 * THREE)];
    for (let count = 0; count < 20; count += 1) {
      const byte = Math.floor(Math.random() * SEALED_CHUNK_BYTES * 1.1);
      line.breaks.push(byte > SEALED_CHUNK_BYTES ? 'answer' : byte, ...(count % 3 === 0 ? [null] : []));
    }
    await start();
    for (const made of cases) await delivered(made);
    await heldOnce(...cases);
    const size = sealedSize(THREE) + sealedSize(1) + sealedSize(2 * THREE);
    expect(line.broken).toBeGreaterThan(5);
    expect(line.bytes).toBeLessThanOrEqual(size + line.broken * SEALED_CHUNK_BYTES);
  }, 90_000);

  it.each(['before', 'after'] as const)(
    'the platform dies %s each of its commits',
    async (when) => {
      const cases: MadeCase[] = [];
      await start();
      for (const route of ['createUpload', 'uploadOffset', 'uploadChunk', 'getAttachment'] as const) {
        for (let skip = 0; skip < (route === 'uploadChunk' ? 3 : 1); skip += 1) {
          platform.faults.drop(when, { routes: [route], skip, times: 1 });
          cases.push(await submit(THREE));
          sync?.wake();
          await delivered(cases.at(-1)!);
          expect(platform.faults.state().fault).toBeNull();
        }
      }
      await heldOnce(...cases);
      const [size, chunk] = [cases.length * sealedSize(THREE), SEALED_CHUNK_BYTES];
      expect(line.bytes).toBeLessThanOrEqual(size + cases.length * chunk);
    },
    90_000,
  );

  it('a portal, silence, refusals, and a platform that is gone for a while', async () => {
    await start();
    const cases: MadeCase[] = [];
    const trouble: readonly (() => void)[] = [
      () => platform.faults.html({ routes: ['uploadOffset', 'uploadChunk'], times: 4 }),
      () => platform.faults.refuse('urn:hall24:busy', { routes: ['getAttachment'], times: 1 }),
      () => platform.faults.refuse(500, { routes: ['uploadChunk'], times: 3 }),
      () => platform.faults.emptyAnswer({ routes: ['getAttachment'], times: 1 }),
    ];
    for (const begin of trouble) {
      begin();
      cases.push(await submit(THREE));
      sync?.wake();
      await delivered(cases.at(-1)!);
    }
    await platform.faults.vanish();
    cases.push(await submit(THREE));
    sync?.wake();
    await until('the link is down', () => sync?.link().state === 'down');
    await platform.faults.restore();
    await delivered(cases.at(-1)!);
    expect(sync?.link().state).toBe('up');
    await heldOnce(...cases);
  }, 90_000);

  it('the file is gone, or changed on the disk: said as a fault, never sent, other files go on', async () => {
    const [bad, gone, good] = [await submit(THREE, 5), await submit(7), await submit(THREE)];
    const path = (made: MadeCase): string => join(dir, 'attachments', made.entry.attachments![0]!.sha256);
    const { openSync, writeSync, closeSync } = await import('node:fs');
    const file = openSync(path(bad), 'r+');
    writeSync(file, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]), 0, 8, SEALED_CHUNK_BYTES + 4_000);
    closeSync(file);
    rmSync(path(gone));
    await start();
    await delivered(good);
    await until('both are parked', async () => must(await opened.store.outboxCounts()).parked === 2);
    for (const made of [bad, gone]) {
      expect(must(await opened.store.findCase({ caseId: made.entry.caseId })).state).toBe('parked');
    }
    expect(events).toContain('attachment-fault file-damaged');
    expect(events).toContain('attachment-fault file-lost');
    const entries = must(await opened.store.outbox());
    expect(entries.map(({ kind, reason, owner }) => [kind, reason, owner])).toEqual([
      ['attachment', 'file-damaged', 'duty-staff'],
      ['attachment', 'file-lost', 'duty-staff'],
    ]);
    const { attachments } = await platform.holdings();
    const damaged = attachments.find(({ attachmentId }) => attachmentId === bad.entry.attachments![0]!.attachmentId);
    expect(damaged).toMatchObject({ sha256: null, offset: SEALED_CHUNK_BYTES });
    // People give them up: the case goes on without.
    const people = { at: Date.now(), people: ['a', 'b'] as const, reason: 'disk' };
    for (const { entryId } of entries) must(await opened.store.discard({ entryId, ...people }));
    expect(must(await opened.store.outboxCounts())).toMatchObject({ waiting: 0, parked: 0 });
    expect(left()).toEqual([]);
  }, 90_000);
});
