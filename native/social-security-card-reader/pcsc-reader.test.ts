import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import type { DeviceError } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import type { SocialSecurityCard } from '../model/social-security-card-reader.ts';
import { pcscReader } from './index.ts';
import { CardReaderSimulator } from './simulator.ts';
import { TEST_CARD } from './test-card.ts';
import { VirtualCard } from './virtual-card.ts';
import type { CardHabits } from './virtual-card.ts';

function bench() {
  const clock = new FakeClock();
  const simulator = new CardReaderSimulator();
  const line = new MemoryLine(simulator, clock, { kind: 'reports', address: 'pcsc://Virtual', baud: null });
  const transport = line.open();
  const reader = pcscReader.create({ transport, clock, options: {} });
  const events: string[] = [];
  reader.events.subscribe((event) => events.push(event.type));
  const read = (deadlineMs = 5_000, signal?: AbortSignal) =>
    clock.run(reader.readCard({ deadlineMs, ...(signal ? { signal } : {}) }));
  return { clock, simulator, line, transport, reader, events, read };
}

const code = (result: Result<SocialSecurityCard, DeviceError>): string => (result.ok ? 'read' : result.error.code);

const EXPECTED: SocialSecurityCard = {
  type: 'social-security',
  name: '林测夏',
  sex: 'female',
  nationCode: '01',
  nation: '汉',
  birthDate: '1990-03-07',
  address: '',
  number: '990001199003070028',
  issuer: '',
  validFrom: '2020-01-01',
  validTo: '2030-01-01',
  cardCode: '990001D156000005',
  cardNumber: 'T00000001',
  version: '3.00',
  initialisedBy: '9156000002990001990001FF',
  birthplace: '990001',
};

describe('social security card over PC/SC', () => {
  const made: { reader: { dispose(): void } }[] = [];
  const open = () => {
    const one = bench();
    made.push(one);
    return one;
  };
  afterEach(() => {
    for (const { reader } of made.splice(0)) reader.dispose();
  });

  it('reads a card that is in the reader already', async () => {
    const { simulator, read, events } = open();
    simulator.insert(TEST_CARD);
    expect(await read()).toEqual({ ok: true, value: EXPECTED });
    expect(events).toEqual(['card-laid']);
  });

  it.each<[string, CardHabits]>([
    ['fetches responses and corrects Le (T=0)', { fetched: true }],
    ['reads by number only', { records: 'by-number' }],
    ['reads by item tag only', { records: 'by-tag' }],
    ['selects files with P1 00', { p1Zero: true, fetched: true, records: 'by-tag' }],
  ])('%s, and never sends a PIN command', async (_name, habits) => {
    const { simulator, read } = open();
    const card = new VirtualCard(TEST_CARD, habits);
    simulator.insert(card);
    expect(await read()).toEqual({ ok: true, value: EXPECTED });
    expect(card.pinCommands).toBe(0);
  });

  it('sends the documented commands', async () => {
    const { simulator, read, transport } = open();
    simulator.insert(TEST_CARD);
    await read();
    const apdus = transport.written
      .filter((bytes) => bytes[0] === 0x6f)
      .map((bytes) => Buffer.from(bytes.subarray(10)).toString('hex').toUpperCase());
    expect(apdus.slice(0, 3)).toEqual(['00A404000F7378312E73682EC9E7BBE1B1A3D5CF', '00A4020002EF05', '00B2010412']);
    expect(apdus).toContain('00A4020002EF06');
    expect(apdus.at(-1)).toBe('00B2060406');
    // Power is taken away again.
    expect(transport.written.at(-1)?.[0]).toBe(0x63);
  });

  it('waits for a card, tells when one came and went', async () => {
    const { clock, simulator, reader, events } = open();
    let found = 0;
    const reading = reader.readCard({ deadlineMs: 60_000, onCardFound: () => (found += 1) });
    await clock.advance(20_000);
    expect(found).toBe(0);
    simulator.insert(TEST_CARD);
    expect(code(await clock.run(reading))).toBe('read');
    expect(found).toBe(1);
    simulator.remove();
    await clock.settle();
    expect(events).toEqual(['card-laid', 'card-removed']);
    expect(clock.pending).toBe(0);
  });

  it('takes each card put in once: the next person is not the one before', async () => {
    const { clock, simulator, read, reader } = open();
    simulator.insert(TEST_CARD);
    expect(code(await read())).toBe('read');
    expect(await read(2_000)).toMatchObject({
      error: { code: 'no-card', detail: 'the card before was not taken out' },
    });
    const reading = reader.readCard({ deadlineMs: 60_000 });
    await clock.advance(1_000);
    simulator.remove();
    await clock.advance(1_000);
    simulator.insert({ ...TEST_CARD, name: '测试二' });
    expect(await clock.run(reading)).toMatchObject({ ok: true, value: { name: '测试二' } });
  });

  it('takes no card that somebody else left in the reader before it was opened', async () => {
    const { simulator, reader, clock } = open();
    simulator.insert(TEST_CARD);
    const read = reader.readCard({ deadlineMs: 30_000, afterRemoval: true });
    await clock.advance(10_000);
    simulator.remove();
    await clock.advance(500);
    simulator.insert({ ...TEST_CARD, name: '测试二' });
    expect(await clock.run(read)).toMatchObject({ ok: true, value: { name: '测试二' } });
  });

  it('ends with no-card, and when cancelled, at once', async () => {
    const { clock, read, reader } = open();
    expect(code(await read(1_000))).toBe('no-card');
    expect(clock.monotonic()).toBeLessThan(1_200);
    const stop = new AbortController();
    const reading = reader.readCard({ deadlineMs: 60_000, signal: stop.signal });
    await clock.advance(500);
    stop.abort();
    const before = clock.monotonic();
    expect(code(await clock.run(reading))).toBe('cancelled');
    expect(clock.monotonic()).toBe(before);
    expect(code(await read(500))).toBe('bad-request');
    expect(clock.pending).toBe(0);
  });

  it('says wrong type for a bank card, once; the right card after it is read', async () => {
    const { clock, simulator, read, reader } = open();
    simulator.insert(new VirtualCard(TEST_CARD, { foreign: true }));
    expect(await read()).toMatchObject({ error: { code: 'card-wrong-type' } });
    const reading = reader.readCard({ deadlineMs: 60_000 });
    await clock.advance(5_000);
    simulator.insert(TEST_CARD);
    expect(code(await clock.run(reading))).toBe('read');
  });

  it.each([1, 2, 5, 9])('notices a card pulled out after %i commands', async (pulledAfter) => {
    const { simulator, read, events } = open();
    simulator.behaviour.pulledAfter = pulledAfter;
    simulator.insert(TEST_CARD);
    expect(code(await read())).toBe('card-moved');
    expect(events).toEqual(['card-laid', 'card-moved', 'card-removed']);
    simulator.behaviour.pulledAfter = null;
    simulator.insert(TEST_CARD);
    expect(code(await read())).toBe('read');
  });

  it.each<[string, string, (simulator: CardReaderSimulator) => void]>([
    ['a mute card', 'card-unreadable', (simulator) => (simulator.behaviour.mute = true)],
    ['a card that another program holds', 'busy', (simulator) => (simulator.behaviour.held = true)],
    ['a card that never responds', 'timeout', (simulator) => (simulator.behaviour.stuckCard = true)],
    ['a reader that is silent', 'timeout', (simulator) => (simulator.behaviour.silent = true)],
  ])('tells of %s', async (_name, expected, set) => {
    const { simulator, read, clock } = open();
    simulator.insert(TEST_CARD);
    set(simulator);
    expect(code(await read(20_000))).toBe(expected);
    expect(clock.pending).toBe(0);
  });

  it('is patient with a card that asks for time', async () => {
    const { simulator, read } = open();
    simulator.behaviour.slowCard = true;
    simulator.insert(TEST_CARD);
    expect(code(await read(60_000))).toBe('read');
  });

  it('tells of a card whose holder file is closed', async () => {
    const { simulator, read } = open();
    simulator.insert(new VirtualCard(TEST_CARD, { holderClosed: true }));
    expect(await read()).toMatchObject({ error: { code: 'card-unreadable', detail: 'file EF06: status 6982' } });
  });

  it.each<[keyof typeof TEST_CARD, string]>([
    ['number', '99000119900307002'],
    ['number', ''],
    ['name', ''],
    ['sex', '7'],
    ['birthDate', '19900230'],
    ['birthDate', ''],
    ['expiresOn', '20301301'],
  ])('refuses an implausible %s "%s" without quoting it', async (key, value) => {
    const { simulator, read } = open();
    simulator.insert({ ...TEST_CARD, [key]: value });
    const result = await read();
    expect(code(result)).toBe('card-unreadable');
    expect(JSON.stringify(result)).not.toContain('990001');
  });

  it('leaves empty what the card does not hold', async () => {
    const { simulator, read } = open();
    simulator.insert({ ...TEST_CARD, nation: '', birthplace: '', issuedOn: 'FFFFFFFF', expiresOn: '', cardNumber: '' });
    expect(await read()).toMatchObject({
      ok: true,
      value: { nation: '', nationCode: '', birthplace: '', validFrom: '', validTo: '', cardNumber: '' },
    });
  });

  it('reads a name of eleven wide characters and one in Latin letters', async () => {
    for (const name of ['阿布都热依木·测试阿布都拉', 'TESTPERSON A B']) {
      const { simulator, read } = open();
      simulator.insert({ ...TEST_CARD, name });
      expect(await read()).toMatchObject({ value: { name } });
    }
  });

  it('ends with line-lost when the reader is unplugged, waiting or reading', async () => {
    for (const insert of [false, true]) {
      const { clock, simulator, line, reader, events } = open();
      simulator.behaviour.stuckCard = true;
      if (insert) simulator.insert(TEST_CARD);
      const reading = reader.readCard({ deadlineMs: 60_000 });
      await clock.advance(1_000);
      line.unplug();
      expect(code(await clock.run(reading))).toBe('line-lost');
      expect(events.at(-1)).toBe(insert ? 'card-removed' : undefined);
      expect(await clock.run(reader.probe())).toMatchObject({ status: 'offline' });
    }
  });

  it('is online with its name, with or without a card', async () => {
    const { clock, simulator, reader } = open();
    expect(await clock.run(reader.probe())).toEqual({ status: 'online', detail: '', paper: null, identity: 'Virtual' });
    simulator.insert(TEST_CARD);
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'online' });
    simulator.behaviour.silent = true;
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'offline' });
  });

  it('does not mind messages that are none, and ends when nothing comes', async () => {
    const { simulator, line, read } = open();
    line.behaviour = { ...GOOD_LINE, garbageBytes: 7 };
    simulator.insert(TEST_CARD);
    expect(code(await read(30_000))).toBe('read');
    line.behaviour = { ...GOOD_LINE, mute: true };
    expect(code(await read(30_000))).toBe('timeout');
  });

  it('takes its listeners off the line, and is of no use after', async () => {
    const { clock, line } = open();
    const transport = line.open();
    let listeners = 0;
    const counted = (forget: () => void): (() => void) => {
      listeners += 1;
      return () => {
        listeners -= 1;
        forget();
      };
    };
    const reader = pcscReader.create({
      transport: {
        kind: 'reports',
        address: transport.address,
        baud: null,
        write: (bytes) => transport.write(bytes),
        close: () => transport.close(),
        onData: (listener) => counted(transport.onData(listener)),
        onClosed: (listener) => counted(transport.onClosed(listener)),
      },
      clock,
      options: {},
    });
    const reading = reader.readCard({ deadlineMs: 60_000 });
    await clock.advance(1_000);
    expect(listeners).toBe(2);
    reader.dispose();
    expect(code(await clock.run(reading))).toBe('line-lost');
    expect(listeners).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('survives any responses of a card', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 }),
        async (responses) => {
          const { simulator, read, clock, reader } = bench();
          const card = new VirtualCard(TEST_CARD);
          let turn = 0;
          card.respond = () => responses[turn++ % responses.length] ?? new Uint8Array(0);
          simulator.insert(card);
          const result = await read(30_000);
          expect(result.ok).toBe(false);
          reader.dispose();
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
