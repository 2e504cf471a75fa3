import type { RatingLevel } from '../domain/rating.ts';
import type {
  DeviceClass,
  DeviceError,
  DeviceErrorCode,
  DeviceStatus,
  Supply,
  SupplyState,
} from '../../native/model/device.ts';
import type { EventSource } from '../../native/model/events.ts';
import type { IdCard } from '../../native/model/id-card-reader.ts';
import type { DoorState, OpenResult } from '../../native/model/pickup-locker.ts';
import type { PagePrintResult, PrintPdfOptions } from '../../native/model/page-printer.ts';
import type { Presence } from '../../native/model/presence-sensor.ts';
import type { ReceiptDocument } from '../../native/model/receipt-document.ts';
import type { PrintHow, PrintResult } from '../../native/model/receipt-printer.ts';
import type { Result } from '../../native/model/result.ts';
import type { SocialSecurityCard } from '../../native/model/social-security-card-reader.ts';

/** Health of one device class as the services and the admin screen see it. Times in milliseconds. */
export interface DeviceReport {
  readonly deviceClass: DeviceClass;
  readonly driver: string;
  readonly address: string;
  readonly status: DeviceStatus;
  readonly detail: string;
  /** The fault behind a status other than online, where one is known. */
  readonly fault?: DeviceErrorCode | null;
  readonly paper: SupplyState | null;
  /** All that the device uses up, paper too. */
  readonly supplies?: readonly Supply[];
  /** What it did so far, e.g. `prints`. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly identity: string | null;
  readonly since: number;
  readonly lastAnswerAgoMs: number | null;
}

/** Something a device told unasked. */
export type DeviceSignal =
  /** A code was scanned, of `length` characters; its text is null where it may not come here. */
  | { readonly type: 'code'; readonly text: string | null; readonly length: number }
  | { readonly type: 'rating'; readonly level: RatingLevel }
  /** The window took a picture; the picture itself stays there. Sizes in pixels. */
  | { readonly type: 'picture'; readonly width: number; readonly height: number }
  /**
   * A card lies on a card reader, was taken away before it was read, or is no longer there; `absent`: a reader that has
   * just been opened shows none. Nothing of a card is read.
   */
  | {
      readonly type: 'card';
      readonly reader: 'id-card-reader' | 'social-security-card-reader';
      readonly change: 'laid' | 'moved' | 'removed' | 'absent';
    }
  /** Somebody came before the kiosk or left, as far as its sensor is believed. */
  | { readonly type: 'presence'; readonly presence: Presence }
  | { readonly type: 'health' };

/** The kiosk's devices as the use cases need them; cells are named as on the doors. */
export interface Devices {
  readCard(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onCardFound?: () => void;
    /** A card that lies there already is somebody else's: it has to be taken away first. */
    readonly afterRemoval?: boolean;
  }): Promise<Result<IdCard, DeviceError>>;
  /** Waits for a card in the social security card reader; see its contract. */
  readSocialSecurityCard(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onCardFound?: () => void;
    readonly afterRemoval?: boolean;
  }): Promise<Result<SocialSecurityCard, DeviceError>>;
  print(document: ReceiptDocument, how?: PrintHow): Promise<PrintResult>;
  /** Prints a PDF on A4 paper; see the page printer's contract. */
  printPdf(options: PrintPdfOptions): Promise<PagePrintResult>;
  /** Lets the window use the document camera, or no longer; it may only while this is on. */
  allowCamera(on: boolean): void;
  /** One pulse; see the locker's contract. An unknown cell gives `refused` with cause `unknown-cell`. */
  openDoor(cell: string): Promise<OpenResult>;
  readDoor(cell: string): Promise<Result<DoorState, DeviceError>>;
  inviteRating(on: boolean): Promise<void>;
  triggerScanner(on: boolean): Promise<void>;
  /** Whether somebody stands before the kiosk; absent or `unknown` where nothing can be believed. */
  presence?(): Presence;
  reports(): readonly DeviceReport[];
  readonly signals: EventSource<DeviceSignal>;
}

/** One change of a device's health. Times in milliseconds. */
export interface HealthRecord {
  readonly at: number;
  readonly status: DeviceStatus;
  readonly detail: string;
  readonly fault: DeviceErrorCode | null;
  readonly paper: SupplyState | null;
  /** How long it stayed so; null while it is so still. */
  readonly lastedMs: number | null;
}

/** What is kept of the devices for whoever looks after them. */
export interface DeviceRecords {
  /** The last changes of a device, oldest first. */
  history(deviceClass: DeviceClass): readonly HealthRecord[];
  /** A new roll is in the receipt printer. False when there is none, or it does not measure its paper. */
  paperReplaced(): Promise<boolean>;
}

/** Report of one class; every class has one. */
export function reportOf(devices: Devices, deviceClass: DeviceClass): DeviceReport {
  const report = devices.reports().find((candidate) => candidate.deviceClass === deviceClass);
  if (!report) throw new Error(`no report for ${deviceClass}`);
  return report;
}
