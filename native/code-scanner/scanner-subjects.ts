import type { CodeScanner } from '../model/code-scanner.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { hidPosScanner, hidWedgeScanner, serialScanner } from './index.ts';
import type { CodeScannerSimulator, ScannerBehaviour } from './simulator.ts';
import { codeScannerSimulators } from './simulators.ts';

/** One driver with a scanner that its options fit. */
export interface ScannerSubject {
  readonly name: string;
  readonly definition: DriverDefinition<CodeScanner>;
  readonly options: Readonly<Record<string, string>>;
  /** Which commands it takes. */
  readonly commands: 'none' | '7e00' | 'newland';
  /** Whether a code that lost its end is known to be incomplete. */
  readonly noticesLoss: boolean;
  readonly simulate: () => CodeScannerSimulator;
}

function subject(
  name: string,
  definition: DriverDefinition<CodeScanner>,
  options: Readonly<Record<string, string>>,
  more: { readonly behaviour?: Partial<ScannerBehaviour>; readonly noticesLoss?: boolean } = {},
): ScannerSubject {
  const { behaviour, noticesLoss = false } = more;
  const make = codeScannerSimulators[definition.id];
  if (!make) throw new Error(`no simulator for ${definition.id}`);
  const simulate = (): CodeScannerSimulator => make(behaviour === undefined ? { options } : { options, behaviour });
  const wanted = options['trigger'];
  const commands = wanted === '7e00' || wanted === 'newland' ? wanted : 'none';
  return { name, definition, options, commands, noticesLoss, simulate };
}

/** Every driver with every kind of scanner that it is made for. */
export const SCANNER_SUBJECTS: readonly ScannerSubject[] = [
  subject('serial, any tail: CR', serialScanner, {}),
  subject('serial, any tail: CR LF', serialScanner, {}, { behaviour: { tail: '\r\n' } }),
  subject('serial, any tail: TAB', serialScanner, {}, { behaviour: { tail: '\t' } }),
  subject('serial, any tail: none', serialScanner, {}, { behaviour: { tail: '' } }),
  subject('serial, CR', serialScanner, { tail: 'cr' }, { noticesLoss: true }),
  subject('serial, LF', serialScanner, { tail: 'lf' }, { noticesLoss: true }),
  subject('serial, CR LF', serialScanner, { tail: 'crlf' }, { noticesLoss: true }),
  subject('serial, TAB', serialScanner, { tail: 'tab' }, { noticesLoss: true }),
  subject('serial, no tail', serialScanner, { tail: 'none' }),
  subject('serial, GBK', serialScanner, { charset: 'gbk' }),
  subject('serial, UTF-8', serialScanner, { charset: 'utf-8' }),
  subject('serial, GBK found out', serialScanner, {}, { behaviour: { charset: 'gbk' } }),
  subject('serial, 7E 00', serialScanner, { trigger: '7e00' }),
  subject('serial, 7E 00, no tail', serialScanner, { trigger: '7e00', tail: 'none' }),
  subject('serial, Newland', serialScanner, { trigger: 'newland' }),
  subject('serial, Newland, CR', serialScanner, { trigger: 'newland', tail: 'cr' }, { noticesLoss: true }),
  subject('HID POS, AIM map found out', hidPosScanner, {}, { noticesLoss: true }),
  subject('HID POS, AIM map', hidPosScanner, { map: 'aim', trigger: 'newland' }, { noticesLoss: true }),
  subject('HID POS, Newland map', hidPosScanner, { map: 'newland', trigger: 'newland' }),
  subject('HID POS, GBK', hidPosScanner, { charset: 'gbk' }, { noticesLoss: true }),
  subject('wedge, GBK numbers', hidWedgeScanner, {}),
  subject('wedge, Unicode numbers', hidWedgeScanner, { alt: 'unicode' }),
  subject('wedge, Enter', hidWedgeScanner, { tail: 'enter' }, { noticesLoss: true }),
  subject('wedge, Tab', hidWedgeScanner, { tail: 'tab' }, { noticesLoss: true }),
  subject('wedge, no tail', hidWedgeScanner, { tail: 'none' }),
];
