import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import type { IdCardReaderEvent } from '../model/id-card-reader.ts';
import { SdtReader } from './sdt-driver.ts';
import { SdtReaderSimulator } from './simulator.ts';
import type { SdtBehaviour } from './simulator.ts';
import { TEST_CARD } from './test-card.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: SdtReaderSimulator;
  readonly line: MemoryLine;
  readonly reader: SdtReader;
  /** Events since they were looked at last. */
  readonly news: () => IdCardReaderEvent['type'][];
  /** Commands and the times they were sent at. */
  readonly sent: { readonly at: number; readonly command: number }[];
}

function bench(habits: Partial<SdtBehaviour> = {}): Bench {
  const clock = new FakeClock();
  const simulator = new SdtReaderSimulator();
  Object.assign(simulator.behaviour, habits);
  const line = new MemoryLine(simulator, clock);
  const transport = line.open();
  const sent: Bench['sent'] = [];
  const pass = transport.onWrite;
  transport.onWrite = (bytes) => {
    sent.push({ at: clock.monotonic(), command: ((bytes[7] ?? 0) << 8) | (bytes[8] ?? 0) });
    pass?.(bytes);
  };
  const reader = new SdtReader(transport, clock);
  let events: IdCardReaderEvent['type'][] = [];
  reader.events.subscribe(({ type }) => events.push(type));
  const news = (): IdCardReaderEvent['type'][] => {
    const seen = events;
    events = [];
    return seen;
  };
  return { clock, simulator, line, reader, news, sent };
}

/** Gaps between questions for a card, in milliseconds. */
function findGaps({ sent }: Bench): number[] {
  const finds = sent.filter(({ command }) => command === 0x2001).map(({ at }) => at);
  return finds.slice(1).map((at, index) => at - (finds[index] ?? 0));
}

const HABITS: readonly (readonly [string, Partial<SdtBehaviour>])[] = [
  ['hides a card that was read', {}],
  ['hides a card that was selected, and selects it again', { hidesAfter: 'select', selectsAgain: true }],
  ['hides none', { hidesAfter: 'never' }],
  ['wants a lift before the next reading', { mustBeLifted: true }],
  ['knows no newest address', { noAddressCommand: true }],
  ['says nothing without a card', { silentWithoutCard: true }],
  ['only selects again', { noAddressCommand: true, mustBeLifted: true, selectsAgain: true }],
];

describe.each(HABITS)('watching a module that %s', (_, habits) => {
  it('tells a card that is laid, read, lifted, and laid again', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    await on.clock.advance(1_000);
    for (let turn = 0; turn < 3; turn += 1) {
      on.simulator.layCard(TEST_CARD);
      await on.clock.advance(2_000);
      expect(on.news()).toEqual(['card-laid']);
      expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
      await on.clock.advance(20_000);
      expect(on.news()).toEqual([]);
      on.simulator.removeCard();
      await on.clock.advance(15_000);
      expect(on.news()).toEqual(['card-removed']);
    }
  });

  it('tells a card that nobody reads, laid and lifted', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    await on.clock.advance(1_000);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(6_000);
    expect(on.news()).toEqual(['card-laid']);
    on.simulator.removeCard();
    await on.clock.advance(3_000);
    expect(on.news()).toEqual(['card-removed']);
  });

  it('tells a card that is taken away too early', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(1_000);
    on.simulator.behaviour.removedDuringRead = true;
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: false });
    expect(on.news()).toEqual(['card-laid', 'card-moved', 'card-removed']);
    on.simulator.behaviour.removedDuringRead = false;
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(3_000);
    expect(on.news()).toEqual(['card-laid']);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
  });

  it('asks for a card no faster than every 300 ms', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    await on.clock.advance(5_000);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(5_000);
    expect(findGaps(on).length).toBeGreaterThan(15);
    expect(Math.min(...findGaps(on))).toBeGreaterThanOrEqual(300);
    await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    on.sent.length = 0;
    await on.clock.advance(30_000);
    expect(findGaps(on).length).toBeGreaterThan(15);
    expect(Math.min(...findGaps(on))).toBeGreaterThanOrEqual(300);
    expect(on.sent.length).toBeLessThan(250);
  });
});

describe.each(HABITS)('a card that is lifted the moment it was read, on a module that %s', (_, habits) => {
  it('is not taken for the one that is laid next', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(1_000);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
    on.simulator.removeCard();
    await on.clock.advance(10_000);
    on.simulator.layCard({ ...TEST_CARD, name: '测试二' });
    await on.clock.advance(2_000);
    expect(on.news()).toEqual(['card-laid', 'card-removed', 'card-laid']);
  });

  it.skipIf(habits.noAddressCommand)('is missed by a program that has just started', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
    // Nobody lifts a card quicker after its reading was told.
    await on.clock.advance(60);
    on.simulator.removeCard();
    await on.clock.advance(15_000);
    expect(on.news()).toEqual(['card-laid', 'card-removed']);
  });

  it('may take its reader with it: nobody hears of a question that gets no answer', async () => {
    const on = bench(habits);
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    const read = await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    on.line.current?.lose();
    await on.clock.advance(15_000);
    expect(read).toMatchObject({ ok: true });
    expect(on.news()).toEqual(['card-laid']);
    expect(await on.reader.readCard({ deadlineMs: 5_000 })).toMatchObject({ error: { code: 'line-lost' } });
  });

  it('leaves a reader that is known to be empty when another program looks for a while', async () => {
    const on = bench(habits);
    on.simulator.layCard(TEST_CARD);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
    on.simulator.removeCard();
    on.reader.dispose();
    const next = new SdtReader(on.line.open(), on.clock);
    const events: IdCardReaderEvent[] = [];
    next.events.subscribe((event) => events.push(event));
    next.watch(true);
    await on.clock.advance(10_000);
    on.simulator.layCard({ ...TEST_CARD, name: '测试二' });
    await on.clock.advance(2_000);
    expect(events).toEqual([{ type: 'card-laid', anew: true }]);
    next.dispose();
  });

  it('is not called another while it lies there all the time', async () => {
    const on = bench(habits);
    on.simulator.layCard(TEST_CARD);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
    on.reader.dispose();
    const next = new SdtReader(on.line.open(), on.clock);
    const events: IdCardReaderEvent[] = [];
    next.events.subscribe((event) => events.push(event));
    next.watch(true);
    await on.clock.advance(20_000);
    expect(events.filter((event) => event.type !== 'card-laid' || event.anew)).toEqual([]);
    next.dispose();
  });
});

describe('watching a reader', () => {
  it('tells two cards that were changed between two looks', async () => {
    const on = bench();
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(1_000);
    await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    await on.clock.advance(3_000);
    expect(on.news()).toEqual(['card-laid']);
    on.simulator.removeCard();
    on.simulator.layCard({ ...TEST_CARD, name: '测试二' });
    await on.clock.advance(2_000);
    expect(on.news()).toEqual(['card-removed', 'card-laid']);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ value: { name: '测试二' } });
  });

  it('tells a card that lay there before the program started, and that it is taken away', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    on.reader.dispose();
    const next = new SdtReader(on.line.open(), on.clock);
    const events: string[] = [];
    next.events.subscribe(({ type }) => events.push(type));
    next.watch(true);
    await on.clock.advance(5_000);
    expect(events).toEqual(['card-laid']);
    on.simulator.removeCard();
    await on.clock.advance(5_000);
    expect(events).toEqual(['card-laid', 'card-removed']);
  });

  it('claims nothing about a card that gives no sign, until the next one is laid', async () => {
    const on = bench({ noAddressCommand: true, mustBeLifted: true });
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(1_000);
    await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    await on.clock.advance(20_000);
    expect(on.news()).toEqual(['card-laid']);
    on.simulator.removeCard();
    await on.clock.advance(5_000);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(2_000);
    // It was not shown for many looks: whatever hid it, what is shown now was laid down after it had been lifted.
    expect(on.news()).toEqual(['card-removed', 'card-laid']);
    expect(await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
  });

  it('is not misled by one answer that was lost or damaged', async () => {
    const on = bench();
    on.reader.watch(true);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(1_000);
    await on.clock.run(on.reader.readCard({ deadlineMs: 5_000 }));
    expect(on.news()).toEqual(['card-laid']);
    for (const fault of ['wrongChecksum', 'truncated', 'nak'] as const) {
      on.simulator.behaviour[fault] = 1;
      await on.clock.advance(10_000);
    }
    on.line.behaviour = { ...GOOD_LINE, mute: true };
    await on.clock.advance(20_000);
    expect(on.news()).toEqual([]);
    on.line.behaviour = GOOD_LINE;
    on.simulator.removeCard();
    await on.clock.advance(10_000);
    expect(on.news()).toEqual(['card-removed']);
  });

  it('asks a silent reader seldom, and a line that is gone nothing', async () => {
    const on = bench({ silent: true });
    on.reader.watch(true);
    await on.clock.advance(30_000);
    expect(on.sent.length).toBeLessThan(12);
    on.line.unplug();
    await on.clock.advance(5_000);
    expect(on.clock.pending).toBe(0);
    on.reader.watch(true);
    await on.clock.advance(1_000);
    expect(on.clock.pending).toBe(0);
  });

  it('can be switched off and on at any moment', async () => {
    const on = bench();
    for (let turn = 0; turn < 20; turn += 1) {
      on.reader.watch(turn % 2 === 0);
      await on.clock.advance(turn * 17);
    }
    on.reader.watch(true);
    on.reader.watch(false);
    on.reader.watch(true);
    await on.clock.advance(2_000);
    expect(Math.min(...findGaps(on).slice(-4))).toBeGreaterThanOrEqual(300);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(2_000);
    expect(on.news()).toEqual(['card-laid']);
    on.reader.watch(false);
    await on.clock.advance(1_000);
    expect(on.clock.pending).toBe(0);
  });
});
