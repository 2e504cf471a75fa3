import type { Language, LocalText } from '../domain/text.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import type { LogPort, Sealer, StorePort, SyncPort } from './ports.ts';
import type { Devices } from './device-ports.ts';
import type { Catalogue } from './catalogue.ts';

/** Who this kiosk is, from configuration. */
export interface KioskIdentity {
  /** e.g. `CH03`; part of every tracking number. */
  readonly code: string;
  /** e.g. `03`, as written on the machine. */
  readonly number: string;
  readonly hallName: LocalText;
  readonly roomName: LocalText;
  readonly hotline: string;
  readonly dutyPhone: string;
  /** Where a printed receipt's QR code leads; `{tracking}` is replaced. */
  readonly lookupUrl: string;
  /** IANA name, e.g. `Asia/Shanghai`; dates on paper and in tracking numbers are local. */
  readonly timeZone: string;
}

/** Looks up a text of the main process (receipts). */
export type Translate = (language: Language, key: string, params?: Readonly<Record<string, string | number>>) => string;

/** Room for new cases on the disk. */
export interface SpaceGate {
  /** False when a new case may not be begun any more. @param bytes that are to be written besides, e.g. a file of a case */
  hasRoom(bytes?: number): boolean;
}

/** Everything the use cases work with. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: StorePort;
  readonly sync: SyncPort;
  readonly sealer: Sealer;
  readonly devices: Devices;
  readonly catalogue: Catalogue;
  readonly space: SpaceGate;
  readonly log: LogPort;
  readonly translate: Translate;
  readonly kiosk: () => KioskIdentity;
}

/** Milliseconds since 1970 on the platform's clock as far as the kiosk knows it. */
export function correctedNow(ports: Pick<Ports, 'clock' | 'sync'>): number {
  return ports.clock.now() + ports.sync.clockOffset();
}

/** Makes each formatter once: that is dearer than a hundred uses of it, and a hall has one time zone. */
function perZone(locale: string, options: Intl.DateTimeFormatOptions): (timeZone: string) => Intl.DateTimeFormat {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (timeZone) => {
    const format = made.get(timeZone) ?? new Intl.DateTimeFormat(locale, { timeZone, ...options });
    made.set(timeZone, format);
    return format;
  };
}

const dateIn = perZone('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });
const timeIn = perZone('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });

/** Local calendar date `YYYY-MM-DD` in the hall's time zone. */
export function localDate(at: number, timeZone: string): string {
  return dateIn(timeZone).format(at);
}

/** Local date and time `YYYY-MM-DD HH:mm` for receipts. */
export function localDateTime(at: number, timeZone: string): string {
  return `${localDate(at, timeZone)} ${timeIn(timeZone).format(at)}`;
}

/** Local time `HH:mm`. */
export function localTime(at: number, timeZone: string): string {
  return localDateTime(at, timeZone).slice(11);
}
