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

/** An address on the bus where something answered: clearly, or so that nothing could be made of it. */
export interface BoardFound {
  readonly board: number;
  /** `garbled`: noise, a wrong baud rate, a board that refuses, or two boards with one address. */
  readonly answer: 'clear' | 'garbled';
}

export interface PickupLocker extends DeviceDriver<PickupLockerEvent> {
  /**
   * Sends exactly one opening pulse and watches the sensor (about 3 s). It never pulses twice: a second pulse is an
   * act of its own and the caller's decision. Boards without door sensors are pulsed as well, always with the outcome
   * `unknown` and the cause `not-supported`: a person has to look. Never rejects.
   */
  openDoor(cell: CellAddress, signal?: AbortSignal): Promise<OpenResult>;
  /**
   * Reads the sensor of one door. `sensor-implausible` instead of a door that reads open, where the sensors of its board
   * say what cannot be (a polarity set the wrong way round).
   */
  readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>>;
  /** Reads all doors of one board: index 0 is lock 1. */
  readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>>;
  /**
   * Reads the feedback contacts of one board as they come on the wire, lowest bit of the first byte first, before any
   * option gives them a meaning; null where a contact says nothing. For calibration.
   */
  readContacts(board: number, signal?: AbortSignal): Promise<Result<readonly (boolean | null)[], DeviceError>>;
  /**
   * Asks every address that boards of this kind can have, whatever is configured. Opens nothing; takes up to half a
   * second for each address without a board.
   * @param options.onBoard called with each find as it comes
   */
  scanBoards(options?: {
    readonly signal?: AbortSignal;
    readonly onBoard?: (found: BoardFound) => void;
  }): Promise<Result<readonly BoardFound[], DeviceError>>;
}
