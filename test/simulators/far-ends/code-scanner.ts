import { codeScannerSimulators } from '../../../native/code-scanner/simulators.ts';
import { behave, plain, toggle } from './far-end.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker, FarEndOptions } from './table.ts';

const PICKUP_CODE = 'HALL24-TEST-0001';

/** A scanner and a person who holds codes before it. */
function scanner(driver: string, { options }: FarEndOptions): FarEnd {
  const make = codeScannerSimulators[driver];
  if (make === undefined) throw new Error(`no simulated scanner for ${driver}`);
  const simulator = make({ options });
  const { behaviour } = simulator;
  return {
    deviceClass: 'code-scanner',
    driver,
    kind: driver.startsWith('hid-') ? 'reports' : 'stream',
    simulator,
    actions: [
      {
        word: 'scan',
        help: 'holds a code before the scanner',
        parameters: [{ name: 'text', kind: 'text', fallback: PICKUP_CODE }],
        keys: [
          { key: 's', help: 'scan', values: () => ({ text: PICKUP_CODE }) },
          { key: 'z', help: 'scan 测试', values: () => ({ text: '取件码 测试一 0001' }) },
        ],
        run: ({ text }) =>
          simulator.scan(String(text)) ? null : 'the scanner is dark: it waits for a trigger command',
      },
      {
        word: 'raw',
        help: 'sends bytes as a broken scanner would: 41 42 0D',
        parameters: [{ name: 'hex', kind: 'text' }],
        keys: [],
        run: ({ hex }) => {
          const digits = String(hex).replaceAll(/[\s:,]/gu, '');
          if (!/^(?:[0-9a-f]{2})+$/iu.test(digits)) return 'hex must be pairs of hexadecimal digits';
          simulator.sendRaw(Uint8Array.from(Buffer.from(digits, 'hex')));
          return null;
        },
      },
      plain('nak', 'commands are refused', 'n', () => void (behaviour.commands = 'refused')),
      plain('take', 'commands are taken', 't', () => void (behaviour.commands = 'taken')),
      toggle(
        'loses-tail',
        'codes come without their tail',
        'l',
        () => behaviour.losesTail,
        (on) => void (behaviour.losesTail = on),
      ),
      behave(
        () => behaviour,
        (fields) => void Object.assign(behaviour, fields),
      ),
    ],
    state: () => ({ lit: simulator.lit, beeps: simulator.beeps, behaviour }),
    dispose: () => undefined,
  };
}

export const SCANNERS: Readonly<Record<string, FarEndMaker>> = Object.fromEntries(
  Object.keys(codeScannerSimulators).map((driver) => [driver, (options) => scanner(driver, options)] as const),
);
