import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine, MemoryTransport } from '../../test/support/memory-transport.ts';
import { SdtReader } from './sdt-driver.ts';
import { encodeCardText } from './sdt-card-text.ts';
import { SdtFrameReader, encodeFrame, encodeResponse } from './sdt-frame.ts';
import { SdtReaderSimulator } from './simulator.ts';
import { TEST_CARD, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023, TEST_PERMIT } from './test-card.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: SdtReaderSimulator;
  readonly line: MemoryLine;
  readonly transport: MemoryTransport;
  readonly reader: SdtReader;
}

function bench(): Bench {
  const clock = new FakeClock();
  const simulator = new SdtReaderSimulator();
  const line = new MemoryLine(simulator, clock);
  const transport = line.open();
  return { clock, simulator, line, transport, reader: new SdtReader(transport, clock) };
}

function read({ reader, clock }: Bench, deadlineMs = 10_000): ReturnType<SdtReader['readCard']> {
  return clock.run(reader.readCard({ deadlineMs }));
}

describe('SDT reader', () => {
  it('tells its SAM id when asked for its state', async () => {
    const { clock, reader } = bench();
    expect(await clock.run(reader.probe())).toEqual({
      status: 'online',
      detail: '',
      paper: null,
      identity: '05.01-20200101-0001234567-0987654321',
    });
  });

  it('reads a card that lies there, and says so before the text is read', async () => {
    const { clock, simulator, reader } = bench();
    simulator.layCard(TEST_CARD);
    const order: string[] = [];
    simulator.activity.subscribe((line) => order.push(line));
    const result = await clock.run(reader.readCard({ deadlineMs: 5_000, onCardFound: () => order.push('told') }));
    expect(result).toEqual({ ok: true, value: { type: 'resident', nation: '汉', ...TEST_CARD } });
    expect(order).toEqual(['card found', 'told', 'card selected', 'card read']);
  });

  it.each([TEST_PERMIT, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023])('reads a card of kind $type', async (card) => {
    const on = bench();
    expect(on.simulator.layCard(card).ok).toBe(true);
    expect(await read(on)).toEqual({ ok: true, value: { nation: '', ...card } });
  });

  it('waits for the card, asking about every 300 ms', async () => {
    const { clock, simulator, transport, reader } = bench();
    const reading = reader.readCard({ deadlineMs: 60_000 });
    await clock.advance(3_000);
    const asked = transport.written.length;
    expect(asked).toBeGreaterThanOrEqual(8);
    expect(asked).toBeLessThanOrEqual(13);
    simulator.layCard(TEST_CARD);
    expect(await clock.run(reading)).toMatchObject({ ok: true, value: { name: TEST_CARD.name } });
    expect(clock.monotonic()).toBeLessThan(4_000);
  });

  it('reads a card a second time that was not lifted', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: true });
    expect(await read(on)).toMatchObject({ ok: true, value: { number: TEST_CARD.number } });
    const afterRestart = { ...on, reader: new SdtReader(on.line.open(), on.clock) };
    expect(await read(afterRestart)).toMatchObject({ ok: true });
  });

  it('waits for the lift where the module insists on it', async () => {
    const on = bench();
    on.simulator.behaviour.mustBeLifted = true;
    on.simulator.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: true });
    const again = on.reader.readCard({ deadlineMs: 30_000 });
    await on.clock.advance(2_000);
    on.simulator.removeCard();
    await on.clock.advance(1_000);
    on.simulator.layCard({ ...TEST_CARD, name: '测试二' });
    expect(await on.clock.run(again)).toMatchObject({ ok: true, value: { name: '测试二' } });
  });

  it('gives no-card at the deadline', async () => {
    const on = bench();
    expect(await read(on, 2_000)).toMatchObject({ ok: false, error: { code: 'no-card' } });
    expect(on.clock.monotonic()).toBeGreaterThanOrEqual(2_000);
    expect(on.clock.monotonic()).toBeLessThan(2_500);
    expect(on.clock.pending).toBe(0);
  });

  it('tells a card that cannot be read from one that was taken away', async () => {
    const unreadable = bench();
    unreadable.simulator.layCard(TEST_CARD);
    unreadable.simulator.behaviour.unreadable = true;
    expect(await read(unreadable)).toMatchObject({ ok: false, error: { code: 'card-unreadable' } });
    const moved = bench();
    moved.simulator.layCard(TEST_CARD);
    moved.simulator.behaviour.removedDuringRead = true;
    expect(await read(moved)).toMatchObject({ ok: false, error: { code: 'card-moved' } });
  });

  it('tells laid and removed cards as events', async () => {
    const on = bench();
    const events: string[] = [];
    on.reader.events.subscribe(({ type }) => events.push(type));
    on.simulator.layCard(TEST_CARD);
    await read(on);
    on.simulator.removeCard();
    await read(on, 1_000);
    expect(events).toEqual(['card-laid', 'card-removed']);
  });

  it.each([
    ['wrongCardType', 'card-wrong-type'],
    ['notAuthorised', 'reader-refused'],
    ['selfTestFailed', 'reader-refused'],
  ] as const)('%s -> %s', async (fault, code) => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    on.simulator.behaviour[fault] = true;
    expect(await read(on)).toMatchObject({ ok: false, error: { code } });
  });

  it('says hardware error when the self-test failed and offline when nothing answers', async () => {
    const { clock, simulator, reader } = bench();
    simulator.behaviour.selfTestFailed = true;
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'hardwareError' });
    simulator.behaviour.silent = true;
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'offline' });
  });

  it('gives up on a silent reader long before the deadline', async () => {
    const on = bench();
    on.simulator.behaviour.silent = true;
    expect(await read(on, 300_000)).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(on.clock.monotonic()).toBeLessThan(5_000);
  });

  it.each([
    ['garbage before each answer', { garbageBytes: 40 }],
    ['one byte at a time', { drip: true }],
    ['late answers', { lateMs: 500 }],
  ])('reads in spite of %s', async (_, fault) => {
    const on = bench();
    on.line.behaviour = { ...GOOD_LINE, ...fault };
    on.simulator.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: true, value: { name: TEST_CARD.name } });
  });

  it('ends with a line error when answers are cut', async () => {
    const on = bench();
    on.line.behaviour = { ...GOOD_LINE, halfFrames: true };
    on.simulator.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });

  it('does not take a late answer for the answer to another question', async () => {
    const { clock, transport, reader } = bench();
    transport.onWrite = (bytes) => {
      // An old "selected" arrives instead of the SAM's state, then the real answer.
      if (bytes[7] !== 0x11) return;
      transport.deliver(encodeResponse(0x90, new Uint8Array(8)));
      transport.deliver(encodeResponse(0x60));
    };
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'hardwareError' });
  });

  it('reports a damaged answer as such', async () => {
    const { clock, transport, reader } = bench();
    transport.onWrite = () => {
      const frame = encodeFrame(Uint8Array.of(0, 0, 0x90));
      frame[frame.length - 1] = 0;
      transport.deliver(frame);
    };
    expect(await clock.run(reader.probe())).toMatchObject({
      status: 'offline',
      detail: expect.stringMatching(/damaged/u),
    });
  });

  it('can be cancelled, and ends at once when the line goes', async () => {
    const on = bench();
    const cancel = new AbortController();
    const reading = on.reader.readCard({ deadlineMs: 60_000, signal: cancel.signal });
    await on.clock.advance(1_000);
    cancel.abort();
    expect(await on.clock.run(reading)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(on.clock.monotonic()).toBeLessThan(1_500);
    const second = on.reader.readCard({ deadlineMs: 60_000 });
    await on.clock.advance(1_000);
    on.line.unplug();
    expect(await on.clock.run(second)).toMatchObject({ ok: false, error: { code: 'line-lost' } });
    expect(on.clock.monotonic()).toBeLessThan(2_500);
    on.reader.dispose();
    // The simulator's last answer is still on its way.
    await on.clock.advance(100);
    expect(on.clock.pending).toBe(0);
  });

  it('refuses a deadline outside its range', async () => {
    expect(await read(bench(), 10)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });
});

describe('answers that cannot be trusted', () => {
  const block = (name: string): Uint8Array => {
    const text = encodeCardText({ ...TEST_CARD, name });
    if (!text.ok) throw new Error(text.error.code);
    return text.value;
  };
  const reading = (name: string): Uint8Array =>
    encodeResponse(0x90, Uint8Array.of(1, 0, 4, 0, ...block(name), ...new Uint8Array(1_024)));

  /** A module that answers every command well, and each reading by what `readings` holds in turn. */
  function scripted(readings: readonly (readonly Uint8Array[])[]): Bench {
    const on = bench();
    let turn = 0;
    on.transport.onWrite = (bytes) => {
      const command = ((bytes[7] ?? 0) << 8) | (bytes[8] ?? 0);
      if (command === 0x2001) on.transport.deliver(encodeResponse(0x9f, new Uint8Array(4)));
      if (command === 0x2002) on.transport.deliver(encodeResponse(0x90, new Uint8Array(8)));
      if (command !== 0x3001) return;
      for (const piece of readings[Math.min(turn, readings.length - 1)] ?? []) on.transport.deliver(piece);
      turn += 1;
    };
    return on;
  }

  it('a damage that the check byte lets through is not believed when there was noise', async () => {
    const wrong = reading('林测夏');
    // The same bit turned in two characters of the name: the XOR stays as it was.
    wrong[14] = (wrong[14] ?? 0) ^ 0x01;
    wrong[18] = (wrong[18] ?? 0) ^ 0x01;
    const [taken] = new SdtFrameReader(3).push(wrong);
    expect(taken?.kind).toBe('frame');
    const noise = Uint8Array.of(0x00, 0x13);
    for (const first of [
      [noise, wrong],
      [wrong, noise],
    ]) {
      const joined = Uint8Array.from(first.flatMap((piece) => [...piece]));
      const on = scripted([[joined], [reading('林测夏')]]);
      expect(await read(on)).toMatchObject({ ok: true, value: { name: '林测夏' } });
    }
  });

  it('a frame of another length, another status or other lengths inside is no answer', async () => {
    const inside = reading('林测夏');
    inside[13] = 0x10;
    inside[11] = 0x10;
    for (const strange of [
      encodeResponse(0x90, new Uint8Array(1_284)),
      encodeResponse(0x90, new Uint8Array(8)),
      encodeResponse(0x9f, new Uint8Array(4)),
      encodeResponse(0x90),
      encodeResponse(0x41, new Uint8Array(3)),
      inside,
    ]) {
      const on = scripted([[strange, reading('林测夏')]]);
      expect(await read(on)).toMatchObject({ ok: true, value: { name: '林测夏' } });
    }
  });

  it('an unknown status is told, but waits for a better answer', async () => {
    const strange = encodeResponse(0x77);
    expect(await read(scripted([[strange, reading('林测夏')]]))).toMatchObject({ ok: true });
    expect(await read(scripted([[strange]]))).toMatchObject({
      ok: false,
      error: { code: 'bad-reply', detail: 'reader status 77, which is not known' },
    });
  });

  it('random answers never make it reject, hang or read a card', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('whole', 'split', 'hid-wrapped'),
        async (pieces, framing) => {
          const clock = new FakeClock();
          const transport = new MemoryTransport();
          const reader = new SdtReader(transport, clock, { framing });
          let turn = 0;
          transport.onWrite = () => {
            transport.deliver(pieces[turn % pieces.length] ?? Uint8Array.of(0xaa));
            turn += 1;
          };
          expect(await clock.run(reader.readCard({ deadlineMs: 10_000 }))).toMatchObject({ ok: false });
          expect((await clock.run(reader.probe())).status).toBe('offline');
          expect(clock.monotonic()).toBeLessThan(60_000);
          reader.dispose();
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('bytes that come between two questions are joined to nothing', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: true });
    // Half a preamble, as from a plug that moved.
    on.transport.deliver(Uint8Array.of(0xaa, 0xaa));
    expect(await on.clock.run(on.reader.probe())).toMatchObject({ status: 'online' });
  });
});

describe('newest address', () => {
  const ADDRESS = '测试省测试市演示区新址路2号';
  const newAddress = ({ reader, clock }: Bench, deadlineMs = 10_000): ReturnType<SdtReader['readNewAddress']> =>
    clock.run(reader.readNewAddress({ deadlineMs }));

  it('of a card without one is null', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    expect(await newAddress(on)).toEqual({ ok: true, value: null });
  });

  it('is read alone after find and select, by the literal request', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    expect(on.simulator.appendAddress(ADDRESS)).toEqual({ ok: true, value: undefined });
    expect(await newAddress(on)).toEqual({ ok: true, value: ADDRESS });
    const asked = on.transport.written.map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(asked).toEqual(['aaaaaa96690003200122', 'aaaaaa96690003200221', 'aaaaaa96690003300330']);
  });

  it.each([false, true])(
    'is read after the card, and the card after it, without a lift (must be lifted: %s)',
    async (lift) => {
      const on = bench();
      on.simulator.behaviour.mustBeLifted = lift;
      on.simulator.layCard(TEST_CARD);
      on.simulator.appendAddress(ADDRESS);
      expect(await read(on)).toMatchObject({ ok: true });
      expect(await newAddress(on)).toEqual({ ok: true, value: ADDRESS });
      expect(await newAddress(on)).toEqual({ ok: true, value: ADDRESS });
      if (!lift) expect(await read(on)).toMatchObject({ ok: true, value: { number: TEST_CARD.number } });
    },
  );

  it('does not outlive its card', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    on.simulator.appendAddress(ADDRESS);
    expect(await newAddress(on)).toEqual({ ok: true, value: ADDRESS });
    on.simulator.removeCard();
    expect(await newAddress(on, 1_000)).toMatchObject({ ok: false, error: { code: 'no-card' } });
    on.simulator.layCard(TEST_CARD);
    expect(await newAddress(on)).toEqual({ ok: true, value: null });
  });

  it.each([
    ['unreadable', 'card-unreadable'],
    ['removedDuringRead', 'card-moved'],
    ['wrongCardType', 'card-wrong-type'],
    ['notAuthorised', 'reader-refused'],
    ['silent', 'timeout'],
  ] as const)('%s -> %s', async (fault, code) => {
    const on = bench();
    on.simulator.layCard(TEST_CARD);
    on.simulator.behaviour[fault] = true;
    expect(await newAddress(on)).toMatchObject({ ok: false, error: { code } });
  });

  it('that is damaged is refused, and one of blanks is none', async () => {
    for (const [unit, expected] of [
      [0x20, { ok: true, value: null }],
      [0x07, { ok: false, error: { code: 'card-unreadable' } }],
    ] as const) {
      const { clock, transport, reader } = bench();
      transport.onWrite = (bytes) => {
        const command = ((bytes[7] ?? 0) << 8) | (bytes[8] ?? 0);
        if (command === 0x2001) transport.deliver(encodeResponse(0x9f, new Uint8Array(4)));
        if (command === 0x2002) transport.deliver(encodeResponse(0x90, new Uint8Array(8)));
        if (command !== 0x3003) return;
        const text = Uint8Array.from({ length: 70 }, (_, index) => (index % 2 === 0 ? unit : 0));
        transport.deliver(encodeResponse(0x90, text));
      };
      expect(await clock.run(reader.readNewAddress({ deadlineMs: 5_000 }))).toMatchObject(expected);
    }
  });

  it('has the room of 35 characters', () => {
    const { simulator } = bench();
    expect(simulator.appendAddress('测'.repeat(35)).ok).toBe(true);
    expect(simulator.appendAddress('测'.repeat(36))).toMatchObject({ error: { code: 'bad-field' } });
  });
});
