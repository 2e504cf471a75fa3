import type { Clock } from '../model/clock.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PresenceSensor } from '../model/presence-sensor.ts';
import { modbusInput, radarSensor, ultrasonicSensor } from './index.ts';
import { InputModuleSimulator } from './simulator.ts';
import type { InputModuleOptions, PresenceSimulator } from './simulator.ts';
import { presenceSimulators } from './simulators.ts';

/** A driver with options, and a sensor that fits them. */
export interface PresenceSubject {
  readonly name: string;
  readonly definition: DriverDefinition<PresenceSensor>;
  readonly options: Readonly<Record<string, string>>;
  /** Whether the sensor is asked, or tells by itself. */
  readonly asked: boolean;
  simulate(clock: Clock, present?: boolean): PresenceSimulator;
}

function module(name: string, options: Readonly<Record<string, string>>, wired: InputModuleOptions): PresenceSubject {
  return {
    name: `modbus-input ${name}`,
    definition: modbusInput,
    options,
    asked: true,
    simulate: (_clock, present = false) => new InputModuleSimulator({ ...wired, present }),
  };
}

function telling(definition: DriverDefinition<PresenceSensor>, options: Readonly<Record<string, string>>) {
  return {
    name: definition.id,
    definition,
    options,
    asked: false,
    simulate: (clock: Clock, present = false) => {
      const make = presenceSimulators[definition.id];
      if (make === undefined) throw new Error(`no simulator for ${definition.id}`);
      return make({ clock, options, present });
    },
  };
}

/** Every driver with a line of bytes, with each way of wiring it. */
export const PRESENCE_SUBJECTS: readonly PresenceSubject[] = [
  module('4 inputs', {}, {}),
  module('8 inputs, the last one', { inputs: '8', input: '8' }, { inputs: 8, input: 8 }),
  module(
    'contact opens, module 17',
    { board: '17', contact: 'open', input: '3' },
    { board: 17, contact: 'open', input: 3 },
  ),
  module('inputs as coils from 0x20', { function: '01', start: '0x20' }, { functions: [0x01], start: 0x20 }),
  module(
    'input registers, 16 inputs',
    { function: '04', inputs: '16', input: '10' },
    { functions: [0x04], inputs: 16, input: 10 },
  ),
  module(
    'holding registers from 0x81, 32 inputs',
    { function: '03', start: '0x81', inputs: '32', input: '17' },
    { functions: [0x03], start: 0x81, inputs: 32, input: 17 },
  ),
  telling(ultrasonicSensor, { 'distance-mm': '800' }),
  telling(radarSensor, { 'distance-mm': '1500' }),
];
