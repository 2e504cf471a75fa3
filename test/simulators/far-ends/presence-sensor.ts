import { presenceSimulators } from '../../../native/presence-sensor/simulators.ts';
import { toggle } from './far-end.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker, FarEndOptions } from './table.ts';

/** A sensor and a person who comes and goes. */
function sensor(driver: string, { clock, options }: FarEndOptions): FarEnd {
  const make = presenceSimulators[driver];
  if (make === undefined) throw new Error(`no simulated presence sensor for ${driver}`);
  const simulator = make({ clock, options });
  return {
    deviceClass: 'presence-sensor',
    driver,
    kind: 'stream',
    simulator,
    actions: [
      toggle(
        'stand',
        'somebody before the kiosk',
        's',
        () => simulator.present,
        (present) => simulator.stand(present),
      ),
    ],
    state: () => ({ present: simulator.present }),
    dispose: () => simulator.dispose(),
  };
}

export const PRESENCE_SENSORS: Readonly<Record<string, FarEndMaker>> = Object.fromEntries(
  Object.keys(presenceSimulators).map(
    (driver) => [driver, (options: FarEndOptions) => sensor(driver, options)] as const,
  ),
);
