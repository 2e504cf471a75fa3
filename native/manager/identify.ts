import type { Clock } from '../model/clock.ts';
import type { DeviceClass, DeviceDriver, DeviceStatus } from '../model/device.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DriverDefinition, IdentifyProbe } from '../model/driver-registry.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError, TransportOpener } from '../model/transport.ts';
import { parseAddress, schemeFamily, withBaud } from '../transport/address.ts';
import type { DriverRegistry } from './driver-types.ts';
import { settledWithin, supervise } from './supervise.ts';

/** Longest that one driver may take to say whether its device is there, in milliseconds. */
const PROBE_LIMIT_MS = 4_000;
const GRACE_MS = 2_000;
const CLOSE_LIMIT_MS = 5_000;

/** A driver whose device answered. */
export interface Identified {
  readonly deviceClass: DeviceClass;
  readonly driver: string;
  /** The address with the speed at which it answered: ready for the settings. */
  readonly address: string;
  readonly status: DeviceStatus;
  /** What it told of itself, or null. */
  readonly identity: string | null;
}

export interface IdentifyOptions {
  /** Address with or without a speed. */
  readonly address: string;
  readonly registry: DriverRegistry;
  readonly open: TransportOpener;
  readonly clock: Clock;
  /** Ask only for devices of these classes; left out: all. */
  readonly classes?: readonly DeviceClass[];
  readonly signal?: AbortSignal;
  /** Told before each question: driver and address. */
  readonly onAsk?: (driver: string, address: string) => void;
}

type AnyDefinition = DriverDefinition<DeviceDriver<unknown>>;

/** One speed of the line and the drivers that are asked at it; null where the line has no speed. */
interface Round {
  readonly baud: number | null;
  readonly definitions: readonly AnyDefinition[];
}

/**
 * Finds out which drivers get an answer on a port, by their own harmless question and in an order in which no device
 * can take a question for an order: control bytes at every speed first, whole frames only when nothing answered them.
 * It ends at the first speed at which somebody answers; boards of one family may answer to more than one driver.
 * Fails when the port cannot be opened. Must not be used on a port that a device manager has open (`busy`).
 */
export async function identify(options: IdentifyOptions): Promise<Result<readonly Identified[], TransportError>> {
  const { address, registry, classes = DEVICE_CLASSES, signal } = options;
  const plain = parseAddress(address.startsWith('serial') ? withBaud(address, 9_600) : address);
  if (!plain.ok) return err({ code: 'bad-address', detail: `${plain.error.code}: ${plain.error.detail}` });
  const hasSpeed = 'baud' in plain.value;
  const scheme = schemeFamily(plain.value);
  const all = classes
    .flatMap((deviceClass): readonly AnyDefinition[] => registry[deviceClass])
    .filter(({ schemes, identify: probe }) => probe !== undefined && schemes.includes(scheme));
  for (const turn of ['first', 'frame'] as const) {
    const definitions = all.filter(({ identify: probe }) => probe?.turn === turn);
    for (const round of roundsOf(definitions, hasSpeed)) {
      const answers: Identified[] = [];
      for (const definition of round.definitions) {
        if (signal?.aborted) return ok(answers);
        const asked = await ask(definition, round.baud === null ? address : withBaud(address, round.baud), options);
        if (!asked.ok) return asked;
        if (asked.value) answers.push(asked.value);
      }
      if (answers.length > 0) return ok(answers);
    }
  }
  return ok([]);
}

/** Speeds in the order of likelihood: every driver's first choice before anyone's second. */
function roundsOf(definitions: readonly AnyDefinition[], hasSpeed: boolean): readonly Round[] {
  if (!hasSpeed) return [{ baud: null, definitions }];
  const speeds = new Map<number, number>();
  for (const { identify: probe } of definitions) {
    probe?.bauds.forEach((baud, rank) => speeds.set(baud, Math.min(rank, speeds.get(baud) ?? rank)));
  }
  return [...speeds]
    .toSorted(([, one], [, other]) => one - other)
    .map(([baud]) => ({ baud, definitions: definitions.filter(({ identify: probe }) => probeAt(probe, baud)) }));
}

function probeAt(probe: IdentifyProbe | undefined, baud: number): boolean {
  return probe?.bauds.includes(baud) ?? false;
}

/** One driver's question at one speed; null when nobody answered it. */
async function ask(
  definition: AnyDefinition,
  address: string,
  { open, clock, signal, onAsk }: IdentifyOptions,
): Promise<Result<Identified | null, TransportError>> {
  onAsk?.(definition.id, address);
  const opened = await open(address);
  if (!opened.ok) return opened;
  const transport = opened.value;
  const gone = new AbortController();
  const forget = transport.onClosed(() => gone.abort());
  const fallbacks = Object.fromEntries(definition.options.map(({ key, fallback }) => [key, fallback]));
  const driver = definition.create({ transport, clock, options: fallbacks });
  try {
    const done = await supervise((inner) => driver.probe(inner), {
      clock,
      gone: gone.signal,
      ...(signal ? { cancel: signal } : {}),
      deadlineMs: PROBE_LIMIT_MS,
      deadlineGraceMs: GRACE_MS,
      cancelGraceMs: GRACE_MS,
    });
    if (!done.ended || done.value.status === 'offline') return ok(null);
    const { deviceClass, id } = definition;
    return ok({ deviceClass, driver: id, address, status: done.value.status, identity: done.value.identity });
  } finally {
    forget();
    driver.dispose();
    await settledWithin(transport.close(), CLOSE_LIMIT_MS, clock);
  }
}
