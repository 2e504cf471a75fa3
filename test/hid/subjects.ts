import { HidPosSimulator, WedgeSimulator } from '../../native/code-scanner/simulator-hid.ts';
import type { CodeScannerSimulator } from '../../native/code-scanner/simulator.ts';
import { HidKeypadSimulator } from '../../native/evaluation-keypad/simulator.ts';
import type { KeypadSimulator } from '../../native/evaluation-keypad/simulator.ts';
import { evaluationKeypadSimulators } from '../../native/evaluation-keypad/simulators.ts';
import { BOOT_KEYBOARD, POS_SCANNER, VENDOR_KEYPAD } from './descriptors.ts';
import { hidSubject } from './subject.ts';
import type { HidBench, HidSubject } from './subject.ts';

const LEVELS = [1, 2, 3, 4, 5] as const;
/** A key counts again after this; a bit more than the debounce time. */
const BETWEEN_PRESSES_MS = 420;

async function pressAll({ simulator, expectEvents, pause }: HidBench<KeypadSimulator>): Promise<void> {
  for (const level of LEVELS) {
    // Two bounces with each press.
    simulator.press(level, level === 3 ? 2 : 0);
    await expectEvents([{ type: 'rating', level }]);
    await pause(level === 3 ? 2 * BETWEEN_PRESSES_MS : BETWEEN_PRESSES_MS);
  }
}

const LONG_CODE = `HALL24-${'0123456789abcdefghij'.repeat(20)}-END`;
const CODES = ['A1b2-C3', '测试企业有限公司 林测夏', 'https://example.invalid/?q=1&x=[y]', LONG_CODE] as const;

async function scanAll(
  { simulator, expectEvents }: HidBench<CodeScannerSimulator>,
  codes: readonly string[],
): Promise<void> {
  for (const text of codes) {
    simulator.scan(text);
    await expectEvents([{ type: 'code', text }]);
  }
  // Two at once.
  simulator.scan('FIRST');
  simulator.scan('SECOND');
  await expectEvents([
    { type: 'code', text: 'FIRST' },
    { type: 'code', text: 'SECOND' },
  ]);
}

/** A keypad that a technician described: a byte of report 01, a lamp behind report 02. */
const LAMP_PROFILE = JSON.stringify({
  name: 'keypad with a lamp',
  line: 'hid',
  read: [{ kind: 'report', id: '01', offset: 2, mask: '0F', keys: { '01': 5, '02': 4, '03': 3, '04': 2, '05': 1 } }],
  say: { invite: '02 01 00 00 00 00 00 00', dismiss: '02 00 00 00 00 00 00 00' },
});
const NEWLAND = { trigger: 'newland' } as const;

async function posCommands({ simulator, manager, expectSame }: HidBench<HidPosSimulator>): Promise<void> {
  const { codeScanner } = manager;
  const on = await codeScanner.run((driver, signal) => driver.trigger(true, signal));
  expectSame('trigger on', [on.ok, simulator.lit], [true, true]);
  const off = await codeScanner.run((driver, signal) => driver.trigger(false, signal));
  expectSame('trigger off', [off.ok, simulator.lit], [true, false]);
  const before = simulator.beeps;
  const beep = await codeScanner.call((driver, signal) => driver.beep?.(signal) ?? Promise.resolve(null));
  expectSame('beep', [beep.ok && beep.value?.ok, simulator.beeps - before], [true, 1]);
  const info = await codeScanner.call((driver, signal) => driver.info?.(signal) ?? Promise.resolve(null));
  expectSame('model', info.ok && info.value?.ok ? info.value.value.model : info, 'NLS-TEST');
}

/** Every virtual device of the guest. */
export const HID_SUBJECTS: readonly HidSubject[] = [
  hidSubject({
    name: 'keypad: boot keyboard',
    deviceClass: 'evaluation-keypad',
    driver: 'hid-keypad',
    options: {},
    descriptor: BOOT_KEYBOARD,
    vendorId: 0xf055,
    productId: 0x0001,
    simulate: () => new HidKeypadSimulator({ wire: 'keyboard' }),
    exercise: pressAll,
    watch: { act: (simulator) => simulator.press(4), lines: [{ event: 'rating', level: 4 }] },
  }),
  hidSubject({
    name: 'keypad: number pad, key 1 is the best',
    deviceClass: 'evaluation-keypad',
    driver: 'hid-keypad',
    options: { order: '1-very-good' },
    descriptor: BOOT_KEYBOARD,
    vendorId: 0xf055,
    productId: 0x0002,
    simulate: () => new HidKeypadSimulator({ wire: 'keyboard-numpad', order: '1-very-good' }),
    exercise: pressAll,
  }),
  hidSubject({
    name: 'keypad: vendor report',
    deviceClass: 'evaluation-keypad',
    driver: 'hid-keypad',
    options: { report: 'vendor' },
    descriptor: VENDOR_KEYPAD,
    vendorId: 0xf055,
    productId: 0x0003,
    query: '?usagePage=ff00',
    simulate: () => new HidKeypadSimulator({ wire: 'vendor' }),
    exercise: pressAll,
  }),
  hidSubject({
    name: 'keypad: described in JSON, with a lamp',
    deviceClass: 'evaluation-keypad',
    driver: 'hid-keypad',
    options: { profile: LAMP_PROFILE },
    descriptor: VENDOR_KEYPAD,
    vendorId: 0xf055,
    productId: 0x0004,
    simulate: () => {
      const make = evaluationKeypadSimulators['hid-keypad'];
      if (!make) throw new Error('no simulated HID keypad');
      return make({ options: { profile: LAMP_PROFILE } });
    },
    exercise: async (bench) => {
      const said = await bench.manager.evaluationKeypad.run((driver) => driver.invite(true));
      await bench.pause(50);
      bench.expectSame('lamp on', [said, bench.simulator.inviting], [{ ok: true, value: 'sent' }, true]);
      await pressAll(bench);
      await bench.manager.evaluationKeypad.run((driver) => driver.invite(false));
      await bench.pause(50);
      bench.expectSame('lamp off', bench.simulator.inviting, false);
    },
    watch: { act: (simulator) => simulator.press(1), lines: [{ event: 'rating', level: 1 }] },
  }),
  hidSubject({
    name: 'scanner: HID POS, AIM map',
    deviceClass: 'code-scanner',
    driver: 'hid-pos-scanner',
    options: NEWLAND,
    descriptor: POS_SCANNER,
    vendorId: 0xf055,
    productId: 0x0011,
    query: '?usagePage=008c&usage=0002',
    simulate: () => new HidPosSimulator('aim'),
    exercise: async (bench) => {
      await scanAll(bench, CODES);
      await posCommands(bench);
      bench.simulator.behaviour.charset = 'gbk';
      await scanAll(bench, ['测试企业有限公司']);
      bench.simulator.behaviour.charset = 'utf-8';
    },
    watch: { act: (simulator) => simulator.scan(LONG_CODE), lines: [{ event: 'code', text: LONG_CODE }] },
  }),
  hidSubject({
    name: 'scanner: HID POS, map without AIM id',
    deviceClass: 'code-scanner',
    driver: 'hid-pos-scanner',
    options: NEWLAND,
    descriptor: POS_SCANNER,
    vendorId: 0xf055,
    productId: 0x0012,
    simulate: () => new HidPosSimulator('newland'),
    exercise: async (bench) => {
      await scanAll(bench, [...CODES, 'x'.repeat(56)]);
      await posCommands(bench);
    },
  }),
  hidSubject({
    name: 'scanner: keyboard wedge',
    deviceClass: 'code-scanner',
    driver: 'hid-wedge-scanner',
    options: {},
    descriptor: BOOT_KEYBOARD,
    vendorId: 0xf055,
    productId: 0x0013,
    simulate: () => new WedgeSimulator('gbk'),
    exercise: async (bench) => {
      await scanAll(bench, CODES);
      bench.simulator.behaviour.tail = '\t';
      await scanAll(bench, ['TAB-1']);
      bench.simulator.behaviour.tail = '';
      bench.simulator.scan('SILENCE');
      await bench.expectEvents([{ type: 'code', text: 'SILENCE' }]);
      bench.simulator.behaviour.tail = '\r';
    },
    watch: { act: (simulator) => simulator.scan('Wedge-测试'), lines: [{ event: 'code', text: 'Wedge-测试' }] },
  }),
];
