import { z } from 'zod';
import { HELP_REASONS } from '../domain/help.ts';
import { SIGNATURE_MAX_LENGTH } from '../domain/signature.ts';
import { ATTACHMENT_TYPES } from '../domain/attachment.ts';
import {
  AttachmentDto,
  CalibrationDto,
  CameraReportDto,
  CardDto,
  CaseProgress,
  DeviceClassDto,
  DeviceHealthDto,
  DeviceSettingDto,
  DeviceTestDto,
  DoorDto,
  DoorOpening,
  DriverDto,
  HealthEdgeDto,
  Id,
  KeyHeardDto,
  KeypadProfileDto,
  KioskSnapshot,
  LanguageDto,
  LocalePackDto,
  LogLineDto,
  Moment,
  OutboxEntryDto,
  PickupDto,
  PortDto,
  PrintDto,
  RatingLevelDto,
  SettingFault,
  SoundSettingDto,
  StoreStandingDto,
} from './dto.ts';

/** Input and output of one call from a screen to the main process; an expected failure carries a `Problem`. */
export interface CallSpec {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

const nothing = z.object({});
const HelpStandingDto = z.object({ requestId: Id, state: z.enum(['sent', 'kept']) });
const TechnicianToken = z.string().min(16).max(128);
const withToken = z.object({ token: TechnicianToken });
const freeText = (max: number): z.ZodString => z.string().max(max);

/** Outcome of a step of upkeep: a word in `why` when it could not be done as things stand. */
const doneOrWhy = z.object({ done: z.boolean(), why: z.string().nullable() });

/**
 * Every call of the renderer. Each answers with `Result<output, Problem>`; input is checked in the main process before
 * anything happens.
 */
export const CALLS = {
  /** State of the kiosk now; changes come as `kiosk-changed`. */
  'kiosk.snapshot': { input: nothing, output: KioskSnapshot },
  /** The item list and one item; ItemPack is checked when it is loaded, so it passes as it is. */
  'catalogue.list': { input: nothing, output: z.object({ version: z.number(), items: z.array(z.unknown()) }) },
  /** Items that fit words and filters, the best first; of several tries the first that finds something counts. */
  'catalogue.search': {
    input: z.object({
      tries: z.array(freeText(80)).min(1).max(4),
      language: LanguageDto,
      applicant: z.enum(['person', 'enterprise']).nullable(),
      lifeEvent: freeText(64).nullable(),
      /** Chinese name. */
      department: freeText(64).nullable(),
      from: z.int().min(0).max(100_000),
      limit: z.int().min(1).max(600),
    }),
    output: z.object({
      words: z.string(),
      total: z.number(),
      hits: z.array(z.object({ item: z.unknown(), matched: z.array(z.tuple([z.number(), z.number()])) })),
    }),
  },
  /** How the catalogue can be narrowed down. */
  'catalogue.outline': {
    input: nothing,
    output: z.object({
      total: z.number(),
      lifeEvents: z.array(z.object({ id: z.string(), count: z.number() })),
      departments: z.array(z.object({ name: z.object({ 'zh-CN': z.string(), en: z.string() }), count: z.number() })),
    }),
  },
  'catalogue.item': { input: z.object({ itemId: freeText(64) }), output: z.object({ item: z.unknown() }) },

  /** A visit begins with the first deliberate step of a person; an older visit is ended first. */
  'visit.begin': { input: z.object({ language: LanguageDto }), output: z.object({ visitId: Id }) },
  /** Ends the visit: everything of it is forgotten, running waits are cancelled. */
  'visit.end': {
    input: z.object({
      visitId: Id,
      reason: z.enum(['finished', 'left', 'timed-out', 'restarted']),
      /** How the person used the kiosk: so the holder of a card that still lies there is asked to take it. */
      manner: z.object({ language: LanguageDto, spoken: z.boolean() }).exactOptional(),
    }),
    output: nothing,
  },

  /**
   * Waits for a card (60 s) and reads it; `card-found` is sent when one is seen. A new call cancels the older one. With an
   * item that takes social security cards, the reader that has a card first counts.
   */
  'card.read': {
    input: z.object({ visitId: Id, itemId: freeText(64).optional() }),
    output: z.object({ card: CardDto }),
  },
  'card.cancel': { input: z.object({ visitId: Id }), output: nothing },

  /**
   * Seals and stores the case, then waits up to 8 s for the platform. The answer is true at that moment; later changes
   * come as `case-changed`. The same `submissionId` (made by the screen once a review) gives the same case again.
   */
  'case.submit': {
    input: z.object({
      visitId: Id,
      submissionId: Id,
      itemId: freeText(64),
      itemVersion: z.number().int(),
      language: LanguageDto,
      /** A signature is the longest: its strokes and its picture. */
      values: z.record(z.string().max(64), freeText(SIGNATURE_MAX_LENGTH)),
    }),
    output: CaseProgress,
  },
  /**
   * Begins a file of the case (a picture of a paper), `size` bytes in all. Its bytes follow by `attachment.chunk`, each call
   * as long as `chunkBytes` says, the last one the rest. They are sealed as they come; this kiosk cannot read them again.
   */
  'attachment.add': {
    input: z.object({
      visitId: Id,
      itemId: freeText(64),
      slot: freeText(64),
      type: z.enum(ATTACHMENT_TYPES),
      size: z.number().int().min(1),
    }),
    output: z.discriminatedUnion('added', [
      z.object({ added: z.literal(true), attachmentId: Id, chunkBytes: z.number().int() }),
      z.object({ added: z.literal(false), why: z.enum(['no-such-slot', 'too-many', 'too-large']) }),
    ]),
  },
  /** The next bytes of a file. After a failure the file is gone and is taken anew. */
  'attachment.chunk': {
    input: z.object({ visitId: Id, attachmentId: Id, bytes: z.instanceof(Uint8Array) }),
    output: AttachmentDto,
  },
  'attachment.remove': { input: z.object({ visitId: Id, attachmentId: Id }), output: nothing },
  /** Files of the visit for an item; what is in them is not told. Complete ones go with `case.submit`. */
  'attachment.list': {
    input: z.object({ visitId: Id, itemId: freeText(64) }),
    output: z.object({ attachments: z.array(AttachmentDto) }),
  },
  /** Looks a case up by tracking or case number, here first and then at the platform. */
  'case.find': { input: z.object({ number: freeText(64) }), output: CaseProgress },

  /** Prints the receipt of a case or pick-up. A second call is a second copy, marked as such. */
  'receipt.print': {
    input: z.object({ visitId: Id, subject: z.enum(['case', 'pickup']), subjectId: Id, language: LanguageDto }),
    output: PrintDto,
  },

  /** Listens to the scanner for a code; what it reads comes as `code-scanned`. */
  'scanner.listen': { input: z.object({ visitId: Id, on: z.boolean() }), output: nothing },

  /** Checks a typed or scanned code locally. */
  'pickup.check': { input: z.object({ visitId: Id, code: freeText(200) }), output: PickupDto },
  /** One opening pulse for a checked pick-up; the result is what the sensor says. */
  'pickup.open': { input: z.object({ visitId: Id, pickupId: Id }), output: DoorOpening },
  /** Reads the door's sensor; never opens. */
  'pickup.door': { input: z.object({ visitId: Id, pickupId: Id }), output: z.object({ door: DoorDto }) },

  /** Lets the keypad count for this subject until rated, skipped or the visit ends. */
  'rating.invite': {
    input: z.object({ visitId: Id, subject: z.enum(['case', 'pickup']), subjectId: Id }),
    output: z.object({ alreadyRated: z.boolean() }),
  },
  'rating.give': {
    input: z.object({ visitId: Id, subject: z.enum(['case', 'pickup']), subjectId: Id, level: RatingLevelDto }),
    output: z.object({ level: RatingLevelDto }),
  },
  'rating.skip': { input: z.object({ visitId: Id }), output: nothing },

  /** A screen of the visit that takes pictures is open, or no longer: the window may use the camera in between only. */
  'camera.use': { input: z.object({ visitId: Id, on: z.boolean() }), output: nothing },
  /** How the window's camera is, and the size of a picture that was just taken. Never the picture. */
  'camera.report': { input: CameraReportDto, output: nothing },

  /**
   * Sound of a text as a WAV file in base64; null when nothing could be made of it. `zh` takes pinyin with tone digits.
   * What is private comes syllable by syllable, so that no text of a person is whole outside of the page.
   */
  'speech.say': {
    input: z.object({ text: freeText(600).min(1), voice: z.enum(['zh', 'en']) }),
    output: z.object({ wav: z.string().nullable() }),
  },
  /** What the hall added: languages, and names of sign-language clips. */
  'hall.extras': {
    input: nothing,
    output: z.object({ locales: z.array(LocalePackDto), clips: z.array(z.string()) }),
  },
  /** Texts of an added language by namespace, empty when there is none; its font in base64 if it brings one. */
  'hall.locale': {
    input: z.object({ tag: freeText(40) }),
    output: z.object({ texts: z.record(z.string(), z.unknown()), font: z.string().nullable() }),
  },
  /** A sign-language clip in base64; null when there is none. */
  'hall.clip': {
    input: z.object({ name: freeText(60) }),
    output: z.object({ type: z.string(), data: z.string() }).nullable(),
  },

  /**
   * Calls duty staff: written down, then told with a sign of life that goes out at once. `kept` until the platform has
   * said that it has it, which `help.standing` tells; nothing personal goes along.
   */
  'help.ask': {
    input: z.object({ reason: z.enum(HELP_REASONS), screen: freeText(40) }),
    output: HelpStandingDto,
  },
  'help.standing': { input: z.object({ requestId: Id }), output: HelpStandingDto },

  /* technician: every call but the first needs the token of an unlocked maintenance mode */
  'technician.unlock': {
    input: z.object({ pin: freeText(32) }),
    output: z.object({ token: TechnicianToken, lockAt: Moment }),
  },
  'technician.lock': { input: withToken, output: nothing },
  'technician.devices': {
    input: withToken,
    output: z.object({
      devices: z.array(DeviceHealthDto),
      settings: z.array(DeviceSettingDto),
      drivers: z.array(DriverDto),
      version: z.number(),
    }),
  },
  'technician.ports': {
    input: withToken,
    output: z.object({ ports: z.array(PortDto) }),
  },
  /** How one device was: its last changes, newest first. */
  'technician.device': {
    input: withToken.extend({ deviceClass: DeviceClassDto }),
    output: z.object({ history: z.array(HealthEdgeDto) }),
  },
  /** A new roll is in the receipt printer: paper is measured from its length again. False for one that does not measure. */
  'technician.paperReplaced': { input: withToken, output: z.object({ done: z.boolean() }) },
  /**
   * Takes the locker of this setting, saved or not, for a guided calibration; it serves nobody meanwhile. A new beginning
   * ends the one before, and so do the end of the visit and ten minutes without an answer.
   */
  'technician.calibrationBegin': {
    input: withToken.extend({ setting: DeviceSettingDto }),
    output: z.object({ calibration: CalibrationDto.nullable(), fault: SettingFault.nullable() }),
  },
  /** The step is done, the board is to open the door by itself, or it cannot be done. */
  'technician.calibrationAnswer': {
    input: withToken.extend({ said: z.enum(['done', 'pulse', 'stop']) }),
    output: z.object({ calibration: CalibrationDto.nullable() }),
  },
  /** Puts what was found into the configuration, and the locker back to work. */
  'technician.calibrationSave': {
    input: withToken.extend({ baseVersion: z.number().int() }),
    output: z.object({ saved: z.boolean(), version: z.number().int(), fault: SettingFault.nullable() }),
  },
  /** Ends it without a change; harmless when there is none. */
  'technician.calibrationEnd': { input: withToken, output: nothing },
  /** Profiles of keypads that are shipped with the product. */
  'technician.keypadProfiles': { input: withToken, output: z.object({ profiles: z.array(KeypadProfileDto) }) },
  /** Waits up to 30 s for a key of the keypad of this setting, saved or not; `heard` is null when none came. */
  'technician.keypadListen': {
    input: withToken.extend({ setting: DeviceSettingDto }),
    output: z.object({ heard: KeyHeardDto.nullable(), fault: SettingFault.nullable() }),
  },
  /** Checks and saves one device's setting as a new configuration version; refused with the field and the reason. */
  'technician.save': {
    input: withToken.extend({ setting: DeviceSettingDto, baseVersion: z.number().int() }),
    output: z.object({ saved: z.boolean(), version: z.number().int(), fault: SettingFault.nullable() }),
  },
  /** What is heard at this kiosk; `heard`: whether somebody listens alone now. */
  'technician.sound': {
    input: withToken,
    output: z.object({
      setting: SoundSettingDto,
      /** Sound devices on USB that are there now. */
      handsets: z.array(z.object({ id: z.string(), name: z.string() })),
      heard: z.enum(['in', 'out']),
      engine: z.enum(['ready', 'missing']),
      version: z.number().int(),
    }),
  },
  /** Saves it as a new configuration version and puts it in force at once. */
  'technician.saveSound': {
    input: withToken.extend({ setting: SoundSettingDto, baseVersion: z.number().int() }),
    output: z.object({ saved: z.boolean(), version: z.number().int(), fault: SettingFault.nullable() }),
  },
  /** Runs a device's own test: read a card, print a test page, open a door (cell), wait for a key or a code. */
  'technician.test': {
    input: withToken.extend({ deviceClass: DeviceClassDto, cell: z.string().max(8).optional(), language: LanguageDto }),
    output: DeviceTestDto,
  },
  'technician.cancelTest': { input: withToken, output: nothing },
  'technician.outbox': {
    input: withToken,
    output: z.object({ entries: z.array(OutboxEntryDto), waiting: z.number().int(), parked: z.number().int() }),
  },
  /** Wakes the outbox now. */
  'technician.sendNow': { input: withToken, output: nothing },
  /** Puts a parked entry back in line. */
  'technician.resend': { input: withToken.extend({ entryId: Id }), output: nothing },
  /**
   * Gives a parked entry up for good, which a second person must agree to by a PIN of their own. `why` says why it was not
   * done: nobody else is set up (or the same PIN was typed), or the entry is not parked (any more).
   */
  'technician.discard': {
    input: withToken.extend({ entryId: Id, secondPin: freeText(32), reason: freeText(200) }),
    output: z.object({ discarded: z.boolean(), why: z.enum(['no-second-person', 'not-parked']).nullable() }),
  },
  /** How it stands with the local data key, the evidence chain and a hand-over of the queue. */
  'technician.store': { input: withToken, output: StoreStandingDto },
  /** Guards locker lists and the configuration's credentials by new keys; `why` says why it was not done, e.g. `key-lost`. */
  'technician.rotateKey': { input: withToken, output: doneOrWhy },
  /** Begins afresh after a key was lost: locker contents come again from the platform. */
  'technician.renewKey': { input: withToken, output: doneOrWhy },
  /**
   * Copies the queue for the machine that takes this one's place into an existing folder (absolute path, e.g. of a stick).
   * This machine sends and takes nothing from then on, whether the copy succeeds or not; call again until it does.
   */
  'technician.handOver': {
    input: withToken.extend({ folder: freeText(400) }),
    output: z.object({
      copy: z
        .object({ file: z.string(), entries: z.number().int(), bytes: z.number().int(), sha256: z.string() })
        .nullable(),
      why: z.enum(['folder', 'full', 'not-written']).nullable(),
    }),
  },
  /** Goes over the whole evidence chain; null when the database cannot be read. `fault` names the first that is wrong. */
  'technician.checkEvidence': {
    input: withToken,
    output: z.object({
      verdict: z
        .object({
          sound: z.boolean(),
          records: z.number().int(),
          fault: z.object({ seq: z.number().int(), kind: z.string() }).nullable(),
        })
        .nullable(),
    }),
  },
  /** Folders that the queue can be copied to now: sticks that are plugged in, and the hall's own folder. */
  'technician.copyPlaces': { input: withToken, output: z.object({ folders: z.array(z.string()) }) },
  /** Copies of queues on sticks that are plugged in, and in the hall's own folder, newest first. */
  'technician.copies': {
    input: withToken,
    output: z.object({ copies: z.array(z.object({ file: z.string(), bytes: z.number().int(), at: Moment })) }),
  },
  /**
   * Has a copy taken over at the next start, on a machine that is new or empty. That start reads it through; what became of
   * it stands in `technician.store`.
   */
  'technician.takeOver': {
    input: withToken.extend({ file: freeText(500) }),
    output: z.object({ putBy: z.boolean(), why: z.enum(['not-empty', 'gone', 'full', 'not-written']).nullable() }),
  },
  /** Takes a hand-over back of which no copy was ever finished. */
  'technician.takeBack': { input: withToken, output: doneOrWhy },
  /** What the machine below does with the memory of programs; see `electron/app/host-check.ts`. */
  'technician.selfCheck': {
    input: withToken,
    output: z.object({
      checks: z.array(
        z.object({
          what: z.enum(['swap', 'core-dumps', 'store-loss', 'store-witness', 'settings-key-lost', 'settings-plain']),
          state: z.enum(['good', 'bad', 'unknown']),
          detail: z.string(),
        }),
      ),
    }),
  },
  /** A technician has seen that something was lost of the store; `why` is `loss` when nothing was. */
  'technician.noteLoss': { input: withToken, output: doneOrWhy },
  'technician.logs': {
    input: withToken.extend({ limit: z.number().int().min(1).max(500) }),
    output: z.object({ lines: z.array(LogLineDto) }),
  },
} as const satisfies Record<string, CallSpec>;

/** Name of a call. */
export type CallName = keyof typeof CALLS;
/** What a screen passes to a call. */
export type CallInput<N extends CallName> = z.input<(typeof CALLS)[N]['input']>;
/** What a call that succeeds answers. */
export type CallOutput<N extends CallName> = z.output<(typeof CALLS)[N]['output']>;

/** Everything the main process tells unasked. */
export const EVENTS = {
  'kiosk-changed': KioskSnapshot,
  'card-found': z.object({ visitId: Id }),
  /**
   * Told by the card reader, also while nobody asks for a card; `moved` is taken away before it was read. The visit is the
   * one at the kiosk, null on the attract screen.
   */
  'card-changed': z.object({ visitId: Id.nullable(), change: z.enum(['laid', 'moved', 'removed']) }),
  'case-changed': CaseProgress,
  'code-scanned': z.object({ visitId: Id, text: z.string() }),
  'door-changed': z.object({ pickupId: Id, door: DoorDto }),
  /** The keypad rated the invited subject, and the rating is stored. */
  'rating-given': z.object({ subjectId: Id, level: RatingLevelDto }),
  'devices-changed': z.object({ devices: z.array(DeviceHealthDto) }),
  /** The visit was ended by the main process (restart of a part, technician). */
  'visit-ended': z.object({ visitId: Id }),
  /** This page, made ready in the background until now, is the one at the kiosk. */
  'page-shown': z.object({}),
} as const satisfies Record<string, z.ZodType>;

/** Name of an event. */
export type EventName = keyof typeof EVENTS;
/** What an event carries. */
export type EventPayload<N extends EventName> = z.output<(typeof EVENTS)[N]>;
