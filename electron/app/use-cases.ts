import type { KioskSnapshot } from '../contract/dto.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import type { Devices } from '../services/device-ports.ts';
import { reportOf } from '../services/device-ports.ts';
import { Availability, deviceWord, printerWord, type InnerState } from '../services/availability.ts';
import { Attachments } from '../services/attachments.ts';
import { CardPlace } from '../services/card-place.ts';
import { Cases } from '../services/cases.ts';
import type { Catalogue } from '../services/catalogue.ts';
import { correctedNow, localTime, type Ports } from '../services/kiosk.ts';
import { FileDesk, FileSeals, type FileVault } from '../services/file-desk.ts';
import { HelpDesk } from '../services/help.ts';
import type { AttachmentFiles } from '../services/ports.ts';
import { Pickups } from '../services/pickups.ts';
import { Ratings } from '../services/ratings.ts';
import { Receipts } from '../services/receipts.ts';
import { presenceWord } from '../services/presence.ts';
import { SoundDesk } from '../services/sound-desk.ts';
import { loudnessAt, USUAL_SOUNDS } from '../services/sounds.ts';
import { NO_ENGINE, SettledHeadset, Speech, type Headset, type SpeechEngine } from '../services/speech.ts';
import { Technician } from '../services/technician.ts';
import { Workbench, type WorkbenchOptions } from './workbench/index.ts';
import { Upkeep, type CopyPlaces, type EvidenceCheck, type KeyRoom, type TakeOverPlaces } from '../services/upkeep.ts';
import { Visits } from '../services/visits.ts';
import type { KioskConfig } from './config/schema.ts';
import type { HallExtras } from './hall-extras.ts';
import type { Settings } from './settings.ts';

/** All use cases of a running kiosk, wired to their ports. */
export interface UseCases {
  readonly visits: Visits;
  /** Whose card lies on the readers. */
  readonly cardPlace: CardPlace;
  readonly cases: Cases;
  readonly attachments: Attachments;
  /** Seals files that come here plain; with a visit process none do. */
  readonly files: FileDesk;
  readonly pickups: Pickups;
  readonly receipts: Receipts;
  readonly ratings: Ratings;
  readonly technician: Technician;
  readonly upkeep: Upkeep;
  readonly workbench: Workbench;
  readonly help: HelpDesk;
  readonly speech: Speech;
  /** The technician's settings of what is heard. */
  readonly sound: SoundDesk;
  readonly hall: HallExtras;
  readonly settings: Settings;
  readonly catalogue: Catalogue;
  readonly devices: Devices;
  readonly sealer: Ports['sealer'];
  /** What every screen may know, as of now. */
  snapshot(): KioskSnapshot;
  /** Scanned codes go to this visit; null sends them nowhere. */
  listen(visitId: string | null): void;
  /** The visit that scanned codes go to. */
  listener(): string | null;
  /** Ends what the use cases do by themselves. */
  stop(): Promise<void>;
}

/** What the use cases are made of. */
export interface UseCaseOptions {
  readonly attachmentFiles: AttachmentFiles;
  /** Where files are sealed; here unless told. */
  readonly vault?: FileVault;
  readonly ports: Ports;
  readonly keys: KeyRoom;
  /** What the technician's workbench is made of. */
  readonly workbench: WorkbenchOptions;
  /** Whether the card readers are opened anew after each visit, in another process. */
  readonly farReaders?: boolean;
  readonly places: CopyPlaces & TakeOverPlaces;
  /** Goes over the evidence chain; without it nothing can. */
  readonly verifyEvidence?: EvidenceCheck;
  readonly settings: Settings;
  readonly inner: () => InnerState & { readonly waiting: number };
  readonly version: string;
  readonly development: boolean;
  readonly hall: HallExtras;
  /** What makes sound of text; none unless given. */
  readonly speechEngine?: SpeechEngine;
  /** The headset's socket; never plugged in unless given. */
  readonly headset?: Headset;
}

/** A 21.5" panel at the usual height. */
const PANEL: NonNullable<KioskConfig['panel']> = { pitchMm: 0.248, lowerEdgeMm: 780 };

/** Wires the use cases to their ports; nothing runs by itself before a call or a device signal. */

/** Which key of the keypad is "very satisfied", by the order that its driver is set to. */
function keypadBestKey(devices: KioskConfig['devices']): KioskSnapshot['keypadBestKey'] {
  const keypad = devices.find((device) => device.deviceClass === 'evaluation-keypad');
  return keypad?.options['order'] === '1-very-good' ? 1 : 5;
}

/** What the presence sensor is set to. */
function presenceOptions(devices: KioskConfig['devices']): Readonly<Record<string, string>> {
  return devices.find((device) => device.deviceClass === 'presence-sensor')?.options ?? {};
}

export function createUseCases(options: UseCaseOptions): UseCases {
  const { ports, settings, inner, version, development } = options;
  const visits = new Visits(ports);
  const cardPlace = new CardPlace({ clock: ports.clock, log: ports.log, reopens: options.farReaders === true });
  const seals = new FileSeals(ports.random, ports.sealer);
  const attachments = new Attachments(ports, options.attachmentFiles, options.vault ?? seals, visits);
  const receipts = new Receipts(ports, visits);
  const availability = new Availability(ports);
  const pickups = new Pickups(ports, visits);
  const ratings = new Ratings(ports, visits);
  const technician = new Technician(ports, settings, receipts);
  const workbench = new Workbench(options.workbench, (what, detail) => technician.record(what, detail));
  const headset = new SettledHeadset(options.headset, settings.config.headset);
  const speech = new Speech(options.speechEngine ?? NO_ENGINE, headset);
  const sound = new SoundDesk({ settings, headset, speech, record: (what, detail) => technician.record(what, detail) });
  let listening: string | null = null;
  return {
    speech,
    sound,
    hall: options.hall,
    visits,
    cardPlace,
    receipts,
    settings,
    catalogue: ports.catalogue,
    devices: ports.devices,
    cases: new Cases(ports, visits, attachments),
    attachments,
    files: new FileDesk(seals, attachments),
    sealer: ports.sealer,
    pickups,
    ratings,
    technician,
    workbench,
    upkeep: new Upkeep(ports, options.keys, options.places, options.verifyEvidence ?? (async () => null)),
    help: new HelpDesk(ports),
    stop: async () => {
      technician.cancelTest();
      await workbench.leave();
      cardPlace.stop();
      speech.stop();
      ratings.dispose();
      await pickups.stop();
      await attachments.stop();
    },
    listen: (visitId) => {
      listening = visitId;
    },
    listener: () => (listening !== null && listening === visits.current?.id ? listening : null),
    snapshot: () => {
      const { config } = settings;
      const link = ports.sync.link();
      const state = inner();
      const presence = presenceWord(ports.devices.presence?.() ?? 'unknown', presenceOptions(config.devices));
      const word = (deviceClass: DeviceClass): 'ready' | 'away' | 'none' =>
        deviceWord(reportOf(ports.devices, deviceClass));
      return {
        kioskCode: config.kiosk.code,
        kioskNumber: config.kiosk.number,
        hallName: config.kiosk.hallName,
        roomName: config.kiosk.roomName,
        hotline: config.kiosk.hotline,
        dutyPhone: config.kiosk.dutyPhone,
        ...(config.kiosk.nearby === undefined ? {} : { nearby: config.kiosk.nearby }),
        now: new Date(correctedNow(ports)).toISOString(),
        network: { state: link.state, since: new Date(link.since).toISOString() },
        functions: availability.current(state),
        cardReader: word('id-card-reader'),
        socialCardReader: word('social-security-card-reader'),
        printer: printerWord(reportOf(ports.devices, 'receipt-printer')),
        keypad: word('evaluation-keypad'),
        keypadBestKey: keypadBestKey(config.devices),
        scanner: word('code-scanner'),
        camera: word('document-camera'),
        ...(ports.sync.takesFiles?.() === false ? { takesPapers: false } : {}),
        slots: config.slots,
        locker: config.locker?.layout ?? null,
        waitingToSend: state.waiting,
        build: { version, development },
        panel: config.panel ?? PANEL,
        ...(cardPlace.current === null
          ? {}
          : { cardLeft: { ...cardPlace.current, since: new Date(cardPlace.current.since).toISOString() } }),
        ...(presence === null ? {} : { presence }),
        sounds: loudnessAt(config.sounds ?? USUAL_SOUNDS, localTime(correctedNow(ports), config.kiosk.timeZone)),
        speech: speech.state(),
      };
    },
  };
}
