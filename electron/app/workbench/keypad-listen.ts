import type { DriverDefinition } from '../../../native/model/driver-registry.ts';
import type { EvaluationKeypad, RatingLevel } from '../../../native/model/evaluation-keypad.ts';
import { ok, type Result } from '../../../native/model/result.ts';
import type { DeviceSettingDto, KeyHeardDto, SettingFault } from '../../contract/dto.ts';
import { borrow, type BorrowPorts } from './borrow.ts';

/** How long somebody has to press a key, in milliseconds. */
const PRESS_MS = 30_000;
/** What belongs to one press comes within this time, in milliseconds. */
const BURST_MS = 150;
/** More than this of one press is not shown, in bytes. */
const MOST_BYTES = 24;

/**
 * Waits for one press of the keypad of a setting, saved or not, and tells what came and what it means by the setting's
 * profile. Null when nothing came, or `signal` ended the wait.
 */
export async function listenToKeypad(
  ports: BorrowPorts,
  setting: DeviceSettingDto,
  signal: AbortSignal,
): Promise<Result<KeyHeardDto | null, SettingFault>> {
  const definition: DriverDefinition<EvaluationKeypad> | undefined = ports.registry['evaluation-keypad'].find(
    ({ id }) => id === setting.driver,
  );
  const borrowed = await borrow(ports, setting);
  if (!borrowed.ok) return borrowed;
  const { transport, setting: filled, giveBack } = borrowed.value;
  const { clock } = ports;
  const heard: number[] = [];
  const pressed = new AbortController();
  let level: RatingLevel | null = null;
  transport.onData((bytes) => {
    // Of reports the first one is the key going down; the next ones are its end.
    if (transport.kind === 'stream' || heard.length === 0) heard.push(...bytes);
    pressed.abort();
  });
  const driver = definition?.create({ transport, clock, options: filled.options });
  driver?.events.subscribe((event) => {
    level ??= event.level;
  });
  try {
    await clock.sleep(PRESS_MS, AbortSignal.any([pressed.signal, signal]));
    if (!pressed.signal.aborted || signal.aborted) return ok(null);
    await clock.sleep(BURST_MS, signal);
    const bytes = heard.slice(0, MOST_BYTES);
    return ok({ bytes: hex(bytes), level, key: keyOf(bytes, transport.kind) });
  } finally {
    driver?.dispose();
    await giveBack();
  }
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

/** How a profile names the key: its bytes, or the one usage of a keyboard's report (HID 1.11, appendix B.1). */
function keyOf(bytes: readonly number[], kind: 'stream' | 'reports'): string | null {
  if (kind === 'stream') return bytes.length <= 8 ? hex(bytes) : null;
  const report = bytes.length === 9 ? bytes.slice(1) : bytes;
  const usages = report.slice(2).filter((usage) => usage > 0);
  const [usage] = usages;
  return report.length === 8 && report[1] === 0 && usages.length === 1 && usage !== undefined ? hex([usage]) : null;
}
