import { Emitter } from '../model/events.ts';
import type { EventSource } from '../model/events.ts';
import type { CellAddress, DoorState, PickupLockerEvent } from '../model/pickup-locker.ts';

/**
 * Last known state of every door and the `door-changed` events that follow from it. The first reading of a door is
 * remembered in silence; what the board reports unasked is always news unless it is known already.
 */
export class DoorMemory {
  readonly #doors = new Map<string, DoorState>();
  readonly #closedOnce = new Set<string>();
  readonly #events = new Emitter<PickupLockerEvent>();
  readonly #reports = new Emitter<PickupLockerEvent>();

  get events(): EventSource<PickupLockerEvent> {
    return this.#events;
  }

  /** What boards told by themselves, news or not. */
  get reports(): EventSource<PickupLockerEvent> {
    return this.#reports;
  }

  /** Whether the sensor of this door has ever said closed since the driver began. */
  hasSeenClosed(cell: CellAddress): boolean {
    return this.#closedOnce.has(keyOf(cell));
  }

  /** A reading that we asked for. */
  read(cell: CellAddress, door: DoorState): void {
    this.#note(cell, door, false);
  }

  /** A message that the board sent by itself. */
  reported(cell: CellAddress, door: DoorState): void {
    this.#note(cell, door, true);
    this.#reports.emit({ type: 'door-changed', cell, door });
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
