import type { DeviceClass } from '../../native/model/device.ts';
import type { DeviceHealth } from '../../native/manager/driver-types.ts';
import type { EventSource, Unsubscribe } from '../../native/model/events.ts';
import type { HealthRecord } from '../services/device-ports.ts';

/** Changes that are kept of one device. */
const KEPT = 100;

/** Devices that another process works. */
interface Far {
  health(): readonly DeviceHealth[];
  readonly healthChanges: EventSource<unknown>;
}

/** Changes of devices that another process works: that process is ended with each visit, and its own memory with it. */
export class FarHistory {
  readonly #far: Far | null;
  readonly #edges = new Map<DeviceClass, HealthRecord[]>();
  readonly #stop: Unsubscribe;

  constructor(far: Far | null) {
    this.#far = far;
    this.#stop = far?.healthChanges.subscribe(() => this.#look()) ?? (() => undefined);
    this.#look();
  }

  /** Oldest first; null for a device that is not worked elsewhere. */
  of(deviceClass: DeviceClass): readonly HealthRecord[] | null {
    this.#look();
    return this.#edges.get(deviceClass) ?? null;
  }

  stop(): void {
    this.#stop();
  }

  #look(): void {
    for (const { deviceClass, since: at, status, detail, fault, paper } of this.#far?.health() ?? []) {
      const edges = this.#edges.get(deviceClass) ?? [];
      this.#edges.set(deviceClass, edges);
      const last = edges.at(-1);
      if (last?.status === status && last.detail === detail && last.fault === fault) continue;
      if (last) edges.splice(-1, 1, { ...last, lastedMs: Math.max(0, at - last.at) });
      edges.push({ at, status, detail, fault, paper, lastedMs: null });
      if (edges.length > KEPT) edges.shift();
    }
  }
}
