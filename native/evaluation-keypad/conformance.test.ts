import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import { RATING_LEVELS } from '../model/evaluation-keypad.ts';
import type { RatingLevel } from '../model/evaluation-keypad.ts';
import { KEYPAD_SUBJECTS } from './keypad-subjects.ts';
import type { KeypadSubject } from './keypad-subjects.ts';

function bench({ definition, options, simulate }: KeypadSubject) {
  const clock = new FakeClock();
  const simulator = simulate();
  const line = new MemoryLine(simulator, clock, { kind: definition.schemes.includes('hid') ? 'reports' : 'stream' });
  const transport = line.open();
  const keypad = definition.create({ transport, clock, options });
  const levels: RatingLevel[] = [];
  keypad.events.subscribe((event) => levels.push(event.level));
  return { clock, line, transport, keypad, simulator, levels };
}

describe('the table of keypad drivers', () => {
  it('holds every driver that the registry knows', () => {
    const tried = new Set(KEYPAD_SUBJECTS.map(({ definition }) => definition.id));
    expect([...tried].toSorted()).toEqual(driverRegistry['evaluation-keypad'].map(({ id }) => id).toSorted());
  });
});

describe.each(KEYPAD_SUBJECTS)('$name', (subject) => {
  const { definition, options, noiseProof, canInvite } = subject;

  it('describes itself completely', () => {
    expect(definition.deviceClass).toBe('evaluation-keypad');
    expect(bench(subject).keypad).toMatchObject({ driverId: definition.id, deviceClass: 'evaluation-keypad' });
    for (const option of definition.options) expect(option.values).toContain(option.fallback);
    for (const [key, value] of Object.entries(options)) {
      const option = definition.options.find((one) => one.key === key);
      if (!option?.values.includes(value)) expect(option?.check?.(value)).toBeNull();
    }
  });

  it.each([
    ['at once', {}],
    ['byte by byte', { drip: true }],
    ['40 ms late', { lateMs: 40 }],
  ] as const)('tells every level when its bytes come %s', async (_name, behaviour) => {
    const { clock, line, simulator, levels } = bench(subject);
    line.behaviour = { ...GOOD_LINE, ...behaviour };
    for (const level of RATING_LEVELS) {
      simulator.press(level);
      await clock.advance(1_000);
    }
    expect(levels).toEqual([...RATING_LEVELS]);
    expect(clock.pending).toBe(0);
  });

  it('tells one press, however the contact bounces, and the next one after the debounce time', async () => {
    const { clock, simulator, levels } = bench(subject);
    simulator.press(2, 2);
    await clock.advance(1_000);
    simulator.press(2);
    await clock.advance(400);
    simulator.press(5);
    await clock.advance(1_000);
    expect(levels).toEqual([2, 2, 5]);
  });

  it('keeps no press for a listener that comes later', async () => {
    const { clock, keypad, simulator } = bench(subject);
    simulator.press(3);
    await clock.advance(1_000);
    const late: RatingLevel[] = [];
    keypad.events.subscribe((event) => late.push(event.level));
    await clock.advance(1_000);
    expect(late).toEqual([]);
  });

  it('is online as long as its line is open', async () => {
    const { keypad, line } = bench(subject);
    expect(await keypad.probe()).toMatchObject({ status: 'online', detail: '' });
    line.unplug();
    expect(await keypad.probe()).toMatchObject({ status: 'offline', detail: 'lost: unplugged' });
    expect(await keypad.invite(true)).toMatchObject(canInvite ? { ok: false } : { ok: true, value: 'cannot' });
  });

  it('says what it can of lamp and voice, and tells when it cannot', async () => {
    const { keypad, simulator, transport } = bench(subject);
    expect(await keypad.invite(true)).toEqual({ ok: true, value: canInvite ? 'sent' : 'cannot' });
    expect(simulator.inviting).toBe(canInvite);
    expect(await keypad.invite(false)).toEqual({ ok: true, value: canInvite ? 'sent' : 'cannot' });
    expect(simulator.inviting).toBe(false);
    expect(transport.written).toHaveLength(canInvite ? 2 : 0);
  });

  it('gives levels only, holds little back and hears the next press, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), async (noise) => {
        const { clock, transport, simulator, levels } = bench(subject);
        for (const bytes of noise) transport.deliver(bytes);
        await clock.advance(1_000);
        for (const level of levels) expect(RATING_LEVELS).toContain(level);
        // A checked frame in random bytes is as good as impossible; the seed of a failure would show one.
        if (noiseProof && noise.every((bytes) => !bytes.includes(0x02))) expect(levels).toEqual([]);
        levels.length = 0;
        // Release of whatever key the noise held down.
        transport.deliver(new Uint8Array(8));
        await clock.advance(1_000);
        levels.length = 0;
        simulator.press(4);
        await clock.advance(1_000);
        expect(levels).toEqual([4]);
      }),
      { numRuns: 30 },
    );
  });

  it('is silent and leaves nothing behind when disposed', async () => {
    const { clock, keypad, simulator, levels } = bench(subject);
    simulator.press(1);
    await clock.settle();
    keypad.dispose();
    levels.length = 0;
    simulator.press(5);
    await clock.advance(1_000);
    expect(levels).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
