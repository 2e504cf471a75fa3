import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../native/transport/system-clock.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { TestKiosk, until } from './app-kit.ts';
import { beginVisit } from './steps.ts';

describe('a card that is left on the reader', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
  });
  afterAll(() => kiosk.stop());

  const left = async (): Promise<unknown> => (await kiosk.must('kiosk.snapshot', {})).cardLeft?.state ?? null;

  it('is asked for, and never read in the next visit before another card is laid down', async () => {
    const first = await beginVisit(kiosk);
    kiosk.stack.bench.actions.layCard('lin');
    await kiosk.must('card.read', { visitId: first });
    await kiosk.must('visit.end', { visitId: first, reason: 'finished', manner: { language: 'en', spoken: true } });
    expect((await kiosk.must('kiosk.snapshot', {})).cardLeft).toMatchObject({
      state: 'take',
      language: 'en',
      spoken: true,
    });
    const second = await beginVisit(kiosk);
    expect(await left()).toBe('left');
    let answered = false;
    const reading = kiosk.call('card.read', { visitId: second });
    void reading.then(() => (answered = true));
    await systemClock.sleep(2_000);
    expect(answered).toBe(false);
    expect(kiosk.events('card-found').some((event) => event.visitId === second)).toBe(false);
    kiosk.stack.bench.actions.removeCard();
    await until('nobody is asked any more', async () => (await left()) === null);
    kiosk.stack.bench.actions.layCard('elder');
    expect(await reading).toMatchObject({ ok: true, value: { card: { name: TEST_CARDS.elder.card.name } } });
    kiosk.stack.bench.actions.removeCard();
    await until('seen', () => kiosk.events('card-changed').at(-1)?.change === 'removed');
    await kiosk.must('visit.end', { visitId: second, reason: 'finished' });
    expect(await left()).toBeNull();
  });
});
