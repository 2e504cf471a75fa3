import { HidPosSimulator, WedgeSimulator } from './simulator-hid.ts';
import { ScannerSimulator } from './simulator.ts';
import type { CodeScannerSimulator, ScannerBehaviour } from './simulator.ts';

/** A simulated scanner as data. */
export interface CodeScannerSimulatorOptions {
  /**
   * Options of the driver (`tail`, `charset`, `map`, `alt`, ...): the scanner is set up as they say, so that a driver
   * with the same options reads it rightly. Missing ones, and those that the driver finds out, are as most scanners are.
   */
  readonly options?: Readonly<Record<string, string>>;
  /** What is different or wrong from the start. */
  readonly behaviour?: Partial<ScannerBehaviour>;
}

const TAILS: Readonly<Record<string, string>> = {
  cr: '\r',
  lf: '\n',
  crlf: '\r\n',
  tab: '\t',
  enter: '\r',
  none: '',
};

function behaviourOf({ options, behaviour }: CodeScannerSimulatorOptions): Partial<ScannerBehaviour> {
  return {
    tail: TAILS[options?.['tail'] ?? ''] ?? '\r',
    charset: options?.['charset'] === 'gbk' ? 'gbk' : 'utf-8',
    ...behaviour,
  };
}

/** The far end of every code scanner driver, by driver id. Those of `hid-...` drivers send and take whole reports. */
export const codeScannerSimulators: Readonly<
  Record<string, (wanted: CodeScannerSimulatorOptions) => CodeScannerSimulator>
> = {
  'serial-scanner': (wanted) => new ScannerSimulator(behaviourOf(wanted)),
  'hid-pos-scanner': (wanted) =>
    new HidPosSimulator(wanted.options?.['map'] === 'newland' ? 'newland' : 'aim', behaviourOf(wanted)),
  'hid-wedge-scanner': (wanted) =>
    new WedgeSimulator(wanted.options?.['alt'] === 'unicode' ? 'unicode' : 'gbk', behaviourOf(wanted)),
};
