import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { lockerSimulators } from '../pickup-locker/simulators.ts';
import { runCli } from './run.ts';
import { withDevice } from './connect.ts';
import { calibrateLocker } from './locker-bus.ts';

const PORT = 'serial:///dev/test?baud=9600';

function bench(boards: readonly number[], options: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  const simulator = lockerSimulators['bcc-8a']!({ clock, options, boards });
  const line = new MemoryLine(simulator, clock, { baud: 9600 });
  const out: string[] = [];
  const ports = {
    out: (text: string) => out.push(text),
    err: () => undefined,
    clock,
    random: seededRandom(1),
    open: line.opener,
    stop: new AbortController().signal,
  };
  return { clock, simulator, line, out, ports };
}

describe('npm run device -- pickup-locker', () => {
  it('scans the bus, also when no configured board answers', async () => {
    const { clock, out, ports, simulator, line } = bench([4, 9]);
    simulator.behave({ collidingBoards: [9] });
    const run = runCli(['pickup-locker', 'scan', '--driver', 'bcc-8a', '--port', PORT, '--json'], ports);
    expect(await clock.run(run)).toBe(0);
    expect(out.map((text) => JSON.parse(text) as unknown)).toEqual([
      { event: 'board', board: 4, answer: 'clear' },
      { event: 'board', board: 9, answer: 'garbled' },
      { ok: true, boards: [4, 9], garbled: [9] },
    ]);
    expect(line.current?.closed).toBe(true);
    expect(simulator.doors.all().every(({ pulses }) => pulses === 0)).toBe(true);
  });

  it('leads through a calibration by lines, and ends with the options to store', async () => {
    const wiring = { feedback: 'open-shorted', 'status-order': 'low-first' };
    const { clock, out, ports, simulator, line } = bench([1, 2], wiring);
    const settings = { deviceClass: 'pickup-locker', driver: 'bcc-8a', address: PORT, options: {} } as const;
    const answers = ['what?', ''];
    const person = async (): Promise<string> => {
      const answer = answers.shift();
      if (answer !== undefined) return answer;
      const step = JSON.parse(out.findLast((text) => text.includes('"step"')) ?? '{}') as {
        step: string;
        board: number;
        lock: number;
      };
      if (step.step === 'open' && step.board === 1) return 'pulse';
      if (step.step === 'open') simulator.doors.forceOpen(step);
      else for (const { cell } of simulator.doors.all()) simulator.doors.closeDoor(cell);
      return 'done';
    };
    const run = withDevice(settings, { json: true }, ports, (session) => calibrateLocker(session, person));
    expect(await clock.run(run)).toBe(0);
    const lines = out.map((text) => JSON.parse(text) as { event?: string; step?: string });
    expect(lines.filter(({ event }) => event === 'step').map(({ step }) => step)).toEqual([
      'close-all',
      'open',
      'close',
      'open',
      'close',
      'open',
      'close',
    ]);
    expect(lines.at(-1)).toMatchObject({ ok: true, boards: [1, 2], offset: 0, options: { ...wiring, boards: '2' } });
    expect(lines.some(({ event }) => event === 'not-understood')).toBe(true);
    expect(simulator.doors.all().reduce((sum, { pulses }) => sum + pulses, 0)).toBe(2);
    expect(line.current?.closed).toBe(true);
  });

  it('ends when there are no lines any more', async () => {
    const { clock, out, ports } = bench([1]);
    const settings = { deviceClass: 'pickup-locker', driver: 'bcc-8a', address: PORT, options: {} } as const;
    const run = withDevice(settings, { json: true }, ports, (session) => calibrateLocker(session, async () => null));
    expect(await clock.run(run)).toBe(1);
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ ok: false, error: 'stopped' });
  });
});
