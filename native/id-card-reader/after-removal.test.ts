import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { SdtReader } from './sdt-driver.ts';
import { SdtReaderSimulator } from './simulator.ts';
import type { SdtBehaviour } from './simulator.ts';
import { TEST_CARD } from './test-card.ts';

const OTHER_CARD = { ...TEST_CARD, name: '测试二' };

/** A reader's simulator and its line, on a clock of the test's. */
function place(habits: Partial<SdtBehaviour> = {}): {
  readonly clock: FakeClock;
  readonly simulator: SdtReaderSimulator;
  readonly line: MemoryLine;
} {
  const clock = new FakeClock();
  const simulator = new SdtReaderSimulator();
  Object.assign(simulator.behaviour, habits);
  return { clock, simulator, line: new MemoryLine(simulator, clock) };
}

const HABITS: readonly (readonly [string, Partial<SdtBehaviour>])[] = [
  ['hides a card that was read', {}],
  ['hides a card that was selected, and selects it again', { hidesAfter: 'select', selectsAgain: true }],
  ['hides none', { hidesAfter: 'never' }],
  ['wants a lift before the next reading', { mustBeLifted: true }],
  ['knows no newest address', { noAddressCommand: true }],
  ['says nothing without a card', { silentWithoutCard: true }],
  ['only selects again', { noAddressCommand: true, mustBeLifted: true, selectsAgain: true }],
  ['gives no sign at all of a card that was read', { noAddressCommand: true, mustBeLifted: true }],
];

describe.each(HABITS)('the card of the person before on a module that %s', (_, habits) => {
  it.each([true, false])('is never read by a new driver that was told of it (watching: %s)', async (watching) => {
    const { clock, simulator, line } = place(habits);
    simulator.layCard(TEST_CARD);
    const before = new SdtReader(line.open(), clock);
    expect(await clock.run(before.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
    before.dispose();

    const after = new SdtReader(line.open(), clock);
    after.watch(watching);
    await clock.advance(700);
    let answer: unknown = 'none';
    let found = 0;
    const onCardFound = (): void => {
      found += 1;
    };
    void after
      .readCard({ deadlineMs: 60_000, afterRemoval: true, onCardFound })
      .then((read) => (answer = read.ok ? read.value.name : read.error.code));
    await clock.advance(20_000);
    expect([answer, found]).toEqual(['none', 0]);
    simulator.removeCard();
    await clock.advance(8_000);
    expect([answer, found]).toEqual(['none', 0]);
    simulator.layCard(OTHER_CARD);
    await clock.advance(3_000);
    expect([answer, found]).toEqual([OTHER_CARD.name, 1]);
    after.dispose();
  });

  it('costs nobody a moment when it was taken in time', async () => {
    const { clock, simulator, line } = place(habits);
    const reader = new SdtReader(line.open(), clock);
    const read = reader.readCard({ deadlineMs: 60_000, afterRemoval: true });
    await clock.advance(8_000);
    simulator.layCard(OTHER_CARD);
    await clock.advance(3_000);
    expect(await read).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
  });
});

describe('without being told of it', () => {
  it('a card that lies there is read at once, as whoever laid it down expects', async () => {
    const { clock, simulator, line } = place();
    simulator.layCard(TEST_CARD);
    const reader = new SdtReader(line.open(), clock);
    expect(await clock.run(reader.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
  });
});

it('a card that takes the place of a hidden one in a blink is known to be another', async () => {
  const { clock, simulator, line } = place();
  simulator.layCard(TEST_CARD);
  const reader = new SdtReader(line.open(), clock);
  reader.watch(true);
  await clock.run(reader.readCard({ deadlineMs: 5_000 }));
  await clock.advance(1_000);
  const read = reader.readCard({ deadlineMs: 60_000, afterRemoval: true });
  await clock.advance(2_000);
  simulator.removeCard();
  simulator.layCard(OTHER_CARD);
  await clock.advance(2_000);
  expect(await read).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
  reader.dispose();
});

it('a card is read that is laid as soon as two looks showed none, whoever looked', async () => {
  const { clock, simulator, line } = place();
  simulator.layCard(TEST_CARD);
  const before = new SdtReader(line.open(), clock);
  expect(await clock.run(before.readCard({ deadlineMs: 5_000 }))).toMatchObject({ ok: true });
  before.dispose();
  simulator.removeCard();

  const after = new SdtReader(line.open(), clock);
  after.watch(true);
  await clock.advance(150);
  const read = after.readCard({ deadlineMs: 60_000, afterRemoval: true });
  await clock.advance(250);
  simulator.layCard(OTHER_CARD);
  await clock.advance(3_000);
  expect(await read).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
  after.dispose();
});
