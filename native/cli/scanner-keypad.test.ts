import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { HidPosSimulator } from '../code-scanner/simulator-hid.ts';
import { ScannerSimulator } from '../code-scanner/simulator.ts';
import { OWN_PROFILES } from '../evaluation-keypad/keypad-subjects.ts';
import { evaluationKeypadSimulators } from '../evaluation-keypad/simulators.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { runCli } from './run.ts';

const SERIAL = ['--port', 'serial:///dev/test?baud=9600', '--json'];
const HID = ['--port', 'hid://f055:0001', '--json'];

function bench(simulator: DeviceSimulator, kind: 'stream' | 'reports' = 'stream') {
  const clock = new FakeClock();
  const line = new MemoryLine(simulator, clock, { kind });
  const out: string[] = [];
  const stop = new AbortController();
  const start = (words: readonly string[]): Promise<number> =>
    runCli(words, {
      out: (text) => out.push(text),
      err: () => undefined,
      clock,
      random: seededRandom(1),
      open: line.opener,
      stop: stop.signal,
    });
  const last = (): unknown => JSON.parse(out.at(-1) ?? 'null');
  return { clock, line, out, start, last, run: (words: readonly string[]) => clock.run(start(words)) };
}

describe('code-scanner', () => {
  it.each([
    ['7e00', '9600'],
    ['newland', null],
  ] as const)('is asked, set and lit by %s commands, and says what became of each', async (set, baud) => {
    const simulator = new ScannerSimulator();
    const { run, last } = bench(simulator);
    const at = ['--option', `trigger=${set}`, ...SERIAL];
    expect(await run(['code-scanner', 'trigger', ...at])).toBe(0);
    expect([simulator.lit, last()]).toEqual([true, { ok: true, result: 'on' }]);
    expect(await run(['code-scanner', 'trigger-off', ...at])).toBe(0);
    expect(simulator.lit).toBe(false);
    const beep = await run(['code-scanner', 'beep', ...at]);
    if (set === 'newland') expect([beep, simulator.beeps, last()]).toEqual([0, 1, { ok: true, result: 'beeped' }]);
    else expect([beep, last()]).toMatchObject([1, { ok: false, error: 'not-supported' }]);
    expect(await run(['code-scanner', 'configure', '--set', 'mode=trigger', '--set', 'beep=off', ...at])).toBe(0);
    expect(await run(['code-scanner', 'info', ...at])).toBe(0);
    expect(last()).toMatchObject({
      ok: true,
      mode: 'trigger',
      beep: false,
      lamp: true,
      baud: baud === null ? null : 9_600,
    });
    expect(await run(['code-scanner', 'factory-reset', ...at])).toBe(0);
    expect(simulator.memory.resets).toBe(1);
    simulator.behaviour.commands = 'refused';
    expect(await run(['code-scanner', 'configure', '--set', 'mode=sense', ...at])).toBe(1);
    expect(last()).toMatchObject({ ok: false, error: set === '7e00' ? 'not-supported' : 'bad-request' });
  });

  it('scans one code and leaves no light on', async () => {
    const simulator = new ScannerSimulator({ needsTrigger: true });
    const { clock, start, run, last } = bench(simulator);
    const at = ['--option', 'trigger=7e00', ...SERIAL];
    const scanning = start(['code-scanner', 'scan', ...at]);
    await clock.advance(500);
    expect(simulator.scan('HALL24-1')).toBe(true);
    expect(await clock.run(scanning)).toBe(0);
    expect([simulator.lit, last()]).toEqual([false, { ok: true, text: 'HALL24-1' }]);
    expect(await run(['code-scanner', 'scan', '--wait', '1', ...at])).toBe(1);
    expect([simulator.lit, last()]).toMatchObject([false, { ok: false, error: 'timeout' }]);
  });

  it('works over HID reports as well, and knows its settings before anything is opened', async () => {
    const simulator = new HidPosSimulator('newland');
    const { line, run, last } = bench(simulator, 'reports');
    const at = ['--driver', 'hid-pos-scanner', '--option', 'trigger=newland', ...HID];
    expect(await run(['code-scanner', 'info', ...at])).toBe(0);
    expect(last()).toMatchObject({ ok: true, model: 'NLS-TEST' });
    const { opened } = line;
    for (const wrong of ['mode=fast', 'beep=1', 'volume=3', 'beep']) {
      expect(await run(['code-scanner', 'configure', '--set', wrong, ...at])).toBe(2);
    }
    expect(await run(['code-scanner', 'configure', ...at])).toBe(2);
    expect(line.opened).toBe(opened);
  });
});

describe('evaluation-keypad', () => {
  it('takes a profile in JSON, also with line breaks, lights its lamp and refuses a wrong one with a clear word', async () => {
    const profile = JSON.stringify(OWN_PROFILES.modbusFrame, null, 2);
    const make = evaluationKeypadSimulators['serial-keypad'];
    const simulator = make?.({ options: { profile } });
    if (!simulator) throw new Error('no simulated keypad');
    const { clock, run, start, last, out } = bench(simulator);
    const at = ['--driver', 'serial-keypad', '--option', `profile=${profile}`, ...SERIAL];
    expect(await run(['evaluation-keypad', 'invite', ...at])).toBe(0);
    expect([simulator.inviting, last()]).toEqual([true, { ok: true, result: 'sent' }]);
    expect(await run(['evaluation-keypad', 'dismiss', ...at])).toBe(0);
    expect(simulator.inviting).toBe(false);
    const watching = start(['evaluation-keypad', 'watch', '--wait', '2', ...at]);
    await clock.advance(500);
    simulator.press(4);
    expect(await clock.run(watching)).toBe(0);
    expect(out).toContain('{"event":"rating","level":4}');
    const wrong = profile.replace('CRC16-MODBUS', 'CRC17');
    expect(await run(['evaluation-keypad', 'watch', '--option', `profile=${wrong}`, ...SERIAL])).toBe(2);
    expect(last()).toMatchObject({ ok: false, error: 'bad-request' });
    expect(JSON.stringify(last())).toContain('read[0].parts[3]');
    expect(await run(['evaluation-keypad', 'invite', '--driver', 'serial-keypad', ...SERIAL])).toBe(0);
    expect(last()).toEqual({ ok: true, result: 'cannot' });
  });

  it('prints the rules that keep a keypad from typing into the page, without opening it', async () => {
    const { line, run, last } = bench(new ScannerSimulator(), 'reports');
    expect(await run(['evaluation-keypad', 'udev', ...HID])).toBe(0);
    expect(last()).toEqual({
      ok: true,
      rules: [
        'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="f055", ATTRS{idProduct}=="0001", GROUP="plugdev", MODE="0660"',
        'SUBSYSTEM=="input", ATTRS{idVendor}=="f055", ATTRS{idProduct}=="0001", ENV{LIBINPUT_IGNORE_DEVICE}="1"',
      ],
    });
    expect(await run(['evaluation-keypad', 'udev', ...SERIAL])).toBe(2);
    expect(line.opened).toBe(0);
  });
});
