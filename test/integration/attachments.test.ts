import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ItemPackSchema } from '../../electron/platform-api/item-pack-schema.ts';
import { TestKiosk, until } from './app-kit.ts';
import { review } from './steps.ts';

const SLOTS = [
  { id: 'contract', title: { 'zh-CN': '租赁合同', en: 'Contract' }, max: 2 },
  { id: 'photo', title: { 'zh-CN': '房屋照片', en: 'Photo of the house' }, max: 1 },
];

describe('files of a case over the whole App', () => {
  let kiosk: TestKiosk;
  const folder = (): string => join(kiosk.stack.dataDir, 'store', 'attachments');
  const left = (): string[] => (existsSync(folder()) ? readdirSync(folder()) : []);

  beforeAll(async () => {
    kiosk = await TestKiosk.start({});
    await kiosk.devicesReady();
    await kiosk.link('up');
    const { item } = await kiosk.must('catalogue.item', { itemId: 'rent-filing' });
    const pack = ItemPackSchema.parse(item);
    await kiosk.stack.platform.publishItems([{ ...pack, version: pack.version + 1, attachments: SLOTS }]);
    await until('the new catalogue is here', async () => {
      const now = await kiosk.must('catalogue.item', { itemId: 'rent-filing' });
      return (now.item as { attachments?: unknown }).attachments !== undefined;
    });
  });
  afterAll(() => kiosk.stop());

  const add = async (visitId: string, slot: string, bytes: Uint8Array): Promise<string> => {
    const common = { visitId, itemId: 'rent-filing' };
    const begun = await kiosk.must('attachment.add', { ...common, slot, type: 'image/jpeg', size: bytes.length });
    if (!begun.added) throw new Error(begun.why);
    const { attachmentId, chunkBytes } = begun;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.slice(at, at + chunkBytes);
      const { received, complete } = await kiosk.must('attachment.chunk', { visitId, attachmentId, bytes: chunk });
      expect([received, complete]).toEqual([Math.min(at + chunkBytes, bytes.length), at + chunkBytes >= bytes.length]);
      expect(chunk.every((byte) => byte === 0)).toBe(true);
    }
    return attachmentId;
  };

  it('go with the case, sealed; it is approved when the platform has all of it, and nothing is left here', async () => {
    const input = await review(kiosk);
    const [long, short] = [new Uint8Array(randomBytes(700_000)), new Uint8Array(randomBytes(9))];
    const first = await add(input.visitId, 'contract', long);
    const gone = await add(input.visitId, 'contract', short);
    await kiosk.must('attachment.remove', { visitId: input.visitId, attachmentId: gone });
    const last = await add(input.visitId, 'photo', short);
    const { attachments } = await kiosk.must('attachment.list', { visitId: input.visitId, itemId: 'rent-filing' });
    expect(attachments).toEqual([
      { attachmentId: first, slot: 'contract', size: 700_000, received: 700_000, complete: true },
      { attachmentId: last, slot: 'photo', size: 9, received: 9, complete: true },
    ]);
    expect(left()).toHaveLength(2);
    for (const name of left()) {
      const bytes = readFileSync(join(folder(), name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
      expect(bytes.includes(Buffer.from(long.subarray(1_000, 1_016)))).toBe(false);
    }
    const result = await kiosk.must('case.submit', input);
    await until('the case is approved', async () => {
      const found = await kiosk.must('case.find', { number: result.trackingNumber });
      return found.state === 'approved';
    });
    await kiosk.drained();
    const held = (await kiosk.stack.platform.holdings()).attachments;
    expect(held.map(({ attachmentId, slot, type }) => [attachmentId, slot, type])).toEqual([
      [first, 'contract', 'image/jpeg'],
      [last, 'photo', 'image/jpeg'],
    ]);
    expect(held.map(({ plain }, index) => plain && Buffer.compare(plain, index === 0 ? long : short))).toEqual([0, 0]);
    await until('no file is left', () => left().length === 0);
  });

  it('are taken only where the item asks for them, as many and as large as it says', async () => {
    const input = await review(kiosk);
    const { visitId } = input;
    const why = async (slot: string, size: number): Promise<unknown> => {
      const answer = await kiosk.must('attachment.add', {
        visitId,
        itemId: 'rent-filing',
        slot,
        type: 'image/png',
        size,
      });
      return answer.added ? answer.added : answer.why;
    };
    expect(await why('passport', 5)).toBe('no-such-slot');
    expect(await why('photo', 5 * 1024 * 1024 + 1)).toBe('too-large');
    await add(visitId, 'photo', new Uint8Array(5));
    expect(await why('photo', 5)).toBe('too-many');
    expect(await why('contract', 400_000)).toBe(true);
    // A file that is not complete keeps the case back.
    expect(await kiosk.call('case.submit', input)).toMatchObject({
      ok: false,
      error: { code: 'S501-form-incomplete' },
    });
    const { attachments } = await kiosk.must('attachment.list', { visitId, itemId: 'rent-filing' });
    const open = attachments.find(({ complete }) => !complete)?.attachmentId ?? '';
    const wrong = await kiosk.call('attachment.chunk', { visitId, attachmentId: open, bytes: new Uint8Array(7) });
    expect(wrong).toMatchObject({ ok: false, error: { code: 'K101-bad-request' } });
    const strange = await kiosk.call('attachment.list', { visitId: open, itemId: 'rent-filing' });
    expect(strange).toMatchObject({ ok: false, error: { code: 'K102-no-visit' } });
    await kiosk.must('visit.end', { visitId, reason: 'left' });
    await until('no file is left', () => left().length === 0);
  });

  it('wait here while the platform is gone, and arrive after a restart; what a crash left is taken away', async () => {
    const input = await review(kiosk);
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const bytes = new Uint8Array(randomBytes(300_000));
    const id = await add(input.visitId, 'contract', bytes);
    const result = await kiosk.must('case.submit', input);
    expect(result.state).toBe('kept');
    await kiosk.must('visit.end', { visitId: input.visitId, reason: 'finished' });
    expect(left()).toHaveLength(1);
    await kiosk.close();
    writeFileSync(join(folder(), `${id}.part`), 'half');
    writeFileSync(join(folder(), 'a'.repeat(64)), 'whole, but of no case');
    await kiosk.stack.platform.faults.restore();
    await kiosk.open();
    await kiosk.link('up');
    await kiosk.drained();
    const { attachments } = await kiosk.stack.platform.holdings();
    const held = attachments.filter(({ attachmentId }) => attachmentId === id);
    expect(held.map(({ plain }) => plain && Buffer.compare(plain, bytes))).toEqual([0]);
    await until('no file is left', () => left().length === 0);
    expect(kiosk.logTail().some(({ event }) => event === 'attachments-collected')).toBe(true);
    expect(kiosk.bugs).toEqual([]);
  });
});
