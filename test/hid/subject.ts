import type { DeviceManager } from '../../native/manager/device-manager.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import type { DeviceSimulator } from '../../native/model/simulator.ts';

/** Events that the product told, without anything but their own fields. */
export type Told = Readonly<Record<string, unknown>>;

/** What a subject's exercise works with. */
export interface HidBench<TSimulator extends DeviceSimulator> {
  readonly simulator: TSimulator;
  readonly manager: DeviceManager;
  /** Waits until exactly these events have come since the last call; fails after 20 s, or where others came. */
  expectEvents(events: readonly Told[]): Promise<void>;
  /** Fails where the two are not the same (as JSON). */
  expectSame(what: string, got: unknown, wanted: unknown): void;
  pause(ms: number): Promise<void>;
}

/** One virtual device with the driver that must work with it. A new one is one more entry in `subjects.ts`. */
export interface HidSubject {
  readonly name: string;
  readonly deviceClass: DeviceClass;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly descriptor: Uint8Array;
  readonly vendorId: number;
  readonly productId: number;
  /** More of the address: which collection, where the device has several. */
  readonly query?: string;
  /** Makes the device and what is done with it; the same is done again after unplug and replug. */
  build(): {
    readonly simulator: DeviceSimulator;
    exercise(bench: Omit<HidBench<DeviceSimulator>, 'simulator'>): Promise<void>;
  };
  /** For the bench tool: its command, what is done meanwhile, and the lines it must write. */
  readonly watch?: { act(simulator: DeviceSimulator): void; readonly lines: readonly Told[] };
}

/** A subject whose simulator keeps its type. */
export function hidSubject<TSimulator extends DeviceSimulator>(
  data: Omit<HidSubject, 'build' | 'watch'> & {
    readonly simulate: () => TSimulator;
    readonly exercise: (bench: HidBench<TSimulator>) => Promise<void>;
    /** What the bench tool's `watch` must show: its act and its lines. */
    readonly watch?: { readonly act: (simulator: TSimulator) => void; readonly lines: readonly Told[] };
  },
): HidSubject {
  const { simulate, exercise, watch, ...rest } = data;
  const made = new WeakMap<DeviceSimulator, TSimulator>();
  return {
    ...rest,
    build: () => {
      const simulator = simulate();
      made.set(simulator, simulator);
      return { simulator, exercise: (bench) => exercise({ ...bench, simulator }) };
    },
    ...(watch
      ? {
          watch: {
            lines: watch.lines,
            act: (simulator: DeviceSimulator) => {
              const own = made.get(simulator);
              if (own) watch.act(own);
            },
          },
        }
      : {}),
  };
}
