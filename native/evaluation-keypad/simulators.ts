import { parseKeypadProfile } from './keypad-profile.ts';
import { ProfileKeypadSimulator } from './simulator-profile.ts';
import { HidKeypadSimulator, SerialKeypadSimulator } from './simulator.ts';
import type { HidKeypadWire, KeyOrder, KeypadSimulator, SerialKeypadWire } from './simulator.ts';

/** A simulated keypad as data. */
export interface KeypadSimulatorOptions {
  /**
   * Options of the driver (`profile`, `report`, `order`, ...): the keypad sends what they say, so that a driver with the
   * same options understands it. Missing ones take the driver's fallback.
   */
  readonly options?: Readonly<Record<string, string>>;
  /** What is sent where the options leave it open (`auto`, the number pad of a keyboard). */
  readonly wire?: SerialKeypadWire | HidKeypadWire;
}

const SERIAL_WIRES: Readonly<Record<string, SerialKeypadWire>> = {
  byte: 'byte',
  ascii: 'ascii',
  'ascii-cr': 'ascii-cr',
  framed: 'framed',
  text: 'text',
};

function orderOf({ options }: KeypadSimulatorOptions): KeyOrder {
  return options?.['order'] === '1-very-good' ? '1-very-good' : '1-very-bad';
}

/** The keypad of a profile that was written as JSON; null where the option is a name. */
function ownKeypad(wanted: KeypadSimulatorOptions): KeypadSimulator | null {
  const profile = parseKeypadProfile(wanted.options?.['profile'] ?? '');
  return profile.ok ? new ProfileKeypadSimulator(profile.value, orderOf(wanted)) : null;
}

/** The far end of every evaluation keypad driver, by driver id. Those of `hid-...` drivers send whole reports. */
export const evaluationKeypadSimulators: Readonly<Record<string, (wanted: KeypadSimulatorOptions) => KeypadSimulator>> =
  {
    'serial-keypad': (wanted) => {
      const wire = SERIAL_WIRES[wanted.wire ?? wanted.options?.['profile'] ?? ''] ?? 'byte';
      return ownKeypad(wanted) ?? new SerialKeypadSimulator({ wire, order: orderOf(wanted) });
    },
    'hid-keypad': (wanted) => {
      const own = ownKeypad(wanted);
      if (own) return own;
      const order = orderOf(wanted);
      if (wanted.options?.['report'] !== 'vendor') {
        return new HidKeypadSimulator({ wire: wanted.wire === 'keyboard-numpad' ? wanted.wire : 'keyboard', order });
      }
      const { offset, table } = wanted.options;
      return new HidKeypadSimulator({
        wire: 'vendor',
        order,
        offset: Number(offset ?? '1'),
        values: table === 'ascii' || table === 'bits' ? table : 'index',
      });
    },
  };
