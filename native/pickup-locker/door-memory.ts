import { Emitter } from '../model/events.ts';
import type { EventSource } from '../model/events.ts';
import type { CellAddress, DoorState, PickupLockerEvent } from '../model/pickup-locker.ts';

/**
 * Last known state of every door and the `door-changed` events that follow from it. The first reading of a door is
 * remembered in silence; what is read after the board reported it unasked is always news unless it is known already.
 */
export class DoorMemory {
  readonly #doors = new Map<string, DoorState>();
  readonly #closedOnce = new Set<string>();
  readonly #events = new Emitter<PickupLockerEvent>();
  readonly #hints = new Emitter<CellAddress>();

  get events(): EventSource<PickupLockerEvent> {
    return this.#events;
  }

  /** Doors of which boards told something by themselves. */
  get hints(): EventSource<CellAddress> {
    return this.#hints;
  }

  /** Whether the sensor of this door has ever said closed since the driver began. */
  hasSeenClosed(cell: CellAddress): boolean {
    return this.#closedOnce.has(keyOf(cell));
  }

  /** A reading that we asked for. */
  read(cell: CellAddress, door: DoorState): void {
    this.#note(cell, door, false);
  }

  /** A first answer said closed, which nothing was made of: enough to know that the sensor can say so. */
  glimpsedClosed(cell: CellAddress): void {
    this.#closedOnce.add(keyOf(cell));
  }

  /** What was read because the board sent a message about this door. */
  readAfterHint(cell: CellAddress, door: DoorState): void {
    this.#note(cell, door, true);
  }

  /** The board sent a message about this door by itself, or noise looked like one: somebody should ask. */
  hinted(cell: CellAddress): void {
    this.#hints.emit(cell);
  }

  #note(cell: CellAddress, door: DoorState, newsIfFirst: boolean): void {
    const key = keyOf(cell);
    const before = this.#doors.get(key);
    if (before === door || door === 'unknown') return;
    this.#doors.set(key, door);
    if (door === 'closed') this.#closedOnce.add(key);
    if (before !== undefined || newsIfFirst) this.#events.emit({ type: 'door-changed', cell, door });
  }
}

function keyOf({ board, lock }: CellAddress): string {
  return `${board}/${lock}`;
}
