import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine, MemoryTransport } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import { validateSettings } from '../manager/settings.ts';
import type { Presence } from '../model/presence-sensor.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { ModemLines, TransportError } from '../model/transport.ts';
import { PresenceBelief } from './belief.ts';
import { modbusInput, modemLine, ultrasonicSensor } from './index.ts';
import { PRESENCE_SUBJECTS } from './presence-subjects.ts';
import type { PresenceSubject } from './presence-subjects.ts';
import { encodeRange } from './range-frames.ts';
import { InputModuleSimulator } from './simulator.ts';

function bench({ definition, options, simulate }: PresenceSubject, present = false) {
  const clock = new FakeClock();
  const simulator = simulate(clock, present);
  const line = new MemoryLine(simulator, clock);
  const transport = line.open();
  const sensor = definition.create({ transport, clock, options });
  const told: Presence[] = [];
  let nudges = 0;
  sensor.events.subscribe((event) => {
    if (event.type === 'presence-changed') told.push(event.presence);
    else nudges += 1;
  });
  const end = (): void => {
    sensor.dispose();
    simulator.dispose();
  };
  return { clock, line, transport, sensor, simulator, told, nudges: () => nudges, end };
}

describe('the table of presence sensors', () => {
  it('holds every driver that has a line of bytes', () => {
    const tried = new Set(PRESENCE_SUBJECTS.map(({ definition }) => definition.id));
    const known = driverRegistry['presence-sensor'].map(({ id }) => id);
    expect([...tried, modemLine.id].toSorted()).toEqual(known.toSorted());
  });

  it('has options that the settings take, usual and other values', () => {
    for (const { definition, options } of PRESENCE_SUBJECTS) {
      const address = `serial:///dev/ttyUSB0?baud=${definition.bauds[0] ?? 9600}`;
      const settings = { deviceClass: 'presence-sensor', driver: definition.id, address } as const;
      expect(validateSettings(driverRegistry, { ...settings, options })).toMatchObject({ ok: true });
      const cover = (value: string) =>
        validateSettings(driverRegistry, { ...settings, options: { ...options, 'cover-after': value } }).ok;
      expect(['off', '10', '25', '600'].map(cover)).toEqual([true, true, true, true]);
      expect(['2', '601', '', 'soon', '-5', '1e2'].map(cover)).toEqual([false, false, false, false, false, false]);
    }
  });
});

describe('the belief', () => {
  it('never changes without so many equal readings in a row, and always with them', () => {
    const reading = fc.constantFrom<boolean | 'doubted' | 'lost'>(true, false, 'doubted', 'lost');
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.array(reading, { maxLength: 60 }), (wanted, readings) => {
        const belief = new PresenceBelief(wanted);
        const row: (boolean | 'doubted' | 'lost')[] = [];
        for (const one of readings) {
          const before = belief.presence;
          row.push(one);
          if (one === 'lost') belief.lost();
          else if (one === 'doubted') belief.doubted();
          else belief.heard(one);
          const last = row.slice(-wanted);
          const agreed = last.length === wanted && last.every((other) => other === one) && typeof one === 'boolean';
          const expected = one === 'lost' ? 'unknown' : agreed ? (one ? 'present' : 'absent') : before;
          expect(belief.presence).toBe(expected);
        }
      }),
    );
  });
});

describe.each(PRESENCE_SUBJECTS)('$name', (subject) => {
  it.each([
    ['as it should', {}],
    ['byte by byte', { drip: true }],
    ['40 ms late', { lateMs: 40 }],
    ['behind noise', { garbageBytes: 7 }],
  ] as const)('tells who comes and leaves when its bytes come %s', async (_name, behaviour) => {
    const { clock, line, sensor, simulator, told, end } = bench(subject);
    line.behaviour = { ...GOOD_LINE, ...behaviour };
    await clock.advance(2_000);
    simulator.stand(true);
    await clock.advance(1_500);
    expect(sensor.presence).toBe('present');
    simulator.stand(false);
    await clock.advance(1_500);
    expect(told).toEqual(['absent', 'present', 'absent']);
    expect(await clock.run(sensor.probe())).toMatchObject({ status: 'online', detail: '' });
    end();
    // What the line itself still holds.
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('believes within 1.2 s, and not what was there for one look only', async () => {
    const { clock, sensor, simulator, told, end } = bench(subject);
    await clock.advance(2_000);
    simulator.stand(true);
    await clock.advance(1_200);
    expect(sensor.presence).toBe('present');
    end();
    expect(told).toEqual(['absent', 'present']);
  });

  it('believes nothing any more when it falls silent, says so, and speaks again', async () => {
    const { clock, line, sensor, simulator, told, nudges, end } = bench(subject, true);
    await clock.advance(2_000);
    expect(sensor.presence).toBe('present');
    line.behaviour = { ...GOOD_LINE, mute: true };
    await clock.advance(4_000);
    expect(told).toEqual(['present', 'unknown']);
    expect(nudges()).toBe(1);
    expect(await clock.run(sensor.probe())).toMatchObject({ status: 'offline', fault: 'timeout' });
    line.behaviour = GOOD_LINE;
    await clock.advance(6_000);
    expect(sensor.presence).toBe('present');
    expect(simulator.present).toBe(true);
    end();
  });

  it('is offline with a line that is gone, and asks nothing of it', async () => {
    const { clock, line, sensor, end } = bench(subject);
    await clock.advance(2_000);
    line.unplug();
    await clock.advance(5_000);
    expect(sensor.presence).toBe('unknown');
    expect(await clock.run(sensor.probe())).toMatchObject({ status: 'offline', detail: 'lost: unplugged' });
    end();
  });

  it('says that half frames are no frames', async () => {
    const { clock, line, sensor, end } = bench(subject);
    line.behaviour = { ...GOOD_LINE, halfFrames: true };
    await clock.advance(2_000);
    expect(sensor.presence).toBe('unknown');
    expect(await clock.run(sensor.probe())).toMatchObject({ status: 'offline', fault: 'bad-reply' });
    end();
  });

  it('asks at most four times a second at rest', async () => {
    const { clock, transport, end } = bench(subject, true);
    await clock.advance(2_000);
    transport.written.length = 0;
    await clock.advance(10_000);
    expect(transport.written.length).toBeLessThanOrEqual(subject.asked ? 40 : 0);
    end();
  });

  it('can be made and dropped while a question is under way', async () => {
    const { clock, sensor, told, end } = bench(subject);
    const probing = sensor.probe();
    await clock.settle();
    end();
    await clock.run(probing);
    await clock.advance(5_000);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('a module', () => {
  it('that has not so many inputs is there, and what is wrong is told', async () => {
    const clock = new FakeClock();
    const line = new MemoryLine(new InputModuleSimulator({ inputs: 4 }), clock);
    const sensor = modbusInput.create({ transport: line.open(), clock, options: { inputs: '8' } });
    expect(await clock.run(sensor.probe())).toEqual({
      ...{ status: 'hardwareError', fault: 'bad-request', paper: null, identity: null },
      detail: 'the module refused with code 2: has it so many inputs?',
    });
    expect(sensor.presence).toBe('unknown');
    sensor.dispose();
  });

  it('is believed behind an adapter that hands back what is said, also where that looks like an answer', async () => {
    const clock = new FakeClock();
    const simulator = new InputModuleSimulator({ start: 0x300, inputs: 17, input: 2, present: true });
    const transport = new MemoryTransport();
    transport.onWrite = (question) => {
      transport.deliver(question);
      simulator.receive(question);
    };
    simulator.output.subscribe(({ bytes }) => void clock.sleep(5).then(() => transport.deliver(bytes)));
    const sensor = modbusInput.create({ transport, clock, options: { start: '0x300', inputs: '17', input: '2' } });
    await clock.advance(2_000);
    expect(sensor.presence).toBe('present');
    simulator.stand(false);
    await clock.advance(2_000);
    expect(sensor.presence).toBe('absent');
    sensor.dispose();
  });

  it('whose other inputs change tells nothing', async () => {
    const clock = new FakeClock();
    const simulator = new InputModuleSimulator({ inputs: 4, input: 2 });
    const line = new MemoryLine(simulator, clock);
    const sensor = modbusInput.create({ transport: line.open(), clock, options: { input: '2' } });
    await clock.advance(2_000);
    for (const other of [1, 3, 4]) simulator.setOther(other, true);
    await clock.advance(2_000);
    expect(sensor.presence).toBe('absent');
    sensor.dispose();
  });
});

describe('an ultrasonic range finder', () => {
  const sensorAt = () => {
    const clock = new FakeClock();
    const transport = new MemoryTransport();
    const sensor = ultrasonicSensor.create({ transport, clock, options: { 'distance-mm': '1000' } });
    const says = (...distances: readonly number[]): Presence => {
      for (const one of distances) transport.deliver(encodeRange(one));
      return sensor.presence;
    };
    return { sensor, says };
  };

  it('keeps who sways at the limit, and lets go of who steps back', () => {
    const { sensor, says } = sensorAt();
    expect(says(1_100, 1_100, 1_100)).toBe('absent');
    expect(says(1_000, 990, 1_000)).toBe('present');
    expect(says(1_100, 1_200, 1_150, 1_190)).toBe('present');
    expect(says(1_201, 1_300, 1_400)).toBe('absent');
    sensor.dispose();
  });

  it('takes a distance in its blind zone for nothing at all', () => {
    const { sensor, says } = sensorAt();
    expect(says(0, 0, 0, 29, 12)).toBe('unknown');
    expect(says(700, 700, 0, 700)).toBe('unknown');
    expect(says(700, 700)).toBe('present');
    sensor.dispose();
  });
});

describe('a contact on the pins of a serial port', () => {
  const pins = (lines: () => Result<ModemLines, TransportError>) =>
    Object.assign(new MemoryTransport(), { modemLines: async () => lines() });
  const none = { cts: false, dsr: false, dcd: false };

  it.each([
    ['cts', 'closed'],
    ['dsr', 'closed'],
    ['dcd', 'open'],
  ] as const)('is read on %s, present while %s', async (pin, contact) => {
    const clock = new FakeClock();
    let level = contact === 'open';
    const transport = pins(() => ok({ ...none, [pin]: level }));
    const sensor = modemLine.create({ transport, clock, options: { pin, contact } });
    await clock.advance(1_000);
    expect(sensor.presence).toBe('absent');
    level = !level;
    await clock.advance(1_000);
    expect(sensor.presence).toBe('present');
    expect(await clock.run(sensor.probe())).toMatchObject({ status: 'online' });
    sensor.dispose();
    await clock.settle();
    expect(clock.pending).toBe(0);
  });

  it('is said to be impossible on a line without pins', async () => {
    const clock = new FakeClock();
    const unsupported = pins(() => err({ code: 'unsupported', detail: 'ENOTTY' }));
    for (const transport of [new MemoryTransport(), unsupported]) {
      const sensor = modemLine.create({ transport, clock, options: {} });
      expect(await clock.run(sensor.probe())).toMatchObject({ status: 'hardwareError', fault: 'not-supported' });
      expect(sensor.presence).toBe('unknown');
      sensor.dispose();
    }
  });
});
