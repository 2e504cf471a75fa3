import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { DoorState, OpenOutcome, OpenResult } from '../model/pickup-locker.ts';
import type { Result } from '../model/result.ts';

/** What the opening procedure needs of a board. */
export interface DoorControl {
  /** Whether the doors have sensors at all. */
  readonly hasSensor: boolean;
  readDoor(): Promise<Result<DoorState, DeviceError>>;
  /** The same before a pulse: `closed` need not be sure then, because nothing is told of it and a pulse harms no open door. */
  lookAtDoor(): Promise<Result<DoorState, DeviceError>>;
  /**
   * Hands exactly one opening pulse to the line. `sent` is false when it surely did not leave; `remark` is what the
   * board said to it, for the log.
   */
  pulse(): Promise<{ readonly sent: boolean; readonly error: DeviceError | null; readonly remark: string }>;
  /** Whether the board reported the door open by itself since the opening began. */
  sawOpen(): boolean;
}

/** The sensor is watched this long after the pulse. */
const WATCH_MS = 3000;
const POLL_MS = 150;
/** Time a lock needs before its sensor says anything new. */
const SETTLE_MS = 100;
/** A board may answer late or not at all: readings before the pulse. */
const FIRST_READINGS = 3;
/** Blind for longer than this, the door could have been opened and shut again unseen. */
const BLIND_MS = 1200;

function result(outcome: OpenOutcome, cause: DeviceError | null): OpenResult {
  return { outcome, cause };
}

/**
 * Whether a door that was just read as open is read so once more. A damaged answer may have a right check byte; two in a
 * row that say the same have not. An answer that does not come takes nothing back.
 */
async function standsOpen(control: DoorControl): Promise<boolean> {
  const again = await control.readDoor();
  return !again.ok || again.value === 'open';
}

async function readBefore(control: DoorControl): Promise<Result<DoorState, DeviceError>> {
  let reading = await control.lookAtDoor();
  for (let tries = 1; tries < FIRST_READINGS && !reading.ok; tries += 1) {
    if (reading.error.code !== 'timeout' && reading.error.code !== 'bad-reply') break;
    reading = await control.lookAtDoor();
  }
  return reading;
}

/** Without a reading before it, no pulse is given: a door that nobody can watch stays shut. */
function blind(error: DeviceError): OpenResult {
  const silent = error.code === 'timeout' || error.code === 'bad-reply' || error.code === 'sensor-implausible';
  return result(silent ? 'unknown' : 'refused', { code: error.code, detail: `no pulse sent: ${error.detail}` });
}

async function pulseUnseen(control: DoorControl): Promise<OpenResult> {
  const pulsed = await control.pulse();
  if (pulsed.error !== null) return result(pulsed.sent ? 'unknown' : 'refused', pulsed.error);
  const detail = `one pulse was sent; these doors have no sensors: somebody has to look; ${pulsed.remark}`;
  return result('unknown', { code: 'not-supported', detail });
}

/**
 * One opening: read the sensor, pulse once, watch the sensor.
 * - The door stands open already: `opened` without a pulse.
 * - No reading before the pulse, or one that cannot be believed: nothing is sent; `unknown` when the board is silent,
 *   `refused` when the line is gone or the wait was cancelled.
 * - Doors without sensors: one pulse once the board answers, and always `unknown`.
 * - After the pulse only the sensor decides, whatever the board replied: `opened` as soon as it shows open, `refused`
 *   when it showed closed all along, `unknown` when it could not be watched without a gap.
 */
export async function openAndWatch(control: DoorControl, clock: Clock, signal?: AbortSignal): Promise<OpenResult> {
  let before = await readBefore(control);
  if (before.ok && before.value === 'open') {
    if (await standsOpen(control)) return result('opened', null);
    before = await readBefore(control);
    if (before.ok && before.value === 'open') return result('opened', null);
  }
  if (!before.ok) return blind(before.error);
  // A board that answers is there; more is not to be had where doors have no sensors.
  if (!control.hasSensor) return pulseUnseen(control);
  if (before.value === 'unknown') return blind({ code: 'bad-reply', detail: 'the sensor says nothing' });

  // A relay that we switch on and off ourselves keeps the line for the length of the pulse: nobody watches then.
  let seen = clock.monotonic();
  // When the questions went out whose answers may still come: one answer is for the oldest of them at the earliest, so
  // a door that it shows closed was closed then, and not surely later.
  const unanswered: number[] = [];
  const pulsed = await control.pulse();
  if (pulsed.error !== null) return result(pulsed.sent ? 'unknown' : 'refused', pulsed.error);

  const cancelled = (): boolean => signal?.aborted === true;
  const start = clock.monotonic();
  let widestGap = 0;
  let lastError: DeviceError | null = null;
  await clock.sleep(SETTLE_MS, signal);
  while (!cancelled()) {
    const asked = clock.monotonic();
    const reading = await control.readDoor();
    if (reading.ok && reading.value === 'open' && (await standsOpen(control))) return result('opened', null);
    if (control.sawOpen()) return result('opened', null);
    unanswered.push(asked);
    if (reading.ok && reading.value === 'closed') {
      const then = unanswered.shift() ?? asked;
      widestGap = Math.max(widestGap, clock.monotonic() - seen);
      seen = then;
    } else if (!reading.ok) {
      lastError = reading.error;
      if (reading.error.code === 'line-lost' || reading.error.code === 'not-connected') break;
    }
    if (clock.monotonic() - start >= WATCH_MS) break;
    await clock.sleep(Math.max(0, asked + POLL_MS - clock.monotonic()), signal);
  }
  if (cancelled()) {
    // Commands are cancelled also when the line goes away: that is then the cause to tell. Nothing is sent any more.
    const reading = await control.readDoor();
    const gone = !reading.ok && (reading.error.code === 'line-lost' || reading.error.code === 'not-connected');
    return gone
      ? result('unknown', { code: 'line-lost', detail: `after the pulse: ${reading.error.detail}` })
      : result('unknown', { code: 'cancelled', detail: 'cancelled after the pulse' });
  }
  const whole = Math.max(widestGap, clock.monotonic() - seen) <= BLIND_MS && clock.monotonic() - start >= WATCH_MS;
  if (whole) {
    return result('refused', { code: 'timeout', detail: `door stayed closed for ${WATCH_MS} ms; ${pulsed.remark}` });
  }
  return result('unknown', lastError ?? { code: 'timeout', detail: 'sensor could not be watched' });
}
