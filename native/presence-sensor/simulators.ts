import type { Clock } from '../model/clock.ts';
import { InputModuleSimulator, RadarSimulator, RangeFinderSimulator } from './simulator.ts';
import type { PresenceSimulator } from './simulator.ts';

/** A simulated sensor as data. */
export interface PresenceSimulatorOptions {
  readonly clock: Clock;
  /** Options of the driver: the sensor is wired as they say, so that a driver with the same options understands it. */
  readonly options?: Readonly<Record<string, string>>;
  /** Whether somebody stands there at the beginning. */
  readonly present?: boolean;
}

/** A distance well within what the options take for somebody. */
function nearMm(options: PresenceSimulatorOptions['options']): number {
  return Math.round(Number(options?.['distance-mm'] ?? '1000') * 0.6);
}

/** The far end of every driver that has a line of bytes, by driver id; control pins have none. */
export const presenceSimulators: Readonly<Record<string, (wanted: PresenceSimulatorOptions) => PresenceSimulator>> = {
  'modbus-input': ({ options = {}, present = false }) =>
    new InputModuleSimulator({
      present,
      board: Number(options['board'] ?? '1'),
      functions: [Number(options['function'] ?? '02')],
      start: Number(options['start'] ?? '0'),
      inputs: Number(options['inputs'] ?? '4'),
      input: Number(options['input'] ?? '1'),
      contact: options['contact'] === 'open' ? 'open' : 'closed',
    }),
  'ultrasonic-uart': ({ clock, options, present = false }) =>
    new RangeFinderSimulator({ clock, present, nearMm: nearMm(options) }),
  ld2410: ({ clock, options, present = false }) => new RadarSimulator({ clock, present, nearMm: nearMm(options) }),
};
