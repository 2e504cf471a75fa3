import type { LocalText } from './text.ts';

/** A thing lying in a cell. */
export interface PickupContent {
  readonly name: LocalText;
  readonly count: number;
}

/**
 * Life of a pick-up at this kiosk: `ready` in its cell; `opening` a door command is under way or its outcome is not
 * known; `opened` the sensor saw the door open; `collected` it was open and is closed again; `withdrawn` by the platform.
 */
export type PickupState = 'ready' | 'opening' | 'opened' | 'collected' | 'withdrawn';
