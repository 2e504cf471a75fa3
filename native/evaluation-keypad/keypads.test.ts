import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine, MemoryTransport } from '../../test/support/memory-transport.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { EvaluationKeypad, RatingLevel } from '../model/evaluation-keypad.ts';
import { hidKeypad, serialKeypad } from './index.ts';
import { keyDecoder } from './key-decoder.ts';
import { HID_PROFILES, SERIAL_PROFILES, VENDOR_TABLES, vendorProfile } from './shipped-profiles.ts';
import { HidKeypadSimulator, SerialKeypadSimulator } from './simulator.ts';
import type { KeypadSimulator } from './simulator.ts';

const LEVELS = [1, 2, 3, 4, 5] as const;

function bench(
  definition: DriverDefinition<EvaluationKeypad>,
  simulator: KeypadSimulator,
  options: Record<string, string>,
) {
  const clock = new FakeClock();
  const line = new MemoryLine(simulator, clock, { kind: definition === hidKeypad ? 'reports' : 'stream' });
  const keypad = definition.create({ transport: line.open(), clock, options });
  const levels: RatingLevel[] = [];
  keypad.events.subscribe((event) => levels.push(event.level));
  return { clock, line, keypad, levels };
}

describe.each([
  ['serial byte', serialKeypad, () => new SerialKeypadSimulator(), { profile: 'byte' }],
  ['serial, any', serialKeypad, () => new SerialKeypadSimulator({ wire: 'ascii-cr' }), {}],
  ['serial, any: bytes', serialKeypad, () => new SerialKeypadSimulator(), {}],
  ['serial, any: frames', serialKeypad, () => new SerialKeypadSimulator({ wire: 'framed' }), {}],
  ['serial ascii', serialKeypad, () => new SerialKeypadSimulator({ wire: 'ascii' }), { profile: 'ascii' }],
  ['serial ascii with CR', serialKeypad, () => new SerialKeypadSimulator({ wire: 'ascii-cr' }), { profile: 'ascii' }],
  [
    'serial framed, key 1 very good',
    serialKeypad,
    () => new SerialKeypadSimulator({ wire: 'framed', order: '1-very-good' }),
    { profile: 'framed', order: '1-very-good' },
  ],
  ['keyboard', hidKeypad, () => new HidKeypadSimulator(), {}],
  ['numeric pad', hidKeypad, () => new HidKeypadSimulator({ wire: 'keyboard-numpad' }), {}],
  [
    'vendor report, key 1 very good',
    hidKeypad,
    () => new HidKeypadSimulator({ wire: 'vendor', order: '1-very-good' }),
    { report: 'vendor', order: '1-very-good' },
  ],
] as const)('%s', (_name, definition, make, options) => {
  it('tells every level, once a press, however the line behaves', async () => {
    for (const behaviour of [GOOD_LINE, { ...GOOD_LINE, drip: true }, { ...GOOD_LINE, lateMs: 40 }]) {
      const simulator = make();
      const { clock, line, levels } = bench(definition, simulator, options);
      line.behaviour = behaviour;
      for (const level of LEVELS) {
        simulator.press(level);
        await clock.advance(1000);
      }
      for (const level of LEVELS) {
        simulator.press(level, 3);
        await clock.advance(1000);
      }
      expect(levels).toEqual([...LEVELS, ...LEVELS]);
    }
  });

  it('counts the same key again after the debounce time', async () => {
    const simulator = make();
    const { clock, levels } = bench(definition, simulator, options);
    simulator.press(4);
    await clock.advance(400);
    simulator.press(4);
    await clock.advance(400);
    expect(levels).toEqual([4, 4]);
  });

  it('is online while the line is open and silent after dispose', async () => {
    const simulator = make();
    const { clock, line, keypad, levels } = bench(definition, simulator, options);
    await keypad.invite(true);
    expect((await keypad.probe()).status).toBe('online');
    keypad.dispose();
    simulator.press(1);
    await clock.advance(500);
    expect(levels).toEqual([]);
    const other = bench(definition, make(), options);
    other.line.unplug();
    expect(await other.keypad.probe()).toMatchObject({ status: 'offline', detail: 'lost: unplugged' });
    expect(line.opened).toBe(1);
  });
});

describe('debounce', () => {
  it('takes a key held with auto-repeat as one press, and ignores another key in its wake', async () => {
    const clock = new FakeClock();
    const transport = new MemoryTransport();
    const keypad = serialKeypad.create({ transport, clock, options: { profile: 'ascii', order: '1-very-good' } });
    const levels: RatingLevel[] = [];
    keypad.events.subscribe((event) => levels.push(event.level));
    for (let repeat = 0; repeat < 40; repeat += 1) {
      transport.deliver(Uint8Array.of(0x32));
      await clock.advance(33);
    }
    transport.deliver(Uint8Array.of(0x35));
    await clock.advance(299);
    transport.deliver(Uint8Array.of(0x34));
    await clock.advance(300);
    transport.deliver(Uint8Array.of(0x33));
    expect(levels).toEqual([4, 3]);
  });
});

describe('decoders', () => {
  it('read the published keyboard reports', () => {
    const decoder = keyDecoder(HID_PROFILES.keyboard);
    expect(decoder.push(Uint8Array.of(0, 0, 0x1e, 0, 0, 0, 0, 0))).toEqual([1]);
    expect(decoder.push(Uint8Array.of(0, 0, 0x1e, 0x22, 0, 0, 0, 0))).toEqual([5]);
    expect(decoder.push(new Uint8Array(8))).toEqual([]);
    expect(decoder.push(Uint8Array.of(0, 0, 0x59, 0, 0, 0, 0, 0))).toEqual([1]);
    expect(decoder.push(Uint8Array.of(0, 0, 0x28, 0, 0, 0, 0, 0))).toEqual([]);
    expect(decoder.push(Uint8Array.of(7, 0, 0, 0x20, 0, 0, 0, 0, 0))).toEqual([3]);
  });

  it('know roll-over and modifiers', () => {
    const decoder = keyDecoder(HID_PROFILES.keyboard);
    expect(decoder.push(Uint8Array.of(0, 0, 1, 1, 1, 1, 1, 1))).toEqual([]);
    expect(decoder.push(Uint8Array.of(2, 0, 0x1e, 0, 0, 0, 0, 0))).toEqual([]);
  });

  it('mask vendor bytes', () => {
    const decoder = keyDecoder(vendorProfile(2, '1f', 'bits'));
    expect(decoder.push(Uint8Array.of(1, 0, 0x90))).toEqual([5]);
    expect(decoder.push(Uint8Array.of(1, 0, 0x84))).toEqual([3]);
    expect(decoder.push(Uint8Array.of(1, 0, 0x86))).toEqual([]);
    expect(decoder.push(Uint8Array.of(1))).toEqual([]);
  });

  it('find framed keys between noise, in any pieces', () => {
    const noise = fc.uint8Array({ maxLength: 6 }).map((bytes) => bytes.filter((byte) => byte !== 2));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, fc.constantFrom(...LEVELS)), { maxLength: 8 }), (presses) => {
        const stream = presses.flatMap(([dirt, key]) => [...dirt, 2, 0x30 + key, 3, 0x35 + key]);
        const whole = keyDecoder(SERIAL_PROFILES.framed).push(Uint8Array.from(stream));
        const dripping = keyDecoder(SERIAL_PROFILES.framed);
        const single = stream.flatMap((byte) => [...dripping.push(Uint8Array.of(byte))]);
        expect(whole).toEqual(presses.map(([, key]) => key));
        expect(single).toEqual(whole);
      }),
    );
  });

  it('never throw and give levels 1 to 5 only, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 })), fc.nat(70), fc.nat(255), (pieces, offset, mask) => {
        const hexMask = mask.toString(16).padStart(2, '0');
        const decoders = [
          ...Object.values(SERIAL_PROFILES).map((profile) => keyDecoder(profile)),
          keyDecoder(HID_PROFILES.keyboard),
          ...(['index', 'ascii', 'bits'] as const).map((table) => keyDecoder(vendorProfile(offset, hexMask, table))),
        ];
        expect(Object.keys(VENDOR_TABLES)).toHaveLength(3);
        for (const decoder of decoders) {
          for (const piece of pieces) {
            expect(decoder.push(piece).every((level) => LEVELS.includes(level))).toBe(true);
            expect(decoder.pending).toBeLessThanOrEqual(64);
          }
        }
      }),
    );
  });
});
