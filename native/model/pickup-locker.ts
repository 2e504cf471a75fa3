import type { DeviceDriver, DeviceError } from './device.ts';
import type { Result } from './result.ts';

/** One lock of one board on the bus. */
export interface CellAddress {
  /** Board address as on the wire (DIP switches). */
  readonly board: number;
  /** Lock of the board, counted from 1. */
  readonly lock: number;
}

export type DoorState = 'open' | 'closed' | 'unknown';

/**
 * Result of one opening pulse: the sensor saw the door open; the door surely stayed closed; or it cannot be told
 * (no answer from the sensor, or the command may have been lost on the way).
 */
export type OpenOutcome = 'opened' | 'refused' | 'unknown';

export interface OpenResult {
  readonly outcome: OpenOutcome;
  readonly cause: DeviceError | null;
}

export type PickupLockerEvent = { readonly type: 'door-changed'; readonly cell: CellAddress; readonly door: DoorState };

export interface PickupLocker extends DeviceDriver<PickupLockerEvent> {
  /**
   * Sends exactly one opening pulse and watches the sensor (about 3 s). It never pulses twice: a second pulse is an
   * act of its own and the caller's decision. Never rejects.
   */
  openDoor(cell: CellAddress, signal?: AbortSignal): Promise<OpenResult>;
  /** Reads the sensor of one door. */
  readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>>;
  /** Reads all doors of one board: index 0 is lock 1. */
  readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>>;
}
