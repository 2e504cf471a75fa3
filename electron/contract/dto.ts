import { z } from 'zod';
import { LANGUAGES } from '../domain/text.ts';
import { DEVICE_CLASSES } from '../../native/model/device.ts';
import { CAMERA_STATES } from '../../native/model/document-camera.ts';
import { Problem, ProblemCode } from './problems.ts';

/** Wall-clock moment as ISO 8601 UTC text. */
export const Moment = z.iso.datetime();
/** UUIDv7 of a visit, case, act, pick-up or rating. */
export const Id = z.uuid();
/** Language of a visit. */
export const LanguageDto = z.enum(LANGUAGES);
/** A text in every language. */
export const LocalTextDto = z.object({ 'zh-CN': z.string(), en: z.string() });
/** Class of a device. */
export const DeviceClassDto = z.enum(DEVICE_CLASSES);

/** The functions on the home screen, in their fixed order. */
export const FUNCTIONS = ['apply', 'collect', 'progress'] as const;
export const FunctionId = z.enum(FUNCTIONS);
export type FunctionId = z.infer<typeof FunctionId>;

/** Whether one function works at this very moment, from live device and platform state. */
export const FunctionAvailability = z.object({
  id: FunctionId,
  state: z.enum(['open', 'limited', 'not-now']),
  /** Why it is not fully open (a problem code with a citizen text); null when open. */
  reason: Problem.nullable(),
  /** Since when it is so; null when open. */
  since: Moment.nullable(),
});
export type FunctionAvailability = z.infer<typeof FunctionAvailability>;

/** A door in the picture of the locker; position and size in grid units from the top left. */
export const LockerCellDto = z.object({
  cell: z.string(),
  column: z.number().int(),
  row: z.number().int(),
  width: z.number().int().default(1),
  height: z.number().int().default(1),
});
/** The locker as it hangs on the wall, in grid units. */
export const LockerLayoutDto = z.object({
  columns: z.number().int(),
  rows: z.number().int(),
  /** Where the kiosk stands seen from the front of the locker. */
  kioskSide: z.enum(['left', 'right']),
  cells: z.array(LockerCellDto),
});
export type LockerLayoutDto = z.infer<typeof LockerLayoutDto>;

/** What every screen may know of the kiosk. Holds nothing personal. */
export const KioskSnapshot = z.object({
  kioskCode: z.string(),
  kioskNumber: z.string(),
  hallName: LocalTextDto,
  roomName: LocalTextDto,
  hotline: z.string(),
  dutyPhone: z.string(),
  /** Where a function is to be had nearest when it is not open here, in words of the hall. */
  nearby: z.partialRecord(FunctionId, LocalTextDto).exactOptional(),
  /** The kiosk's clock corrected by the platform's offset. */
  now: Moment,
  network: z.object({ state: z.enum(['up', 'down']), since: Moment }),
  functions: z.array(FunctionAvailability),
  cardReader: z.enum(['ready', 'away', 'none']),
  /** The reader of social security cards; left out means none. */
  socialCardReader: z.enum(['ready', 'away', 'none']).exactOptional(),
  printer: z.enum(['ready', 'paper-low', 'paper-out', 'trouble', 'away', 'none']),
  keypad: z.enum(['ready', 'away', 'none']),
  /** Number of the keypad's key for "very satisfied", so that the screen shows the numbers that stand on the keys. */
  keypadBestKey: z.union([z.literal(1), z.literal(5)]),
  scanner: z.enum(['ready', 'away', 'none']),
  /** The camera that papers are laid under; left out means none. */
  camera: z.enum(['ready', 'away', 'none']).exactOptional(),
  /** False while the platform is known to take no pictures of papers; left out means that nothing speaks against it. */
  takesPapers: z.boolean().exactOptional(),
  /** Where slots are, for the lamp strip. */
  slots: z.object({
    card: z.enum(['left', 'middle', 'right']),
    receipt: z.enum(['left', 'middle', 'right']),
    scanner: z.enum(['left', 'middle', 'right']),
    locker: z.enum(['left', 'right']),
  }),
  locker: LockerLayoutDto.nullable(),
  /** Messages that wait for the platform; when only this changes nobody but a technician at work is told. */
  waitingToSend: z.number().int(),
  /** Packed and development builds differ: the panel exists in development only. */
  build: z.object({ version: z.string(), development: z.boolean() }),
  /** Size of the panel's pixels and height of its lower edge over the floor, for controls within reach. */
  panel: z.object({ pitchMm: z.number(), lowerEdgeMm: z.number() }).exactOptional(),
  /**
   * A card that lies on a reader although its visit is over; left out when there is none. `take`: its holder is asked to
   * take it back, in the way the visit was used; `left`: it is for duty staff; `unsure`: it may be the present visitor's own.
   */
  cardLeft: z
    .object({ state: z.enum(['take', 'left', 'unsure']), since: Moment, language: LanguageDto, spoken: z.boolean() })
    .exactOptional(),
  /**
   * Whether somebody stands before the kiosk; left out where there is no sensor, or none that can be believed. `coverAfterMs`:
   * a visit that nobody stands at for so long is covered, `restAfterMs`: the attract screen rests; null: never.
   */
  presence: z
    .object({
      state: z.enum(['near', 'away']),
      coverAfterMs: z.number().int().nullable(),
      restAfterMs: z.number().int().nullable(),
      greeting: z.enum(['silent', 'spoken']),
    })
    .exactOptional(),
  /** How loud tones are at this hour; left out means off. */
  sounds: z.enum(['usual', 'softer', 'off']).exactOptional(),
  /** Whether the kiosk can speak, and whether somebody listens by headset; left out means it cannot. */
  speech: z.object({ engine: z.enum(['ready', 'missing']), headset: z.enum(['in', 'out']) }).exactOptional(),
});
export type KioskSnapshot = z.infer<typeof KioskSnapshot>;

/** A language that a hall added by a locale pack; `fallback` speaks where the pack is silent. */
export const LocalePackDto = z.object({
  tag: z.string(),
  name: z.string(),
  direction: z.enum(['ltr', 'rtl']),
  script: z.enum(['horizontal', 'vertical']),
  fallback: LanguageDto,
});
export type LocalePackDto = z.infer<typeof LocalePackDto>;

/** The card as the visit's screen needs it. Personal data. */
export const CardDto = z.object({
  name: z.string(),
  sex: z.enum(['male', 'female', 'unknown', 'unstated']),
  nation: z.string(),
  birthDate: z.string(),
  address: z.string(),
  number: z.string(),
  issuer: z.string(),
  validTo: z.string(),
  /** Texts with characters that no common font has: they are filed as they are, and shown with a mark in their place. */
  privateUse: z.array(z.enum(['name', 'address', 'issuer'])).exactOptional(),
});
export type CardDto = z.infer<typeof CardDto>;

/** `kept` here only; `received`, `approved`, `refused` by the platform; `parked`: the platform cannot take it, staff must look. */
export const CaseStateDto = z.enum(['kept', 'received', 'approved', 'refused', 'parked']);

/** A case as the screen shows it: nothing personal, only what is true now. */
export const CaseProgress = z.object({
  caseId: Id,
  trackingNumber: z.string(),
  itemId: z.string(),
  itemName: LocalTextDto,
  state: CaseStateDto,
  keptAt: Moment,
  /** When the platform acknowledged it; null while it has not. */
  receivedAt: Moment.nullable(),
  /** The platform's own case number; null until it gave one. */
  caseNumber: z.string().nullable(),
  decidedAt: Moment.nullable(),
  /** Words of the platform on approval or refusal. */
  outcome: LocalTextDto.nullable(),
  /** Refused or parked: why. */
  reason: Problem.nullable(),
});
export type CaseProgress = z.infer<typeof CaseProgress>;

/** What the sensor of a door says; `unknown` when it says nothing. */
export const DoorDto = z.enum(['open', 'closed', 'unknown']);

/** A pick-up after its code was accepted. The holder is masked by the platform. */
export const PickupDto = z.object({
  pickupId: Id,
  cell: z.string(),
  holder: z.string(),
  contents: z.array(z.object({ name: LocalTextDto, count: z.number().int() })),
  validTo: Moment,
});
export type PickupDto = z.infer<typeof PickupDto>;

/** Outcome of one opening. `opened` only because the sensor said so. */
export const DoorOpening = z.object({
  outcome: z.enum(['opened', 'refused', 'unknown']),
  door: DoorDto,
  /** Whether one more try is allowed (sensor says closed, no second pulse yet). */
  mayTryAgain: z.boolean(),
});
export type DoorOpening = z.infer<typeof DoorOpening>;

/** What came of a print. `printed` only because the printer said so. */
export const PrintDto = z.object({
  outcome: z.enum(['printed', 'not-printed', 'unknown']),
  cause: Problem.nullable(),
  /** 1 for the first copy. */
  copy: z.number().int(),
  /** The receipt as a picture for the screen (rows of the document, masked as on paper). */
  preview: z.array(
    z.object({ kind: z.string(), text: z.string(), note: z.string().optional(), done: z.boolean().optional() }),
  ),
});
export type PrintDto = z.infer<typeof PrintDto>;

const PixelSize = z.object({
  width: z.number().int().min(1).max(100_000),
  height: z.number().int().min(1).max(100_000),
});
/** What the window tells of its camera; sizes in pixels. */
export const CameraReportDto = z.object({
  state: z.enum(CAMERA_STATES),
  label: z.string().max(80),
  size: PixelSize.nullable(),
  abilities: z.object({ focus: z.boolean(), lamp: z.boolean() }),
  /** A picture that was just taken and accepted; null when there is none. */
  picture: PixelSize.nullable(),
});
export type CameraReportDto = z.infer<typeof CameraReportDto>;

/** From 1, very dissatisfied, to 5, very satisfied. */
export const RatingLevelDto = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);

/* ---- technician ---- */

/** One device in the configuration. `address` is a URL such as `serial:///dev/ttyUSB0?baud=115200`. */
export const DeviceSettingDto = z.object({
  deviceClass: DeviceClassDto,
  /** Empty driver = this kiosk has no such device. */
  driver: z.string(),
  address: z.string(),
  options: z.record(z.string(), z.string()),
});
export type DeviceSettingDto = z.infer<typeof DeviceSettingDto>;

/** Something that a device uses up. `lowAt`: at this much left, or less, somebody should see to it. */
export const SupplyDto = z.object({
  name: z.enum(['paper', 'ribbon', 'toner', 'waste', 'battery']),
  state: z.enum(['full', 'low', 'out', 'jammed', 'unknown']),
  left: z.number().exactOptional(),
  lowAt: z.number().exactOptional(),
  unit: z.enum(['percent', 'sheets', 'millimetres']).exactOptional(),
});
export type SupplyDto = z.infer<typeof SupplyDto>;

/** One change of a device's health. `lastedMs`: how long it stayed so; null while it is so still. */
export const HealthEdgeDto = z.object({
  at: Moment,
  status: z.string(),
  detail: z.string(),
  fault: z.string().nullable(),
  paper: z.string().nullable(),
  lastedMs: z.number().nullable(),
});
export type HealthEdgeDto = z.infer<typeof HealthEdgeDto>;

/** Something that is plugged in, or known to this machine, with the address that finds it again. */
export const PortDto = z.object({
  /** A serial one comes without its speed. */
  address: z.string(),
  label: z.string(),
  kind: z.enum(['serial', 'hid', 'pcsc', 'printer']),
  /** `vid:pid` in hexadecimal and the serial number, where it is a USB device that has them. */
  ids: z.string().nullable(),
  serialNumber: z.string().nullable(),
  /** Where it is at the moment, e.g. `/dev/ttyUSB0`. */
  node: z.string().nullable(),
  /** What it may be, best first; `sure` when it says so itself. */
  fits: z.array(z.object({ deviceClass: DeviceClassDto, sure: z.boolean() })),
  /** The class that is set to it already. */
  usedBy: DeviceClassDto.nullable(),
});
export type PortDto = z.infer<typeof PortDto>;

/** One lock of one board, and the name on its door where the configuration knows it. */
export const LockDto = z.object({ board: z.number().int(), lock: z.number().int(), cell: z.string().nullable() });

/** Where a guided calibration of the locker stands. Nothing of it is in force before it was saved. */
export const CalibrationDto = z.object({
  /** Counts up with every step, from 1; `steps` in all, 0 as long as that is not known. */
  at: z.number().int(),
  steps: z.number().int(),
  step: z.discriminatedUnion('kind', [
    /** `again`: it was not to be seen the first time. */
    z.object({ kind: z.literal('close-all'), again: z.boolean() }),
    z.object({ kind: z.literal('open'), door: LockDto, again: z.boolean() }),
    z.object({ kind: z.literal('close'), door: LockDto, again: z.boolean() }),
    z.object({
      kind: z.literal('done'),
      options: z.record(z.string(), z.string()),
      boards: z.array(z.number().int()),
      /** Lock numbers of the driver minus those on the doors; 0 where they agree. */
      offset: z.number().int(),
      remarks: z.array(z.string()),
      /** Options that differ from what is set. */
      changed: z.array(z.string()),
    }),
    z.object({ kind: z.literal('cannot-tell'), reason: z.string(), detail: z.string() }),
  ]),
});
export type CalibrationDto = z.infer<typeof CalibrationDto>;

/** What came from a keypad: bytes in hexadecimal, what they mean by the profile, and how a profile would name the key. */
export const KeyHeardDto = z.object({
  bytes: z.string(),
  level: RatingLevelDto.nullable(),
  key: z.string().nullable(),
});
export type KeyHeardDto = z.infer<typeof KeyHeardDto>;

/** A keypad profile shipped with the product. */
export const KeypadProfileDto = z.object({
  id: z.string(),
  name: z.string(),
  line: z.enum(['serial', 'hid']),
  /** The profile as JSON, as the driver's option `profile` takes it. */
  text: z.string(),
});
export type KeypadProfileDto = z.infer<typeof KeypadProfileDto>;

/** A device as it is now. */
export const DeviceHealthDto = z.object({
  deviceClass: DeviceClassDto,
  driver: z.string(),
  address: z.string(),
  status: z.string(),
  detail: z.string(),
  paper: z.string().nullable(),
  identity: z.string().nullable(),
  since: Moment,
  lastAnswerAgoMs: z.number().nullable(),
  /** The fault behind a status other than online, as a code; null when none is known. */
  fault: z.string().nullable().exactOptional(),
  /** What the device uses up: its state, and how much is left where it knows. */
  supplies: z.array(SupplyDto).exactOptional(),
  /** What it did so far, e.g. `prints`, `cuts`, `opens`, `reads`. */
  counters: z.record(z.string(), z.number()).exactOptional(),
});
export type DeviceHealthDto = z.infer<typeof DeviceHealthDto>;

/** A driver as the admin screen shows it. */
export const DriverDto = z.object({
  id: z.string(),
  deviceClass: DeviceClassDto,
  name: LocalTextDto,
  schemes: z.array(z.string()),
  bauds: z.array(z.number()),
  options: z.array(
    z.object({ key: z.string(), label: LocalTextDto, values: z.array(z.string()), fallback: z.string() }),
  ),
});
export type DriverDto = z.infer<typeof DriverDto>;

const HourDto = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);
/** Who listens alone, and the tones with their quiet hours (`HH:mm`, local; equal ends: none). */
export const SoundSettingDto = z.object({
  headset: z.union([
    z.enum(['detect', 'always', 'never']),
    z.object({ usb: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/i) }),
  ]),
  sounds: z.object({
    chimes: z.enum(['on', 'off']),
    quietFrom: HourDto,
    quietTo: HourDto,
    quiet: z.enum(['softer', 'off']),
  }),
});
export type SoundSettingDto = z.infer<typeof SoundSettingDto>;

/** Why a proposed setting is refused: which field and why. */
export const SettingFault = z.object({
  field: z.enum(['driver', 'address', 'baud', 'options', 'version']),
  reason: z.string(),
});
export type SettingFault = z.infer<typeof SettingFault>;

/** A message that waits for the platform, without its content. `reason`: why it waits. */
export const OutboxEntryDto = z.object({
  entryId: Id,
  kind: z.enum(['case', 'pickup', 'rating', 'attachment']),
  subject: z.string(),
  state: z.enum(['waiting', 'sending', 'parked']),
  createdAt: Moment,
  attempts: z.number().int(),
  nextTryAt: Moment.nullable(),
  reason: z.string().nullable(),
  /** Who sees to it; left out where it is not known. */
  owner: z.enum(['kiosk', 'duty-staff']).optional(),
});
export type OutboxEntryDto = z.infer<typeof OutboxEntryDto>;

/** Keys, evidence and hand-over, for the technician. */
export const StoreStandingDto = z.object({
  /** `lost`: locker lists cannot be read until the key is back or renewed. */
  keys: z.object({
    state: z.enum(['none', 'held', 'lost']),
    keyId: z.string().nullable(),
    madeAt: Moment.nullable(),
    /** Made so long ago that it should be changed. */
    old: z.boolean(),
  }),
  /** What guards the credentials in the configuration. `lost`: those named cannot be opened; `plain`: not sealed. */
  settingsKey: z.object({
    state: z.enum(['held', 'lost', 'plain']),
    keyId: z.string().nullable(),
    madeAt: Moment.nullable(),
    old: z.boolean(),
    closed: z.array(z.string()),
  }),
  /** Last record of the evidence chain. */
  evidence: z.object({ seq: z.number().int(), hash: z.string(), at: Moment }).nullable(),
  /** The queue went, or is about to go, to another machine. `copied` false: no complete copy yet. */
  handedOver: z.object({ id: z.string(), at: Moment, entries: z.number().int(), copied: z.boolean() }).nullable(),
  /** A queue of another machine: whether this one may take it over, the copy that the next start takes, what this one took. */
  takeOver: z.object({
    possible: z.boolean(),
    waiting: z.string().nullable(),
    taken: z.object({ name: z.string(), entries: z.number().int(), code: z.string().nullable() }).nullable(),
  }),
});
export type StoreStandingDto = z.infer<typeof StoreStandingDto>;

/** A file of the visit: `received` of `size` bytes are sealed; `complete` once it can be submitted. */
export const AttachmentDto = z.object({
  attachmentId: Id,
  slot: z.string(),
  size: z.number().int(),
  received: z.number().int(),
  complete: z.boolean(),
});
export type AttachmentDto = z.infer<typeof AttachmentDto>;

/** A line of the log or of the audit trail. */
export const LogLineDto = z.object({
  at: Moment,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  event: z.string(),
  detail: z.string(),
});
export type LogLineDto = z.infer<typeof LogLineDto>;

/** What came of a device test. */
export const DeviceTestDto = z.object({
  passed: z.boolean(),
  /** i18n key under `technician.test.result`, e.g. `card-read`. */
  result: z.string(),
  detail: z.string(),
  code: ProblemCode.nullable(),
});
export type DeviceTestDto = z.infer<typeof DeviceTestDto>;
