import type { DriverDefinition } from '../model/driver-registry.ts';
import type { EvaluationKeypad } from '../model/evaluation-keypad.ts';
import { hidKeypad, serialKeypad } from './index.ts';
import type { HidKeypadWire, KeypadSimulator, SerialKeypadWire } from './simulator.ts';
import { evaluationKeypadSimulators } from './simulators.ts';

/** One driver with a keypad that its options fit. */
export interface KeypadSubject {
  readonly name: string;
  readonly definition: DriverDefinition<EvaluationKeypad>;
  readonly options: Readonly<Record<string, string>>;
  /** Whether a press carries a check, so that noise cannot be taken for one. */
  readonly noiseProof: boolean;
  readonly canInvite: boolean;
  readonly simulate: () => KeypadSimulator;
}

function subject(
  name: string,
  definition: DriverDefinition<EvaluationKeypad>,
  options: Readonly<Record<string, string>>,
  more: {
    readonly wire?: SerialKeypadWire | HidKeypadWire;
    readonly noiseProof?: boolean;
    readonly canInvite?: boolean;
  } = {},
): KeypadSubject {
  const { wire, noiseProof = false, canInvite = false } = more;
  const make = evaluationKeypadSimulators[definition.id];
  if (!make) throw new Error(`no simulator for ${definition.id}`);
  const simulate = (): KeypadSimulator => make(wire === undefined ? { options } : { options, wire });
  return { name, definition, options, noiseProof, canInvite, simulate };
}

const BEST_FIRST = { order: '1-very-good' };

/** Profiles as a technician or a vendor would write them. */
export const OWN_PROFILES = {
  modbusFrame: {
    name: 'frame with a Modbus checksum and a lamp',
    line: 'serial',
    read: [
      {
        kind: 'frame',
        parts: ['AA 55', 'KEY', '0D', 'CRC16-MODBUS'],
        from: 2,
        keys: { '00 01': 1, '00 02': 2, '00 03': 3, '00 04': 4, '00 05': 5 },
      },
    ],
    say: { invite: 'AA 55 10 01 0D', dismiss: 'AA 55 10 00 0D' },
  },
  xorFrame: {
    name: 'frame with an XOR checksum before its end',
    line: 'serial',
    read: [
      {
        kind: 'frame',
        parts: ['7B', 'KEY', 'XOR8', '7D'],
        keys: { A1: 5, A2: 4, A3: 3, A4: 2, A5: 1 },
      },
    ],
  },
  words: {
    name: 'words with a tail of two bytes',
    line: 'serial',
    read: [{ kind: 'text', pattern: '(VB|B|M|G|VG)', tail: '0D 0A', keys: { VB: 1, B: 2, M: 3, G: 4, VG: 5 } }],
  },
  reportWithLamp: {
    name: 'report 07 with a voice',
    line: 'hid',
    read: [{ kind: 'report', id: '07', offset: 3, keys: { '11': 1, '22': 2, '33': 3, '44': 4, '55': 5 } }],
    say: { invite: '08 01', dismiss: '08 00' },
  },
} as const;

/** Every driver with every kind of keypad that it is made for. */
export const KEYPAD_SUBJECTS: readonly KeypadSubject[] = [
  subject('serial, any form: bytes', serialKeypad, {}),
  subject('serial, any form: digit and CR', serialKeypad, {}, { wire: 'ascii-cr' }),
  subject('serial, any form: frames', serialKeypad, {}, { wire: 'framed' }),
  subject('serial byte', serialKeypad, { profile: 'byte' }),
  subject('serial digit', serialKeypad, { profile: 'ascii' }),
  subject('serial digit with CR', serialKeypad, { profile: 'ascii' }, { wire: 'ascii-cr' }),
  subject('serial frames', serialKeypad, { profile: 'framed' }, { noiseProof: true }),
  subject('serial frames, key 1 is the best', serialKeypad, { profile: 'framed', ...BEST_FIRST }, { noiseProof: true }),
  subject('serial text', serialKeypad, { profile: 'text' }),
  subject(
    'serial JSON: Modbus frame',
    serialKeypad,
    { profile: JSON.stringify(OWN_PROFILES.modbusFrame) },
    { noiseProof: true, canInvite: true },
  ),
  subject(
    'serial JSON: XOR frame',
    serialKeypad,
    { profile: JSON.stringify(OWN_PROFILES.xorFrame) },
    { noiseProof: true },
  ),
  subject('serial JSON: words', serialKeypad, { profile: JSON.stringify(OWN_PROFILES.words) }),
  subject('HID keyboard', hidKeypad, {}),
  subject('HID number pad, key 1 is the best', hidKeypad, BEST_FIRST, { wire: 'keyboard-numpad' }),
  subject('HID vendor report', hidKeypad, { report: 'vendor' }),
  subject('HID vendor report, bits', hidKeypad, { report: 'vendor', offset: '3', mask: '1f', table: 'bits' }),
  subject(
    'HID JSON: report with a voice',
    hidKeypad,
    { profile: JSON.stringify(OWN_PROFILES.reportWithLamp) },
    { canInvite: true },
  ),
];
