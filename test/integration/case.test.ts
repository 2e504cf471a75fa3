import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, CallOutput } from '../../electron/contract/calls.ts';
import { fixtureValues } from './filled-forms.ts';
import { TestKiosk, until } from './app-kit.ts';
import { readCard, unlock } from './steps.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import { newId } from '../../electron/services/ids.ts';

/** A citizen's case over the whole App: each time the words are what is true. */
describe('a case', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({ sealDelayMs: 100 });
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  /** Begins a visit, reads the card and gives the input of a submit. */
  async function review(itemId: string): Promise<CallInput<'case.submit'>> {
    const { visitId } = await kiosk.must('visit.begin', { language: 'zh-CN' });
    const card = await readCard(kiosk, visitId);
    const { item } = await kiosk.must('catalogue.item', { itemId });
    for (const { id, required } of (item as ItemPack).attachments ?? []) {
      if (required === true) await handIn(visitId, itemId, id);
    }
    return {
      visitId,
      submissionId: newId({ clock: systemClock, random: systemRandom }),
      itemId,
      itemVersion: (item as { version: number }).version,
      language: 'zh-CN',
      values: fixtureValues(item, card),
    };
  }

  /** A small picture of a paper. */
  async function handIn(visitId: string, itemId: string, slot: string): Promise<void> {
    const bytes = new Uint8Array(2_000).fill(7);
    const added = await kiosk.must('attachment.add', { visitId, itemId, slot, type: 'image/jpeg', size: bytes.length });
    if (!added.added) throw new Error(`not taken: ${added.why}`);
    const { complete } = await kiosk.must('attachment.chunk', { visitId, attachmentId: added.attachmentId, bytes });
    expect(complete).toBe(true);
  }

  async function receiptLines(result: CallOutput<'case.submit'>, visitId: string): Promise<string> {
    const print = await kiosk.must('receipt.print', {
      visitId,
      subject: 'case',
      subjectId: result.caseId,
      language: 'zh-CN',
    });
    expect(print.outcome).toBe('printed');
    return (await kiosk.stack.bench.receiptsPainted()).at(-1)?.lines.join('\n') ?? '';
  }

  it('with instant approval is approved at once, on screen and paper', async () => {
    const input = await review('rent-filing');
    const result = await kiosk.must('case.submit', input);
    expect(result).toMatchObject({ state: 'approved', reason: null });
    expect(result.caseNumber).not.toBeNull();
    const paper = await receiptLines(result, input.visitId);
    expect(paper).toContain('当场办结');
    expect(paper).toContain('林*夏');
    expect(paper).not.toContain('990001199003070028');
    const held = (await kiosk.stack.platform.holdings()).cases.find((one) => one.caseId === result.caseId);
    expect(held?.payload).toMatchObject({ applicant: { name: '林测夏' }, values: input.values });
  });

  it('the same submission twice, also at the same time, is one case', async () => {
    const input = await review('employment-registration');
    const [first, second] = await Promise.all([kiosk.must('case.submit', input), kiosk.must('case.submit', input)]);
    const third = await kiosk.must('case.submit', input);
    expect(second.caseId).toBe(first.caseId);
    expect(third.caseId).toBe(first.caseId);
    const held = (await kiosk.stack.platform.holdings()).cases.filter(
      (one) => one.itemId === 'employment-registration',
    );
    expect(held).toHaveLength(1);
  });

  it('that an office decides is received, not done', async () => {
    const input = await review('food-business-licence');
    const result = await kiosk.must('case.submit', input);
    expect(result).toMatchObject({ state: 'received', decidedAt: null });
    expect(await receiptLines(result, input.visitId)).toContain('政务平台已收到');
  });

  it('with the platform gone is kept, says so, and arrives later once', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const input = await review('rent-filing');
    const result = await kiosk.must('case.submit', input);
    expect(result).toMatchObject({ state: 'kept', caseNumber: null, receivedAt: null });
    const paper = await receiptLines(result, input.visitId);
    expect(paper).toContain('已妥善存在本机');
    expect(paper).toContain('等联网');
    // How long it takes once it is there, not that it is over.
    expect(paper).toContain('送到平台后，当场办结');
    expect(paper.match(/当场办结/gu)).toHaveLength(1);
    await kiosk.stack.platform.faults.restore();
    await until('case delivered', () =>
      kiosk.events('case-changed').some((event) => event.caseId === result.caseId && event.state === 'approved'),
    );
    const held = (await kiosk.stack.platform.holdings()).cases.filter((one) => one.caseId === result.caseId);
    expect(held).toHaveLength(1);
    expect((await kiosk.must('case.find', { number: result.trackingNumber })).state).toBe('approved');
  });

  it('of somebody who has left is no news for the next person’s screen', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const input = await review('rent-filing');
    const result = await kiosk.must('case.submit', input);
    await kiosk.must('visit.end', { visitId: input.visitId, reason: 'finished' });
    await kiosk.must('visit.begin', { language: 'zh-CN' });
    await kiosk.stack.platform.faults.restore();
    await until('case delivered', async () =>
      (await kiosk.stack.platform.holdings()).cases.some((one) => one.caseId === result.caseId),
    );
    await kiosk.drained();
    expect(kiosk.events('case-changed').filter((event) => event.caseId === result.caseId)).toEqual([]);
  }, 40_000);

  it('with a platform too slow to wait for is kept, and does not blame the network', async () => {
    kiosk.stack.platform.faults.slow(11_000, { routes: ['submitCase'], times: 1 });
    const input = await review('rent-filing');
    const result = await kiosk.must('case.submit', input);
    expect(result).toMatchObject({ state: 'kept', caseNumber: null });
    const paper = await receiptLines(result, input.visitId);
    expect(paper).toContain('等平台');
    expect(paper).not.toContain('联网');
    await kiosk.stack.platform.faults.restore();
    await until(
      'delivered',
      async () => (await kiosk.must('case.find', { number: result.trackingNumber })).state === 'approved',
    );
    const held = (await kiosk.stack.platform.holdings()).cases.filter((one) => one.caseId === result.caseId);
    expect(held).toHaveLength(1);
  }, 40_000);

  it('that cannot be sent as it is waits for staff, and is not called refused', async () => {
    kiosk.stack.platform.faults.refuse('urn:hall24:unreadable-envelope', { routes: ['submitCase'], times: 1 });
    const input = await review('rent-filing');
    const parked = await kiosk.must('case.submit', input);
    expect(parked).toMatchObject({ state: 'parked', reason: { code: 'S507-needs-staff' } });
    expect(await receiptLines(parked, input.visitId)).toContain('待人处理');
  });

  it('that the platform refuses for good is refused in words, and delays no other', async () => {
    kiosk.stack.platform.faults.refuse('urn:hall24:item-version-withdrawn', { routes: ['submitCase'], times: 1 });
    const refused = await kiosk.must('case.submit', await review('rent-filing'));
    expect(refused).toMatchObject({ state: 'refused', reason: { code: 'S503-platform-refused' } });
    const next = await kiosk.must('case.submit', await review('rent-filing'));
    expect(next.state).toBe('approved');
  });

  it.each([
    ['an HTML page', () => kiosk.stack.platform.faults.html({ routes: ['submitCase'], times: 1 })],
    ['an error 500', () => kiosk.stack.platform.faults.refuse(500, { routes: ['submitCase'], times: 1 })],
    ['an empty answer', () => kiosk.stack.platform.faults.emptyAnswer({ routes: ['submitCase'], times: 1 })],
    ['the answer twice', () => kiosk.stack.platform.faults.twice({ routes: ['submitCase'], times: 1 })],
    ['a cut before it is kept', () => kiosk.stack.platform.faults.drop('before', { routes: ['submitCase'], times: 1 })],
    ['a cut after it is kept', () => kiosk.stack.platform.faults.drop('after', { routes: ['submitCase'], times: 1 })],
  ])('answered with %s is at the platform once in the end', async (_, misbehave) => {
    misbehave();
    const result = await kiosk.must('case.submit', await review('rent-filing'));
    expect(['kept', 'approved']).toContain(result.state);
    await until('approved', async () => {
      const found = await kiosk.call('case.find', { number: result.trackingNumber });
      return found.ok && found.value.state === 'approved';
    });
    await kiosk.drained();
    const { cases } = await kiosk.stack.platform.holdings();
    expect(cases.filter((one) => one.caseId === result.caseId)).toHaveLength(1);
  });

  it('cannot be submitted without a card, with a hole in the form, or for an item that is not there', async () => {
    const input = await review('rent-filing');
    const holed = { ...input, values: { ...input.values, phone: '123' } };
    expect(await kiosk.call('case.submit', holed)).toMatchObject({ error: { code: 'S501-form-incomplete' } });
    expect(await kiosk.call('case.submit', { ...input, itemId: 'nothing' })).toMatchObject({
      error: { code: 'S502-item-unknown' },
    });
    const { visitId } = await kiosk.must('visit.begin', { language: 'en' });
    expect(await kiosk.call('case.submit', { ...input, visitId })).toMatchObject({ error: { code: 'C202-no-card' } });
    // The older visit is over: nothing can be done in its name.
    expect(await kiosk.call('case.submit', input)).toMatchObject({ error: { code: 'K102-no-visit' } });
  });

  it('for a new enterprise ends in a seal in the locker, with a code for it', async () => {
    const result = await kiosk.must('case.submit', await review('business-opening'));
    expect(result.state).toBe('received');
    await until('seal announced', () => kiosk.stack.platform.messages.length > 0);
    const code = kiosk.stack.platform.messages[0]?.code ?? '';
    const { visitId } = await kiosk.must('visit.begin', { language: 'zh-CN' });
    expect((await kiosk.must('pickup.check', { visitId, code })).contents).not.toHaveLength(0);
  });

  it('without a paper that its item requires is not taken', async () => {
    const input = await review('business-opening');
    const { attachments } = await kiosk.must('attachment.list', { visitId: input.visitId, itemId: input.itemId });
    for (const { attachmentId } of attachments) {
      await kiosk.must('attachment.remove', { visitId: input.visitId, attachmentId });
    }
    expect(await kiosk.call('case.submit', input)).toMatchObject({
      error: { code: 'S501-form-incomplete', params: { fields: 'attachments' } },
    });
    await handIn(input.visitId, input.itemId, 'articles');
    expect(await kiosk.must('case.submit', input)).toMatchObject({ state: 'received' });
  });

  it('is rated once, by keypad or screen, whichever comes first', async () => {
    const input = await review('rent-filing');
    const { visitId } = input;
    // A key pressed before anybody was asked counts for nothing.
    const pressed: number[] = [];
    const stop = kiosk.app.useCases.devices.signals.subscribe((signal) => {
      if (signal.type === 'rating') pressed.push(signal.level);
    });
    kiosk.stack.bench.actions.pressKey(1);
    await until('early key seen', () => pressed.length === 1);
    stop();
    const result = await kiosk.must('case.submit', input);
    const subject = { subject: 'case', subjectId: result.caseId } as const;
    expect(await kiosk.must('rating.invite', { visitId, ...subject })).toEqual({ alreadyRated: false });
    // The keypad's driver takes two presses within 300 ms for one.
    await systemClock.sleep(400);
    kiosk.stack.bench.actions.pressKey(5);
    await until('keypad rating', () => kiosk.events('rating-given').some((event) => event.subjectId === result.caseId));
    // The first rating counts, and the screen is told which it was.
    expect(await kiosk.must('rating.give', { visitId, ...subject, level: 2 })).toEqual({ level: 5 });
    await kiosk.drained();
    const ratings = (await kiosk.stack.platform.holdings()).ratings.filter((one) => one.subjectId === result.caseId);
    expect(ratings).toMatchObject([{ level: 5, channel: '4' }]);
  });

  it('that waits changes no screen but that of a technician at work', async () => {
    await kiosk.drained();
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const offline = async (): Promise<void> => {
      expect(await kiosk.must('case.submit', await review('rent-filing'))).toMatchObject({ state: 'kept' });
    };
    const waits = async (count: number): Promise<boolean> =>
      (await kiosk.must('kiosk.snapshot', {})).waitingToSend === count;
    // A change of something else tells the count along; one of the count alone looks as nothing at all.
    const toldOfCountOnly = (): boolean =>
      kiosk
        .events('kiosk-changed')
        .map((told) => JSON.stringify({ ...told, now: '', waitingToSend: 0 }))
        .some((told, place, all) => told === all[place - 1]);
    await offline();
    await until('the count', () => waits(1));
    await offline();
    await until('the count', () => waits(2));
    expect(toldOfCountOnly()).toBe(false);
    const token = await unlock(kiosk);
    await offline();
    await until('an event', () => kiosk.events('kiosk-changed').at(-1)?.waitingToSend === 3);
    await kiosk.must('technician.lock', { token });
    await kiosk.stack.platform.faults.restore();
    await kiosk.drained();
  }, 40_000);

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});
