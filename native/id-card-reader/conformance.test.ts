import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { DeviceError } from '../model/device.ts';
import type { IdCard, IdCardReader, IdCardReaderEvent } from '../model/id-card-reader.ts';
import type { Result } from '../model/result.ts';
import type { LineBehaviour } from '../model/simulator.ts';
import type { Transport } from '../model/transport.ts';
import { READER_SUBJECTS } from './reader-subjects.ts';
import type { ReaderSubject } from './reader-subjects.ts';
import type { SdtBehaviour, SdtReaderSimulator } from './simulator.ts';
import { TEST_CARD, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023, TEST_PERMIT } from './test-card.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly line: MemoryLine;
  readonly module: SdtReaderSimulator;
  readonly reader: IdCardReader;
  readonly events: IdCardReaderEvent['type'][];
  /** Listeners on the transport that were not taken away. */
  readonly listeners: () => number;
}

function bench({ definition, options, line: kind, simulate }: ReaderSubject): Bench {
  const clock = new FakeClock();
  const { device, module } = simulate();
  const line = new MemoryLine(device, clock, kind);
  const transport = line.open();
  let listeners = 0;
  const counted = (forget: () => void): (() => void) => {
    listeners += 1;
    return () => {
      listeners -= 1;
      forget();
    };
  };
  const watched: Transport = {
    kind: transport.kind,
    address: transport.address,
    baud: transport.baud,
    write: (bytes) => transport.write(bytes),
    close: () => transport.close(),
    onData: (listener) => counted(transport.onData(listener)),
    onClosed: (listener) => counted(transport.onClosed(listener)),
  };
  const reader = definition.create({ transport: watched, clock, options });
  const events: IdCardReaderEvent['type'][] = [];
  reader.events.subscribe(({ type }) => events.push(type));
  return { clock, line, module, reader, events, listeners: () => listeners };
}

function read({ clock, reader }: Bench, deadlineMs = 20_000): Promise<Result<IdCard, DeviceError>> {
  return clock.run(reader.readCard({ deadlineMs }));
}

const OTHER_CARD = { ...TEST_CARD, name: '测试二', address: '测试省另一处2号' };
const PERSONAL = [TEST_CARD.name, TEST_CARD.number, TEST_CARD.address, TEST_CARD.birthDate.replaceAll('-', '')];

describe('the table of card readers', () => {
  it('holds every driver that the registry knows', () => {
    const tried = new Set(READER_SUBJECTS.map(({ definition }) => definition.id));
    expect([...tried].toSorted()).toEqual(driverRegistry['id-card-reader'].map(({ id }) => id).toSorted());
  });
});

describe.each(READER_SUBJECTS)('$name', (subject) => {
  const { definition, options } = subject;

  it('describes itself completely', () => {
    expect(definition.deviceClass).toBe('id-card-reader');
    expect(bench(subject).reader).toMatchObject({ driverId: definition.id, deviceClass: 'id-card-reader' });
    for (const option of definition.options) expect(option.values).toContain(option.fallback);
    for (const [key, value] of Object.entries(options)) {
      expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
    }
  });

  it('says how the reader is', async () => {
    const { clock, module, reader } = bench(subject);
    expect(await clock.run(reader.probe())).toEqual({
      status: 'online',
      detail: '',
      paper: null,
      identity: '05.01-20200101-0001234567-0987654321',
    });
    module.behaviour.selfTestFailed = true;
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'hardwareError', fault: 'reader-refused' });
    module.behaviour.silent = true;
    const before = clock.monotonic();
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'offline' });
    expect(clock.monotonic() - before).toBeLessThan(5_000);
  });

  it.each([TEST_CARD, TEST_PERMIT, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023])('reads $name', async (card) => {
    const on = bench(subject);
    on.module.layCard(card);
    const nation = card.nationCode === '01' ? '汉' : '';
    expect(await read(on)).toEqual({ ok: true, value: { type: 'resident', nation, ...card } });
    expect(on.events).toEqual(['card-laid']);
  });

  it('hands out photo and fingerprints when they are asked for, and only then', async () => {
    for (const fingerprints of [0, 1, 2] as const) {
      const on = bench(subject);
      on.module.layCard(TEST_CARD, fingerprints);
      const wanted = { deadlineMs: 5_000, photo: true, fingerprints: true };
      const got = on.reader.readWhole ? await on.clock.run(on.reader.readWhole(wanted)) : null;
      if (!got?.ok) throw new Error('not read');
      expect(got.value.card.number).toBe(TEST_CARD.number);
      expect(Array.from(got.value.photo?.subarray(0, 4) ?? [])).toEqual([0x57, 0x4c, 0x66, 0]);
      expect(got.value.photo?.length).toBe(1_024);
      const lengths = got.value.fingerprints?.map(({ length }) => length) ?? null;
      const knows = !on.module.behaviour.noFingerprintCommand;
      expect(lengths).toEqual(knows ? Array<number>(fingerprints).fill(512) : null);
      if (fingerprints === 2 && knows) expect(got.value.fingerprints?.[0]).not.toEqual(got.value.fingerprints?.[1]);
      const plain = on.reader.readWhole ? await on.clock.run(on.reader.readWhole({ deadlineMs: 5_000 })) : null;
      expect(plain).toMatchObject({ ok: true, value: { photo: null, fingerprints: null } });
    }
  });

  it('reads the address that was appended last, where the module can', async () => {
    const on = bench(subject);
    on.module.layCard(TEST_CARD);
    on.module.appendAddress('测试省新址路2号');
    expect(await read(on)).toMatchObject({ ok: true });
    const asked = on.reader.readNewAddress ? await on.clock.run(on.reader.readNewAddress({ deadlineMs: 5_000 })) : null;
    if (on.module.behaviour.noAddressCommand) expect(asked).toMatchObject({ ok: false });
    else expect(asked).toEqual({ ok: true, value: '测试省新址路2号' });
  });

  it.each([
    [{ unreadable: true }, 'card-unreadable'],
    [{ removedDuringRead: true }, 'card-moved'],
    [{ movedAfter: 'find' }, 'card-moved'],
    [{ movedAfter: 'select' }, 'card-moved'],
    [{ wrongCardType: true }, 'card-wrong-type'],
    [{ notAuthorised: true }, 'reader-refused'],
    [{ selfTestFailed: true }, 'reader-refused'],
    [{ silent: true }, 'timeout'],
  ] as const satisfies readonly (readonly [Partial<SdtBehaviour>, string])[])('%o is %s', async (fault, code) => {
    const on = bench(subject);
    on.module.layCard(TEST_CARD);
    Object.assign(on.module.behaviour, fault);
    const got = await read(on, 300_000);
    expect(got).toMatchObject({ ok: false, error: { code } });
    expect(on.clock.monotonic()).toBeLessThan(30_000);
    if (!got.ok) for (const secret of PERSONAL) expect(got.error.detail).not.toContain(secret);
    if (code === 'card-moved') expect(on.events).toEqual(['card-laid', 'card-moved', 'card-removed']);
    expect(on.clock.pending).toBe(0);
  });

  it('reads a card that is taken away right after it was read', async () => {
    const on = bench(subject);
    on.module.layCard(TEST_CARD);
    on.module.behaviour.movedAfter = 'read';
    expect(await read(on)).toMatchObject({ ok: true, value: { name: TEST_CARD.name } });
    expect(await read(on, 1_000)).toMatchObject({ ok: false, error: { code: 'no-card' } });
    expect(on.events).toEqual(['card-laid', 'card-removed']);
  });

  it('reads the same card again, and after it the next one', async () => {
    const on = bench(subject);
    on.module.layCard(TEST_CARD);
    expect(await read(on)).toMatchObject({ ok: true });
    expect(await read(on)).toMatchObject({ ok: true, value: { name: TEST_CARD.name } });
    on.module.removeCard();
    on.module.layCard(OTHER_CARD);
    expect(await read(on)).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
  });

  const dirty: readonly (readonly [string, Partial<LineBehaviour>, Partial<SdtBehaviour>])[] = [
    ['one byte at a time', { drip: true }, {}],
    ['60 ms late', { lateMs: 60 }, {}],
    ['after seven bytes of noise', { garbageBytes: 7 }, {}],
    ['late, dripping and dirty', { lateMs: 40, drip: true, garbageBytes: 3 }, {}],
    ['with noise before and behind', {}, { garbageBetween: 11 }],
    ['behind something that looks like a long frame', {}, { garbageBetween: 17 }],
    ['once with noise inside', {}, { garbageInside: 1 }],
    ['once with a wrong check byte', {}, { wrongChecksum: 1 }],
    ['once cut off', {}, { truncated: 1 }],
    ['once with a wrong check byte and once cut off', {}, { wrongChecksum: 1, truncated: 1 }],
  ];
  it.each(dirty)('reads what comes %s', async (_name, behaviour, faults) => {
    const on = bench(subject);
    on.line.behaviour = { ...GOOD_LINE, ...behaviour };
    Object.assign(on.module.behaviour, faults);
    on.module.layCard(TEST_CARD);
    const got = await read(on);
    if (subject.partsUnmarked && 'garbageBytes' in behaviour) {
      expect(got).toMatchObject({ ok: false });
      on.line.behaviour = GOOD_LINE;
    } else {
      expect(got).toMatchObject({ ok: true, value: { name: TEST_CARD.name, number: TEST_CARD.number } });
    }
    expect(await on.clock.run(on.reader.probe())).toMatchObject({ status: 'online' });
  });

  it.each(['wrongChecksum', 'truncated', 'garbageInside', 'nak'] as const)(
    'does not read, and does not hang, when every answer is wrong: %s',
    async (fault) => {
      const on = bench(subject);
      on.module.layCard(TEST_CARD);
      on.module.behaviour[fault] = Number.POSITIVE_INFINITY;
      expect(await read(on, 300_000)).toMatchObject({ ok: false });
      expect(on.clock.monotonic()).toBeLessThan(30_000);
      on.module.behaviour[fault] = 0;
      expect(await read(on)).toMatchObject({ ok: true, value: { name: TEST_CARD.name } });
    },
  );

  it('gives the card of one person to no other, however late answers are', async () => {
    const seconds: string[] = [];
    for (let lateMs = 700; lateMs < 9_000; lateMs += 900) {
      const on = bench(subject);
      on.module.layCard(TEST_CARD);
      const forget = on.module.activity.subscribe((text) => {
        if (text === 'card selected') on.line.behaviour = { ...GOOD_LINE, lateMs };
      });
      const cancel = new AbortController();
      const first = on.reader.readCard({ deadlineMs: 10_000, signal: cancel.signal });
      await on.clock.advance(lateMs);
      cancel.abort();
      await on.clock.run(first);
      forget();
      on.line.behaviour = GOOD_LINE;
      on.module.removeCard();
      on.module.layCard(OTHER_CARD);
      const second = await read(on);
      seconds.push(second.ok ? second.value.name : 'none');
      // Once everything late has come, the reader works as before.
      await on.clock.advance(300_000);
      expect(await read(on)).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
    }
    expect(seconds).not.toContain(TEST_CARD.name);
  });

  it('gives up at the deadline, and takes no deadline outside its range', async () => {
    const on = bench(subject);
    expect(await read(on, 2_000)).toMatchObject({ ok: false, error: { code: 'no-card' } });
    expect(on.clock.monotonic()).toBeGreaterThanOrEqual(2_000);
    expect(on.clock.monotonic()).toBeLessThan(on.module.behaviour.silentWithoutCard ? 9_000 : 3_500);
    for (const deadlineMs of [0, 999, 300_001, Number.NaN]) {
      expect(await read(on, deadlineMs)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    }
    expect(on.clock.pending).toBe(0);
  });

  it('can be cancelled at any moment, and reads the next card after it', async () => {
    for (let at = 0; at < 1_100; at += 97) {
      const on = bench(subject);
      on.module.layCard(TEST_CARD);
      const cancel = new AbortController();
      const reading = on.reader.readCard({ deadlineMs: 60_000, signal: cancel.signal });
      let ended = false;
      void reading.then(() => {
        ended = true;
      });
      await on.clock.advance(at);
      const inTime = ended;
      cancel.abort();
      const started = on.clock.monotonic();
      const got = await on.clock.run(reading);
      // What is read after somebody gave up on it is handed to nobody.
      expect(got.ok).toBe(inTime);
      if (!got.ok) expect(got.error.code).toBe('cancelled');
      expect(on.clock.monotonic() - started).toBeLessThan(5_000);
      on.module.removeCard();
      on.module.layCard(OTHER_CARD);
      expect(await read(on)).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
    }
  });

  it('ends when the cable is pulled at any moment', async () => {
    for (let at = 0; at < 900; at += 89) {
      const on = bench(subject);
      on.module.layCard(TEST_CARD);
      on.reader.watch?.(true);
      const cancel = new AbortController();
      const reading = on.reader.readCard({ deadlineMs: 60_000, signal: cancel.signal });
      await on.clock.advance(at);
      on.line.unplug();
      // The owner of a line that went gives up on its commands: they still say why.
      cancel.abort();
      const got = await on.clock.run(reading);
      if (!got.ok) expect(got.error.code).toBe('line-lost');
      expect(await on.clock.run(on.reader.probe())).toMatchObject({ status: 'offline' });
      on.reader.dispose();
      await on.clock.advance(3_000);
      expect(on.clock.pending).toBe(0);
      expect(on.listeners()).toBe(0);
    }
  });

  it('leaves nothing behind when disposed at any moment', async () => {
    for (const at of [0, 1, 40, 80, 200, 600, 1_500]) {
      const on = bench(subject);
      on.reader.watch?.(true);
      if (at !== 1_500) on.module.layCard(TEST_CARD);
      const reading = on.reader.readCard({ deadlineMs: 60_000 });
      await on.clock.advance(at);
      on.reader.dispose();
      const got = await on.clock.run(reading);
      if (!got.ok) expect(got.error.code).toBe('line-lost');
      await on.clock.advance(1_000);
      expect(on.clock.pending).toBe(0);
      expect(on.listeners()).toBe(0);
    }
  });

  it('lets nobody else wait for a card meanwhile, but says how the reader is', async () => {
    const on = bench(subject);
    const waiting = on.reader.readCard({ deadlineMs: 20_000 });
    await on.clock.advance(500);
    expect(await read(on)).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(await on.clock.run(on.reader.probe())).toMatchObject({ status: 'online' });
    on.module.layCard(TEST_CARD);
    expect(await on.clock.run(waiting)).toMatchObject({ ok: true });
  });

  it('tells laid and removed cards while it watches, and asks nothing any more when the watch ends', async () => {
    const on = bench(subject);
    on.reader.watch?.(true);
    on.reader.watch?.(true);
    await on.clock.advance(3_000);
    expect(on.events).toEqual([]);
    on.module.layCard(TEST_CARD);
    await on.clock.advance(3_000);
    expect(on.events).toEqual(['card-laid']);
    expect(await read(on)).toMatchObject({ ok: true });
    await on.clock.advance(8_000);
    expect(on.events).toEqual(['card-laid']);
    on.module.removeCard();
    await on.clock.advance(15_000);
    expect(on.events).toEqual(['card-laid', 'card-removed']);
    on.module.layCard(OTHER_CARD);
    await on.clock.advance(3_000);
    expect(on.events).toEqual(['card-laid', 'card-removed', 'card-laid']);
    on.reader.watch?.(false);
    await on.clock.advance(10_000);
    expect(on.clock.pending).toBe(0);
    expect(await read(on)).toMatchObject({ ok: true, value: { name: OTHER_CARD.name } });
  });
});
