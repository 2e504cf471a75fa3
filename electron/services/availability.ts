import { problem, type Problem } from '../contract/problems.ts';
import { canDate } from '../domain/date.ts';
import { FUNCTIONS, type FunctionAvailability, type FunctionId, type KioskSnapshot } from '../contract/dto.ts';
import { faultProblem } from './device-problems.ts';
import { reportOf, type DeviceReport, type Devices } from './device-ports.ts';
import { correctedNow, type Ports } from './kiosk.ts';

interface Judgement {
  readonly state: FunctionAvailability['state'];
  readonly reason: Problem | null;
}

const OPEN: Judgement = { state: 'open', reason: null };

const notNow = (code: Problem['code']): Judgement => ({ state: 'not-now', reason: problem(code) });
const limited = (code: Problem['code']): Judgement => ({ state: 'limited', reason: problem(code) });

/** Whether a device answers. Busy devices do: they are at work. */
function answers(report: DeviceReport): boolean {
  return report.status === 'online' || report.status === 'deviceBusy';
}

/** What the screens are told of the printer. */
export function printerWord(report: DeviceReport): KioskSnapshot['printer'] {
  if (report.status === 'noDevice') return 'none';
  if (report.paper === 'out') return 'paper-out';
  if (report.paper === 'jammed' || report.status === 'hardwareError' || report.status === 'userError') return 'trouble';
  if (!answers(report)) return 'away';
  return report.paper === 'low' ? 'paper-low' : 'ready';
}

/** What the screens are told of a device without supplies. */
export function deviceWord(report: DeviceReport): 'ready' | 'away' | 'none' {
  if (report.status === 'noDevice') return 'none';
  return answers(report) ? 'ready' : 'away';
}

/** What is wrong with a printer that answers. A cover is the one thing besides paper that a person puts right. */
function printerTrouble(report: DeviceReport): Problem['code'] {
  const told = report.fault ? faultProblem(report.fault) : null;
  if (told) return told;
  if (report.paper === 'jammed') return 'P303-paper-jam';
  if (report.status === 'userError') return 'P304-cover-open';
  // A driver that names no fault has the cutter in its words for the technician; else it is a printer out of use.
  return report.detail.includes('cutter') ? 'P305-cutter-error' : 'P301-printer-away';
}

/** Printing trouble limits a function; it does not close it: the number on the screen is as good. */
function printing(devices: Devices): Judgement {
  const report = reportOf(devices, 'receipt-printer');
  switch (printerWord(report)) {
    case 'ready':
    case 'paper-low':
      return OPEN;
    case 'paper-out':
      return limited('P302-paper-out');
    case 'trouble':
      return limited(printerTrouble(report));
    case 'away':
    case 'none':
      return limited('P301-printer-away');
  }
}

/** A reader that has just been started is ready long before anybody is asked for a card. */
function applying(devices: Devices): Judgement {
  const reader = reportOf(devices, 'id-card-reader');
  if (reader.status === 'starting') return limited('C207-reader-starting');
  return answers(reader) ? printing(devices) : notNow('C201-reader-away');
}

/** A locker of which one board is silent still opens the doors of the others. */
function collecting(devices: Devices): Judgement {
  const locker = reportOf(devices, 'pickup-locker');
  if (locker.status === 'starting') return limited('L415-locker-starting');
  if (locker.status === 'hardwareError') return limited('L411-some-doors-away');
  // Doors whose sensors can be believed open all the same.
  if (locker.fault === 'sensor-implausible') return limited('L413-door-sensors-wrong');
  return answers(locker) ? printing(devices) : notNow('L401-locker-away');
}

/** State of the store and the keys that a judgement needs; kept up to date by the app. */
export interface InnerState {
  readonly storeUsable: boolean;
  readonly hasSealingKey: boolean;
  /** False when the key that guards the list of locker contents is lost. */
  readonly listReadable: boolean;
}

function judge(
  id: FunctionId,
  ports: Pick<Ports, 'devices' | 'space' | 'sync' | 'catalogue' | 'clock'>,
  inner: InnerState,
): Judgement {
  const { devices, space, sync, catalogue } = ports;
  switch (id) {
    case 'apply':
      if (!inner.storeUsable) return notNow('K103-store-unavailable');
      if (!space.hasRoom()) return notNow('K104-no-space');
      if (!canDate(correctedNow(ports))) return notNow('K108-clock-wrong');
      if (!inner.hasSealingKey) return notNow('S505-no-sealing-key');
      if (catalogue.summaries().length === 0) return notNow('S502-item-unknown');
      return applying(devices);
    case 'collect':
      if (!inner.storeUsable) return notNow('K103-store-unavailable');
      if (!inner.listReadable) return notNow('L412-list-unreadable');
      if (!canDate(correctedNow(ports))) return notNow('K108-clock-wrong');
      return collecting(devices);
    case 'progress':
      return sync.link().state === 'up' ? OPEN : limited('S506-platform-away');
  }
}

/** Says for each function whether it works now, why not, and since when. */
export class Availability {
  readonly #ports: Pick<Ports, 'devices' | 'space' | 'sync' | 'catalogue' | 'clock'>;
  readonly #since = new Map<FunctionId, { readonly code: string; readonly at: number }>();

  constructor(ports: Pick<Ports, 'devices' | 'space' | 'sync' | 'catalogue' | 'clock'>) {
    this.#ports = ports;
  }

  current(inner: InnerState): FunctionAvailability[] {
    return FUNCTIONS.map((id) => {
      const { state, reason } = judge(id, this.#ports, inner);
      if (!reason) {
        this.#since.delete(id);
        return { id, state, reason, since: null };
      }
      const known = this.#since.get(id);
      const at = known?.code === reason.code ? known.at : this.#ports.clock.now();
      this.#since.set(id, { code: reason.code, at });
      return { id, state, reason, since: new Date(at).toISOString() };
    });
  }
}
