import type { Clock } from '../model/clock.ts';
import type { DeviceState, Supply } from '../model/device.ts';
import type { DeviceHealth, HealthEdge } from './driver-types.ts';

/** Edges kept for the technician. */
const HISTORY_LENGTH = 100;

/** What is known of a device at one moment. */
export type Snapshot = Pick<DeviceHealth, 'status' | 'detail' | 'fault' | 'paper' | 'supplies' | 'identity'>;

/** A state of which nothing but its name and cause is known. */
export function bareSnapshot(status: Snapshot['status'], detail = '', fault: Snapshot['fault'] = null): Snapshot {
  return { status, detail, fault, paper: null, supplies: [], identity: null };
}

/** A driver's answer as a snapshot; a driver that names no supplies but paper has just that one. */
export function snapshotOf({ status, detail, fault, paper, supplies, identity }: DeviceState): Snapshot {
  const paperOnly: readonly Supply[] = paper === null ? [] : [{ name: 'paper', state: paper }];
  return { status, detail, fault: fault ?? null, paper, supplies: supplies ?? paperOnly, identity };
}

interface Kept {
  readonly edge: Omit<HealthEdge, 'lastedMs'>;
  /** Monotonic time at which it began. */
  readonly began: number;
}

/** How a device is and how it was: the last 100 changes, with the time that each state lasted. */
export class HealthLog {
  readonly #clock: Clock;
  readonly #kept: Kept[] = [];
  #snapshot: Snapshot = bareSnapshot('noDevice');
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Wall time of the last change of status. */
  get since(): number {
    return this.#since;
  }

  /** Oldest first. */
  get edges(): readonly HealthEdge[] {
    return this.#kept.map(({ edge, began }, index) => {
      const next = this.#kept[index + 1];
      return { ...edge, lastedMs: next ? next.began - began : null };
    });
  }

  /** Takes the state of now; false when it is the same as before. */
  become(next: Snapshot): boolean {
    const last = this.#snapshot;
    if (same(last, next)) return false;
    const at = this.#clock.now();
    if (last.status !== next.status) this.#since = at;
    this.#snapshot = next;
    const { status, detail, fault, paper, supplies } = next;
    this.#kept.push({ edge: { at, status, detail, fault, paper, supplies }, began: this.#clock.monotonic() });
    if (this.#kept.length > HISTORY_LENGTH) this.#kept.shift();
    return true;
  }
}

function same(one: Snapshot, other: Snapshot): boolean {
  return (
    one.status === other.status &&
    one.detail === other.detail &&
    one.fault === other.fault &&
    one.paper === other.paper &&
    one.identity === other.identity &&
    JSON.stringify(one.supplies) === JSON.stringify(other.supplies)
  );
}
