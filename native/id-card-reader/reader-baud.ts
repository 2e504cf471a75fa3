import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { SdtReader } from './sdt-driver.ts';
import { SDT_BAUDS } from './sdt-frame.ts';

/** What is needed to look for a reader at several speeds. */
export interface BaudPorts {
  /** Opens the reader's port at a speed; the port must be free. */
  readonly open: (baud: number) => Promise<Result<Transport, TransportError>>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** How frames travel, see `framingOf`. */
  readonly framing?: string;
  /** Told which speed is tried next. */
  readonly onTry?: (baud: number) => void;
}

/** A speed at which the reader was heard. */
export interface FoundBaud {
  readonly baud: number;
  /** SAM id, or null when it did not tell. */
  readonly identity: string | null;
}

const NEVER = new AbortController().signal;

/** Time that a module gets to change its speed, in milliseconds. */
const SETTLE_MS = 200;

/**
 * Looks for the speed that a reader speaks at, the likeliest first. Errors: `timeout` when it answers at none of them,
 * `not-connected` when the port cannot be opened, `cancelled`.
 */
export async function findReaderBaud(
  ports: BaudPorts,
  bauds: readonly number[] = SDT_BAUDS,
): Promise<Result<FoundBaud, DeviceError>> {
  for (const baud of bauds) {
    if (ports.signal?.aborted) return cancelled();
    ports.onTry?.(baud);
    const heard = await hearAt(ports, baud);
    if (!heard.ok) return heard;
    if (heard.value) return ok(heard.value);
  }
  return err({ code: 'timeout', detail: `the reader answers at none of ${bauds.join(', ')} baud` });
}

/**
 * Sets a reader to another speed and does not believe it before the reader was heard at that speed. Whatever happens, the
 * reader is looked for at every speed before giving up, so that nobody is left with a reader at an unknown one.
 *
 * Gives the speed at which the reader was heard last: `to` when it changed. Errors: those of `setBaud` (`detail` says at
 * which speed it is now), of `findReaderBaud`.
 */
export async function changeReaderBaud(
  ports: BaudPorts,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Result<FoundBaud, DeviceError>> {
  if (!SDT_BAUDS.some((known) => known === to)) {
    return err({ code: 'bad-request', detail: `the reader knows ${SDT_BAUDS.join(', ')} baud` });
  }
  if (ports.signal?.aborted) return cancelled();
  const opened = await ports.open(from);
  if (!opened.ok) return notOpened(opened.error);
  const reader = new SdtReader(opened.value, ports.clock, { framing: ports.framing });
  let set: Result<void, DeviceError>;
  try {
    const before = await reader.probe();
    if (before.status === 'offline') {
      return err({ code: 'timeout', detail: `the reader does not answer at ${from} baud, nothing was changed` });
    }
    set = await reader.setBaud(to);
  } finally {
    reader.dispose();
    await opened.value.close();
  }
  // From here on nothing is cut short: a reader at an unknown speed is worse than a longer wait.
  await ports.clock.sleep(SETTLE_MS);
  const rest = SDT_BAUDS.filter((baud) => baud !== to && baud !== from);
  const found = await findReaderBaud({ ...ports, signal: NEVER }, set.ok ? [to, from, ...rest] : [from, to, ...rest]);
  if (!found.ok) {
    return err({
      code: found.error.code,
      detail: `${found.error.detail}; switch the reader off and on and look for it again`,
    });
  }
  if (found.value.baud === to) return found;
  const cause: DeviceError = set.ok ? { code: 'bad-reply', detail: 'the reader agreed but did not change' } : set.error;
  return err({ code: cause.code, detail: `${cause.detail}; it was heard at ${found.value.baud} baud` });
}

/** The reader at one speed, null when it is not heard there. */
async function hearAt(
  { open, clock, framing }: BaudPorts,
  baud: number,
): Promise<Result<FoundBaud | null, DeviceError>> {
  const opened = await open(baud);
  if (!opened.ok) return notOpened(opened.error);
  const reader = new SdtReader(opened.value, clock, { framing });
  try {
    const { status, identity } = await reader.probe();
    return ok(status === 'offline' ? null : { baud, identity });
  } finally {
    reader.dispose();
    await opened.value.close();
  }
}

function notOpened({ code, detail }: TransportError): Result<never, DeviceError> {
  return err({ code: 'not-connected', detail: `${code}: ${detail}` });
}

function cancelled(): Result<never, DeviceError> {
  return err({ code: 'cancelled', detail: 'nothing was changed' });
}
