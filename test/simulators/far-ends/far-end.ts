import type { DeviceClass } from '../../../native/model/device.ts';
import type { DeviceSimulator } from '../../../native/model/simulator.ts';

/** A value that an action takes: `cell=3` in words, `"cell": 3` in JSON. */
export interface Parameter {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'switch';
  /** Numbers: the range. */
  readonly from?: number;
  readonly to?: number;
  /** Texts: the only ones that are taken. */
  readonly oneOf?: readonly string[];
  /** Taken where it is left out; without it the parameter must be given. */
  readonly fallback?: Value;
}

export type Value = number | string | boolean;
export type Values = Readonly<Record<string, Value>>;

/** A key that does the action, with the values it stands for: either always the same or the opposite of now. */
export interface ActionKey {
  readonly key: string;
  readonly help: string;
  values(): Values;
}

/** Something that a person or a program can do to a simulated device. */
export interface Action {
  readonly word: string;
  readonly help: string;
  readonly parameters: readonly Parameter[];
  readonly keys: readonly ActionKey[];
  /** Gives the reason when it makes no sense, else null. */
  run(values: Values): string | null | Promise<string | null>;
}

/** The far end of one driver's line: a simulator and all that can be done to it. */
export interface FarEnd {
  readonly deviceClass: DeviceClass;
  readonly driver: string;
  readonly kind: 'stream' | 'reports';
  readonly simulator: DeviceSimulator;
  readonly actions: readonly Action[];
  /** How the device is, for the control socket. */
  state(): Readonly<Record<string, unknown>>;
  /** Ends timers. */
  dispose(): void;
}

/** An action without values and with at most one key. */
export function plain(word: string, help: string, key: string | null, run: () => string | null | void): Action {
  return {
    word,
    help,
    parameters: [],
    keys: key === null ? [] : [{ key, help, values: () => ({}) }],
    run: () => run() ?? null,
  };
}

/** An action that switches something on or off; its key turns it over. */
export function toggle(
  word: string,
  help: string,
  key: string | null,
  now: () => boolean,
  set: (on: boolean) => void,
): Action {
  return {
    word,
    help: `${help}: on or off`,
    parameters: [{ name: 'on', kind: 'switch', fallback: true }],
    keys: key === null ? [] : [{ key, help, values: () => ({ on: !now() }) }],
    run: ({ on }) => {
      set(on === true);
      return null;
    },
  };
}

/**
 * Changes any field of a behaviour that holds booleans, numbers and texts: `behave lateMs=300`. For everything that has
 * no word of its own.
 */
export function behave<T extends object>(now: () => T, change: (fields: Partial<T>) => void): Action {
  const known = Object.entries(now()).filter(([, value]) => ['boolean', 'number', 'string'].includes(typeof value));
  return {
    word: 'behave',
    help: `changes habits of the device: ${known.map(([name]) => name).join(', ')}`,
    parameters: known.map(([name, value]) => ({
      name,
      kind: typeof value === 'boolean' ? 'switch' : typeof value === 'number' ? 'number' : 'text',
      fallback: '',
    })),
    keys: [],
    run: (values) => {
      // A parameter that was not given has the empty text as its value, which no switch or number can be.
      const given = Object.entries(values).filter(
        ([name, value]) => typeof value === typeof (now() as Readonly<Record<string, unknown>>)[name] && value !== '',
      );
      if (given.length === 0) return `give at least one of ${known.map(([name]) => name).join(', ')}`;
      change(Object.fromEntries(given) as Partial<T>);
      return null;
    },
  };
}
