import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import type { CellAddress } from '../model/pickup-locker.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import type { BusBehaviour } from './simulated-bus.ts';

/**
 * What is wrong with one door.
 * - `normal`: springs open on a pulse
 * - `stuck`: the bolt does not move
 * - `slow`: springs open only after {@link SLOW_DOOR_MS}
 * - `sensor-broken`: opens, but its sensor stays at what it showed last
 * - `left-open`: opens, and nobody shuts it again
 */
export const DOOR_BEHAVIOURS = ['normal', 'stuck', 'slow', 'sensor-broken', 'left-open'] as const;
export type DoorBehaviour = (typeof DOOR_BEHAVIOURS)[number];

/** Time from the pulse until a healthy door is open, in milliseconds. */
const DOOR_OPENS_MS = 60;
const SLOW_DOOR_MS = 1400;

/** One simulated door as a person standing before it sees it. */
export interface SimulatedDoor {
  readonly cell: CellAddress;
  readonly open: boolean;
  /** What the sensor tells the board. */
  readonly sensedOpen: boolean;
  readonly behaviour: DoorBehaviour;
  /** Pulses that reached the lock. */
  readonly pulses: number;
}

/** What a person (or a test) can do to a simulated locker while it runs. Pulling its cable is the carrier's matter. */
export interface LockerControls {
  readonly doors: SimulatedDoors;
  /** Addresses of the boards on the bus. */
  readonly boards: readonly number[];
  /** What is wrong with the bus at the moment. */
  readonly behaviour: BusBehaviour;
  /** Changes the given habits of the bus and leaves the others. */
  behave(change: Partial<BusBehaviour>): void;
  /** A mute board hears nothing and says nothing, as with its power off. */
  setBoardMute(board: number, mute: boolean): void;
  /** Ends running timers. */
  dispose(): void;
}

/** The far end of a locker bus: several boards, each with doors that can be tampered with. */
export interface LockerSimulator extends DeviceSimulator, LockerControls {}

interface MutableDoor {
  open: boolean;
  sensedOpen: boolean;
  behaviour: DoorBehaviour;
  pulses: number;
}

function key(cell: CellAddress): string {
  return `${cell.board}/${cell.lock}`;
}

/** The doors behind the boards: steel, springs and sensors. */
export class SimulatedDoors {
  readonly #clock: Clock;
  readonly #closesAfterMs: number | null;
  readonly #doors = new Map<string, { readonly cell: CellAddress; readonly door: MutableDoor }>();
  readonly #changes = new Emitter<SimulatedDoor>();
  readonly #stop = new AbortController();

  /** @param options.closesAfterMs when somebody shuts an opened door again; null: only by {@link closeDoor} */
  constructor(options: {
    readonly clock: Clock;
    readonly boards: readonly number[];
    readonly locks: number;
    readonly closesAfterMs?: number | null;
  }) {
    this.#clock = options.clock;
    this.#closesAfterMs = options.closesAfterMs ?? null;
    for (const board of options.boards) {
      for (let lock = 1; lock <= options.locks; lock += 1) {
        const door: MutableDoor = { open: false, sensedOpen: false, behaviour: 'normal', pulses: 0 };
        this.#doors.set(key({ board, lock }), { cell: { board, lock }, door });
      }
    }
  }

  /** Every change of what a sensor shows. */
  get changes(): Pick<Emitter<SimulatedDoor>, 'subscribe'> {
    return this.#changes;
  }

  /** All doors in order of board and lock. */
  all(): readonly SimulatedDoor[] {
    return [...this.#doors.values()].map(({ cell, door }) => ({ cell, ...door }));
  }

  /** One door, or null where the board has no such lock. */
  get(cell: CellAddress): SimulatedDoor | null {
    const found = this.#doors.get(key(cell));
    return found === undefined ? null : { cell: found.cell, ...found.door };
  }

  setBehaviour(cell: CellAddress, behaviour: DoorBehaviour): void {
    const found = this.#doors.get(key(cell));
    if (found === undefined) return;
    found.door.behaviour = behaviour;
    this.#sense(found);
  }

  /** Somebody pushes the door shut. */
  closeDoor(cell: CellAddress): void {
    this.#move(cell, false);
  }

  /** Somebody breaks the door open. */
  forceOpen(cell: CellAddress): void {
    this.#move(cell, true);
  }

  /**
   * The board drives the lock once.
   * @returns milliseconds until the door is open, or null when it will not open
   */
  pulse(cell: CellAddress): number | null {
    const found = this.#doors.get(key(cell));
    if (found === undefined) return null;
    found.door.pulses += 1;
    if (found.door.behaviour === 'stuck') return null;
    const delayMs = found.door.behaviour === 'slow' ? SLOW_DOOR_MS : DOOR_OPENS_MS;
    void this.#spring(cell, delayMs);
    return delayMs;
  }

  dispose(): void {
    this.#stop.abort();
  }

  async #spring(cell: CellAddress, delayMs: number): Promise<void> {
    const { signal } = this.#stop;
    await this.#clock.sleep(delayMs, signal);
    if (signal.aborted) return;
    this.#move(cell, true);
    if (this.#closesAfterMs === null) return;
    await this.#clock.sleep(this.#closesAfterMs, signal);
    if (!signal.aborted && this.get(cell)?.behaviour !== 'left-open') this.#move(cell, false);
  }

  #move(cell: CellAddress, open: boolean): void {
    const found = this.#doors.get(key(cell));
    if (found === undefined) return;
    found.door.open = open;
    this.#sense(found);
  }

  #sense(found: { readonly cell: CellAddress; readonly door: MutableDoor }): void {
    const { cell, door } = found;
    if (door.behaviour === 'sensor-broken' || door.sensedOpen === door.open) return;
    door.sensedOpen = door.open;
    this.#changes.emit({ cell, ...door });
  }
}
