export { SimulatorBench } from './bench.ts';
export { LOCKER_DRIVERS, lockerOf } from './rig.ts';
export type { BenchOptions } from './bench.ts';
export { KEYPADS, LOCKERS, PAPER_ACTIONS, SIMULATED_DEVICES } from './bench-types.ts';
export type {
  BenchActions,
  BenchActivity,
  BenchReceipt,
  BenchState,
  KeypadName,
  LockerName,
  PaperAction,
  SimulatedDevice,
} from './bench-types.ts';
export { SimulatorPanel } from './panel.ts';
export type { PanelExtras, PanelMessage, PlatformFault } from './panel.ts';
