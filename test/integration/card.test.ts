import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../native/transport/system-clock.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { TestKiosk, until } from './app-kit.ts';
import { beginVisit, codeOf, freshId, functionNow, readCard, readerEmpty, statusOf, unlock } from './steps.ts';

describe('a card that nobody asked for', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
  });
  afterAll(() => kiosk.stop());

  it('is told when it comes and goes, also before a visit and after the reader was away', async () => {
    const seen = kiosk.seen.length;
    const told = (): unknown[] =>
      kiosk.seen.slice(seen).flatMap((event) => (event.name === 'card-changed' ? [event.payload] : []));
    kiosk.stack.bench.actions.layCard('lin');
    await until('laid', () => told().length === 1);
    const visitId = await beginVisit(kiosk);
    expect(await kiosk.call('card.read', { visitId })).toMatchObject({ ok: true });
    // Nobody is so quick; the driver learns meanwhile what this module still answers about a card that was read.
    await systemClock.sleep(1_000);
    kiosk.stack.bench.actions.removeCard();
    await until('removed', () => told().length === 2);
    await kiosk.must('visit.end', { visitId, reason: 'left' });
    expect(told()).toEqual([
      { visitId: null, change: 'laid' },
      { visitId, change: 'removed' },
    ]);
    await kiosk.stack.bench.actions.unplug('card-reader');
    await until('away', () => statusOf(kiosk, 'id-card-reader') === 'offline');
    await kiosk.stack.bench.actions.replug('card-reader');
    await kiosk.devicesReady();
    kiosk.stack.bench.actions.layCard('elder');
    await until('laid again', () => told().length === 3);
  });
});

describe('a card', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
  });
  afterAll(() => kiosk.stop());
  afterEach(async () => {
    kiosk.stack.bench.actions.removeCard();
    await readerEmpty(kiosk);
  });

  const lay = (card: keyof typeof TEST_CARDS): void => kiosk.stack.bench.actions.layCard(card);
  const found = (visitId: string): Promise<void> =>
    until('card found', () => kiosk.events('card-found').some((event) => event.visitId === visitId));

  it.each(['lin', 'elder', 'over-80', 'rare-name', 'private-name', 'minor', 'expired'] as const)(
    '%s is read letter for letter',
    async (key) => {
      const read = await readCard(kiosk, await beginVisit(kiosk), key);
      const { name, number, address, birthDate, validTo, nation, sex } = TEST_CARDS[key].card;
      expect(read).toMatchObject({ name, number, address, birthDate, validTo, nation, sex });
    },
  );

  it('that is laid only after a while is waited for, and told as soon as it is seen', async () => {
    const visitId = await beginVisit(kiosk);
    const reading = kiosk.call('card.read', { visitId });
    expect(kiosk.events('card-found').some((event) => event.visitId === visitId)).toBe(false);
    lay('lin');
    await found(visitId);
    expect(await reading).toMatchObject({ ok: true, value: { card: { name: '林测夏' } } });
  });

  it('that cannot be read says so, and the next card is read', async () => {
    const visitId = await beginVisit(kiosk);
    lay('unreadable');
    expect(codeOf(await kiosk.call('card.read', { visitId }))).toBe('C203-card-unreadable');
    expect((await readCard(kiosk, visitId, 'elder')).name).toBe('测试老人');
  });

  it('that is taken away too early is not half read', async () => {
    const visitId = await beginVisit(kiosk);
    const stop = kiosk.app.events.subscribe((event) => {
      if (event.name === 'card-found') kiosk.stack.bench.actions.removeCard();
    });
    lay('lin');
    const read = await kiosk.call('card.read', { visitId });
    stop();
    expect(codeOf(read)).toBe('C204-card-moved');
    expect((await readCard(kiosk, visitId)).name).toBe('林测夏');
  });

  it('behind a line full of noise is read right or not at all', async () => {
    kiosk.stack.bench.actions.setLine('card-reader', { garbageBytes: 9 });
    for (let round = 0; round < 3; round += 1) {
      const visitId = await beginVisit(kiosk);
      lay('lin');
      const read = await kiosk.call('card.read', { visitId });
      if (read.ok) expect(read.value.card).toMatchObject({ name: '林测夏', number: TEST_CARDS.lin.card.number });
      else expect(['C201-reader-away', 'C203-card-unreadable', 'C206-reader-refused']).toContain(read.error.code);
      kiosk.stack.bench.actions.removeCard();
      await readerEmpty(kiosk);
    }
    kiosk.stack.bench.actions.setLine('card-reader', { garbageBytes: 0 });
    await kiosk.devicesReady();
    expect((await readCard(kiosk, await beginVisit(kiosk))).name).toBe('林测夏');
  });

  it('is waited for no longer once the wait is cancelled', async () => {
    const visitId = await beginVisit(kiosk);
    const reading = kiosk.call('card.read', { visitId });
    await kiosk.must('card.cancel', { visitId });
    expect(codeOf(await reading)).toBe('K106-cancelled');
    expect((await readCard(kiosk, visitId)).name).toBe('林测夏');
  });

  it('asked for twice goes to the second asker', async () => {
    const visitId = await beginVisit(kiosk);
    const first = kiosk.call('card.read', { visitId });
    const second = kiosk.call('card.read', { visitId });
    expect(codeOf(await first)).toBe('K106-cancelled');
    lay('lin');
    expect(await second).toMatchObject({ ok: true });
  });

  it('of one person never reaches the next: the visit ended while it was awaited', async () => {
    const first = await beginVisit(kiosk);
    const reading = kiosk.call('card.read', { visitId: first });
    await kiosk.must('visit.end', { visitId: first, reason: 'timed-out' });
    lay('lin');
    expect(codeOf(await reading)).toBe('K106-cancelled');
    expect(kiosk.events('card-found').some((event) => event.visitId === first)).toBe(false);
    kiosk.stack.bench.actions.removeCard();
    const second = await beginVisit(kiosk, 'en');
    const { item } = await kiosk.must('catalogue.item', { itemId: 'rent-filing' });
    const submit = {
      visitId: second,
      submissionId: freshId(),
      itemId: 'rent-filing',
      itemVersion: (item as { version: number }).version,
      language: 'en',
      values: {},
    } as const;
    expect(codeOf(await kiosk.call('case.submit', submit))).toBe('C202-no-card');
  });

  it('read in one visit is gone in the next', async () => {
    const first = await beginVisit(kiosk);
    await readCard(kiosk, first);
    // Begun without an end in between: the older one is over all the same.
    const second = await beginVisit(kiosk);
    expect(kiosk.events('visit-ended').some((event) => event.visitId === first)).toBe(true);
    expect(kiosk.app.useCases.visits.current).toMatchObject({ id: second, card: null });
    expect(codeOf(await kiosk.call('card.read', { visitId: first }))).toBe('K102-no-visit');
  });

  it('and a reader that is unplugged while it waits: said at once, and it works again when plugged in', async () => {
    const visitId = await beginVisit(kiosk);
    const reading = kiosk.call('card.read', { visitId });
    await kiosk.stack.bench.actions.unplug('card-reader');
    expect(codeOf(await reading)).toBe('C201-reader-away');
    await until('reader offline', () => statusOf(kiosk, 'id-card-reader') === 'offline');
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'not-now', reason: 'C201-reader-away' });
    expect(codeOf(await kiosk.call('card.read', { visitId }))).toBe('C201-reader-away');
    await kiosk.stack.bench.actions.replug('card-reader');
    await kiosk.devicesReady();
    expect((await readCard(kiosk, visitId)).name).toBe('林测夏');
  });

  it('unplugged in the middle of reading gives no half card', async () => {
    const visitId = await beginVisit(kiosk);
    let pulled = Promise.resolve();
    const stop = kiosk.app.events.subscribe((event) => {
      if (event.name === 'card-found') pulled = kiosk.stack.bench.actions.unplug('card-reader');
    });
    lay('lin');
    const read = await kiosk.call('card.read', { visitId });
    stop();
    await pulled;
    expect(codeOf(read)).toBe('C201-reader-away');
    await kiosk.stack.bench.actions.replug('card-reader');
    await kiosk.devicesReady();
  });

  it('leaves no bug in the log, and nothing of any card in it', async () => {
    expect(kiosk.bugs).toEqual([]);
    const token = await unlock(kiosk);
    const lines = JSON.stringify(await kiosk.must('technician.logs', { token, limit: 500 }));
    for (const { card } of Object.values(TEST_CARDS)) {
      // A foreigner's card holds no address.
      for (const text of [card.name, card.number, card.address].filter((one) => one !== '')) {
        expect(lines).not.toContain(text);
      }
    }
  });
});
