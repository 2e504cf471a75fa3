import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SEALED_CHUNK_BYTES } from '../domain/attachment.ts';
import type { AttachmentOutcome, NewAttachment, NewCase, StorePort } from '../services/ports.ts';
import { AttachmentFolder } from './attachment-files.ts';
import { restoreCopy } from './backup.ts';
import { loadSqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, settle, testId, withFolder } from './test-kit.ts';

const folderOf = (dir: string): string => join(dir, 'attachments');
const left = (dir: string): string[] => (existsSync(folderOf(dir)) ? readdirSync(folderOf(dir)) : []);

/** A case with files of so many bytes each; what is in them does not matter here. */
async function withFiles(dir: string, number: number, ...sizes: readonly number[]): Promise<NewCase> {
  const files = new AttachmentFolder(dir);
  const attachments: NewAttachment[] = [];
  for (const [index, size] of sizes.entries()) {
    const attachmentId = testId(0x50_0000 + number * 32 + index);
    const begun = await files.begin(attachmentId);
    if (!begun.ok) throw new Error(begun.error.detail);
    const bytes = Buffer.alloc(size, number * 32 + index);
    for (let at = 0; at < size; at += SEALED_CHUNK_BYTES) {
      expect(await begun.value.append(bytes.subarray(at, at + SEALED_CHUNK_BYTES))).toMatchObject({ ok: true });
    }
    const written = await begun.value.finish();
    if (!written.ok) throw new Error(written.error.detail);
    expect(written.value.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const actId = testId(0x60_0000 + number * 32 + index);
    attachments.push({ attachmentId, actId, slot: 'contract', envelope: newCase(1).envelope, ...written.value });
  }
  return newCase(number, { attachments });
}

const SAID = { state: 'approved', caseNumber: 'P-1', receivedAt: START, decidedAt: START, outcome: null } as const;
const named = (sha256: string): AttachmentOutcome => ({ kind: 'acknowledged', at: START, sha256, case: SAID });

/** The platform takes the case itself. */
async function deliverCase(store: StorePort): Promise<void> {
  for (const { entryId } of must(await claim(store, START, 10))) {
    must(await settle(store, entryId, { kind: 'acknowledged', at: START, case: { ...SAID, state: 'received' } }));
  }
}

describe('files of a case in the store', () => {
  it(
    'follow their case; the case is kept until the last is acknowledged by its hash, then its copy goes',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const entry = await withFiles(dir, 1, SEALED_CHUNK_BYTES + 5, 9);
      must(await store.submitCase(entry));
      expect(must(await store.outboxCounts()).waiting).toBe(3);
      expect(must(await store.claimAttachments(START, 9, false)).uploads).toEqual([]);
      await deliverCase(store);
      expect(must(await store.findCase({ caseId: entry.caseId }))).toMatchObject({ state: 'kept', caseNumber: 'P-1' });

      const { uploads } = must(await store.claimAttachments(START, 9, false));
      expect(uploads.map(({ size, chunks }) => [size, chunks.length])).toEqual([
        [SEALED_CHUNK_BYTES + 5, 2],
        [9, 1],
      ]);
      const [long, short] = uploads;
      expect(must(await store.attachmentChunk(long!.attachmentId, 1))).toHaveLength(5);
      expect(await store.attachmentChunk(long!.attachmentId, 2)).toMatchObject({ ok: false });
      must(await store.settleAttachment(long!.attachmentId, named(long!.sha256)));
      expect(must(await store.findCase({ caseId: entry.caseId })).state).toBe('kept');
      expect(left(dir)).toEqual([short!.sha256]);
      must(await store.settleAttachment(short!.attachmentId, named(short!.sha256)));
      must(await store.settleAttachment(short!.attachmentId, named(short!.sha256)));
      expect(must(await store.findCase({ caseId: entry.caseId })).state).toBe('approved');
      expect(left(dir)).toEqual([]);
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 0, parked: 0 });
      expect(must(await store.openActs())).toEqual([]);
      await store.close();
    }),
  );

  it(
    'stay when the platform names another hash, until people agree',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const entry = await withFiles(dir, 1, 9);
      must(await store.submitCase(entry));
      await deliverCase(store);
      const [upload] = must(await store.claimAttachments(START, 9, false)).uploads;
      must(await store.settleAttachment(upload!.attachmentId, named('0'.repeat(64))));
      expect(left(dir)).toHaveLength(1);
      expect(must(await store.findCase({ caseId: entry.caseId }))).toMatchObject({
        state: 'parked',
        reason: 'hash-differs',
      });
      must(await store.resend(upload!.attachmentId, START));
      expect(must(await store.findCase({ caseId: entry.caseId })).state).toBe('kept');
      const again = must(await store.claimAttachments(START, 9, false)).uploads;
      must(await store.settleAttachment(again[0]!.attachmentId, named(again[0]!.sha256)));
      expect(must(await store.findCase({ caseId: entry.caseId })).state).toBe('approved');
      await store.close();
    }),
  );

  it(
    'that are not on disk keep their case from being taken, and nothing of it is written',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const [whole, cutOff] = [await withFiles(dir, 1, 9), await withFiles(dir, 2, 9)];
      truncateSync(join(folderOf(dir), cutOff.attachments![0]!.sha256), 8);
      expect(await store.submitCase(cutOff)).toMatchObject({ ok: false, error: { code: 'not-found' } });
      expect(must(await store.outboxCounts()).waiting).toBe(0);
      const first = must(await store.submitCase(whole));
      // The same again, also after its file is gone, is the same case.
      rmSync(join(folderOf(dir), whole.attachments![0]!.sha256));
      expect(must(await store.submitCase(whole)).trackingNumber).toBe(first.trackingNumber);
      await store.close();
    }),
  );

  it(
    'are looked through at the start: what no row names goes, a row without its file is said and parked',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const [sound, lost] = [await withFiles(dir, 1, 9), await withFiles(dir, 2, 9)];
      for (const entry of [sound, lost]) must(await store.submitCase(entry));
      const orphan = await withFiles(dir, 3, 9);
      rmSync(join(folderOf(dir), lost.attachments![0]!.sha256));
      writeFileSync(join(folderOf(dir), `${testId(7)}.part`), 'x');
      await store.close();
      const again = openForTest(dir).store;
      expect(must(await again.collectAttachments())).toEqual({ removed: 2, aside: 0, lost: 1 });
      expect(left(dir)).toEqual([sound.attachments![0]!.sha256]);
      expect(left(dir)).not.toContain(orphan.attachments![0]!.sha256);
      expect(must(await again.attachmentsOf(lost.caseId))).toMatchObject([{ state: 'parked', reason: 'file-lost' }]);
      expect(must(await again.findCase({ caseId: lost.caseId })).state).toBe('parked');
      await again.close();
    }),
  );

  it(
    'that were under way when the process died are tried again',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(await withFiles(dir, 1, 9)));
      await deliverCase(store);
      expect(must(await store.claimAttachments(START, 9, false)).uploads).toHaveLength(1);
      expect(must(await store.claimAttachments(START, 9, false)).uploads).toHaveLength(0);
      await store.close();
      const again = openForTest(dir).store;
      expect(must(await again.claimAttachments(START, 9, false)).uploads).toMatchObject([{ attempts: 2 }]);
      await again.close();
    }),
  );

  it(
    'go with their case when people give it up',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(await withFiles(dir, 1, 9, 10)));
      const [entry] = must(await claim(store, START, 1));
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      const order = { entryId: entry!.entryId, at: START, people: ['a', 'b'] as const, reason: 'test' };
      must(await store.discard(order));
      expect(left(dir)).toEqual([]);
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 0, parked: 0 });
      await store.close();
    }),
  );

  it(
    'are handed over with the queue, and a copy without them is damaged',
    withFolder(async (dir) => {
      const [old, fresh, path] = [join(dir, 'old'), join(dir, 'new'), join(dir, 'stick.sqlite')];
      const { store } = openForTest(old);
      const entry = await withFiles(old, 1, SEALED_CHUNK_BYTES + 1);
      must(await store.submitCase(entry));
      must(await store.handOver({ id: 'one', at: START, path }));
      expect(must(await store.claimAttachments(START, 9, true)).uploads).toEqual([]);
      await store.close();

      const name = entry.attachments![0]!.sha256;
      openForTest(fresh)
        .store.close()
        .catch(() => undefined);
      truncateSync(join(`${path}.files`, name), 7);
      expect(restoreCopy(loadSqlite(), path, fresh, START)).toMatchObject({ ok: false, error: { code: 'damaged' } });
      writeFileSync(join(`${path}.files`, name), Buffer.alloc(SEALED_CHUNK_BYTES + 1, 32));
      expect(restoreCopy(loadSqlite(), path, fresh, START)).toMatchObject({ ok: true });
      const taken = openForTest(fresh).store;
      expect(must(await taken.collectAttachments())).toEqual({ removed: 0, aside: 0, lost: 0 });
      await deliverCase(taken);
      expect(must(await taken.claimAttachments(START, 9, false)).uploads).toMatchObject([{ sha256: name }]);
      await taken.close();
    }),
  );
});

describe('files of a case in a damaged database', () => {
  it(
    'are taken over with their rows; one whose row is lost is set aside, not removed',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const [sound, rowless] = [await withFiles(dir, 1, 9), await withFiles(dir, 2, 10)];
      for (const entry of [sound, rowless]) must(await store.submitCase(entry));
      await deliverCase(store);
      must(await store.claimAttachments(START, 1, false));
      await store.close();
      const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
      db.prepare('DELETE FROM attachments WHERE case_id = ?').run(rowless.caseId);
      // A table that is not of this schema makes it a damaged one.
      db.exec('CREATE TABLE stranger (x)');
      db.close();
      const again = openForTest(dir);
      expect(again.report).toMatchObject({ kind: 'salvaged', counts: { rows: { attachments: 1 } } });
      expect(must(await again.store.collectAttachments())).toEqual({ removed: 0, aside: 1, lost: 0 });
      expect(readdirSync(join(folderOf(dir), 'lost'))).toEqual([rowless.attachments![0]!.sha256]);
      const { uploads } = must(await again.store.claimAttachments(START, 9, false));
      expect(uploads).toMatchObject([{ sha256: sound.attachments![0]!.sha256 }]);
      await again.store.close();
    }),
  );
});
