import { z } from 'zod';
import { HELP_REASONS, MOST_HELP_REQUESTS } from '../domain/help.ts';
import { LANGUAGES } from '../domain/text.ts';
import { MOST_ATTACHMENTS } from '../domain/attachment.ts';
import { AttachmentManifest, HeldAttachment } from './attachments.ts';
import { Envelope, SealingKey, Sha256 } from './envelope.ts';

const Moment = z.iso.datetime();
/** A text that people read on the screen and on a receipt. */
const LocalText = z.object({ 'zh-CN': z.string().max(2_000), en: z.string().max(2_000) });

/** POST /v1/cases. The idempotency key (header `Idempotency-Key`) is `case:<caseId>:1`. */
export const CaseSubmission = z.object({
  caseId: z.uuid(),
  trackingNumber: z.string().max(32),
  kioskCode: z.string().max(16),
  itemId: z.string().max(64),
  itemVersion: z.number().int(),
  itemCode: z.string().max(40),
  language: z.enum(LANGUAGES),
  /** Number of this entry within its subject, from 1; the platform refuses a gap. */
  sequence: z.number().int().min(1),
  /** The kiosk's corrected clock at submit. */
  keptAt: Moment,
  /** SHA-256 of the envelope's canonical JSON. */
  sha256: Sha256,
  envelope: Envelope,
  /** Files of the case. Their bytes follow; the case is complete, and decided, when the platform has all of them. */
  attachments: z.array(AttachmentManifest).min(1).max(MOST_ATTACHMENTS).optional(),
});
export type CaseSubmission = z.infer<typeof CaseSubmission>;

/** What the platform says of a case; also the answer of GET /v1/cases?number= and of the status query by key. */
export const CaseStatus = z.object({
  caseId: z.uuid(),
  trackingNumber: z.string().max(32),
  itemId: z.string().max(64),
  state: z.enum(['received', 'approved', 'refused']),
  caseNumber: z.string().max(64),
  receivedAt: Moment,
  decidedAt: Moment.nullable(),
  outcome: LocalText.nullable(),
  /** Hash of the envelope that the platform holds. */
  sha256: Sha256,
  /** Files that were announced with the case; left out when there are none. */
  attachments: z.array(HeldAttachment).optional(),
});
export type CaseStatus = z.infer<typeof CaseStatus>;

/** A locker content announced to one kiosk. The code itself never comes: only its digest under the kiosk's salt. */
export const PickupAnnouncement = z.object({
  pickupId: z.uuid(),
  cell: z.string().max(8),
  /** scrypt(code, codeSalt, N=codeCost, r=8, p=1, 32 bytes), base64url; code and salt as UTF-8 text, nothing decoded. */
  codeDigest: z.string(),
  /** Masked by the platform. */
  holder: z.string(),
  contents: z.array(z.object({ name: LocalText, count: z.number().int().min(1) })),
  validFrom: Moment,
  validTo: Moment,
  /** The code opens nothing any more: taken back, or used (then `openedAt` is set). */
  withdrawn: z.boolean(),
  /** When the platform was told that the door was opened; a kiosk that knows nothing of it shows the code as used. */
  openedAt: Moment.nullable().optional(),
});
export type PickupAnnouncement = z.infer<typeof PickupAnnouncement>;

/** GET /v1/kiosks/{kioskCode}/pickups */
export const PickupList = z.object({
  version: z.number().int(),
  codeSalt: z.string(),
  /** Cost N of the digests, a power of two; 16384 where it is left out. */
  codeCost: z
    .number()
    .int()
    .min(1_024)
    .max(65_536)
    .refine((cost) => Number.isInteger(Math.log2(cost)))
    .optional(),
  pickups: z.array(PickupAnnouncement),
});
export type PickupList = z.infer<typeof PickupList>;

/** POST /v1/pickup-events. Idempotency key `pickup:<pickupId>:<sequence>`. */
export const PickupEvent = z.object({
  pickupId: z.uuid(),
  kioskCode: z.string(),
  sequence: z.number().int().min(1),
  event: z.enum(['opened', 'closed', 'refused', 'unknown']),
  cell: z.string(),
  at: Moment,
  actId: z.uuid(),
});
export type PickupEvent = z.infer<typeof PickupEvent>;

/** POST /v1/ratings. Idempotency key `rating:<ratingId>`; one rating a subject: a second one is refused with `already-rated`. */
export const Rating = z.object({
  ratingId: z.uuid(),
  kioskCode: z.string(),
  subject: z.enum(['case', 'pickup']),
  subjectId: z.uuid(),
  level: z.number().int().min(1).max(5),
  /** Evaluation channel code: 5 hall terminal (screen), 4 evaluation keypad. */
  channel: z.enum(['4', '5']),
  at: Moment,
});
export type Rating = z.infer<typeof Rating>;

/** Answer to a pick-up event or rating. */
export const Acknowledged = z.object({ key: z.string(), receivedAt: Moment });
export type Acknowledged = z.infer<typeof Acknowledged>;

/** What a message of a batch is: a case, a pick-up event or a rating, each as its own route takes it. */
export const BATCH_KINDS = ['case', 'pickup', 'rating'] as const;

/** POST /v1/batches: messages of different subjects in one request. Each is handled, kept and answered by itself. */
export const Batch = z.object({
  entries: z
    .array(
      z.object({
        kind: z.enum(BATCH_KINDS),
        /** The idempotency key that the message has on its own route. */
        key: z.string().min(1).max(128),
        /** Body of the message's own route as text, byte for byte what is sent there (JSON in UTF-8). */
        body: z.string(),
      }),
    )
    .min(1)
    .max(50),
});
export type Batch = z.infer<typeof Batch>;

/** Answers to a batch, one for each entry in the same order. */
export const BatchAnswer = z.object({
  answers: z.array(
    z.object({
      key: z.string(),
      /** HTTP status that the message's own route would have answered with. */
      status: z.number().int(),
      /** Whether this is the first answer to an earlier request with this key. */
      replayed: z.boolean(),
      /** Whole seconds to wait before this entry is sent again. */
      retryAfter: z.number().int().min(0).optional(),
      /** What the message's own route would have answered; a problem when `status` is 400 or more. */
      answer: z.unknown(),
    }),
  ),
});
export type BatchAnswer = z.infer<typeof BatchAnswer>;

/**
 * Losses of a kiosk's store. `rolled-back`: its database is an earlier state; `database-gone`: there was none any more;
 * `witness-lost`: nobody can tell; `platform-newer`: the platform held more than the store knew of.
 */
export const STORE_LOSSES = ['rolled-back', 'database-gone', 'witness-lost', 'platform-newer'] as const;

/** POST /v1/heartbeats, every 30 s, never queued. */
export const Heartbeat = z.object({
  kioskCode: z.string(),
  at: Moment,
  version: z.string(),
  waiting: z.number().int(),
  parked: z.number().int(),
  devices: z.array(
    z.object({
      deviceClass: z.string(),
      status: z.string(),
      /** Since when it is so, by the kiosk's clock. */
      since: Moment.optional(),
      /** The fault behind a status other than online, as a code; left out when none is known. */
      fault: z.string().optional(),
      /** What it uses up. At `lowAt` left, or less, somebody should see to it; a state of `low` is no fault. */
      supplies: z
        .array(
          z.object({
            name: z.string(),
            state: z.string(),
            left: z.number().optional(),
            lowAt: z.number().optional(),
            unit: z.string().optional(),
          }),
        )
        .optional(),
      /** What it did so far, e.g. `prints`, `cuts`, `opens`, `reads`. */
      counters: z.record(z.string(), z.number()).optional(),
    }),
  ),
  /**
   * Last record of the kiosk's evidence chain: its number and its SHA-256 in hex. The number never goes back and one number
   * never has two hashes; else the chain was cut or rewritten.
   */
  evidence: z.object({ seq: z.number().int().min(1), hash: Sha256 }).optional(),
  /** What the kiosk found to be gone from its store, until a technician took note of it; left out when nothing is. */
  storeLoss: z.object({ kind: z.enum(STORE_LOSSES), at: Moment }).optional(),
  /**
   * What is wrong with the credentials in the kiosk's configuration; left out when nothing is. `key-lost`: some cannot be
   * opened, e.g. the technician's PIN; `plain`: some lie unsealed on its disk. A kiosk without its token cannot say so.
   */
  settings: z.enum(['key-lost', 'plain']).optional(),
  /** People who ask for duty staff: told again until `helpSeen` names them; left out when there are none. */
  help: z
    .array(z.object({ requestId: z.uuid(), at: Moment, reason: z.enum(HELP_REASONS), screen: z.string().max(40) }))
    .max(MOST_HELP_REQUESTS)
    .optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatAnswer = z.object({
  /**
   * How far this kiosk had got as far as the platform knows, so that a store that lost something notices: the furthest record
   * of its evidence chain that was told, and the highest local tracking number of the last days on which it filed cases.
   */
  held: z
    .object({
      evidence: z.object({ seq: z.number().int().min(1), hash: Sha256 }).optional(),
      numbers: z
        .array(z.object({ localDate: z.iso.date(), last: z.number().int().min(1) }))
        .max(8)
        .optional(),
    })
    .optional(),
  /** The platform's clock, for the kiosk's offset. */
  now: Moment,
  catalogueVersion: z.number().int(),
  pickupsVersion: z.number().int(),
  /** Requests for help that the duty roster has; left out when none were told. */
  helpSeen: z.array(z.uuid()).optional(),
  /** The platform takes batches of so many entries and bytes; left out by one that has no /v1/batches. */
  batch: z.object({ entries: z.number().int().min(1), bytes: z.number().int().min(1) }).optional(),
  /**
   * Whether the platform takes files of cases. A kiosk that is told `false` begins no case that needs one; left out by a
   * platform that does not say, which is found out by trying.
   */
  attachments: z.boolean().optional(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

/** GET /v1/catalogue */
export const CatalogueAnswer = z.object({ version: z.number().int(), items: z.array(z.unknown()) });

/** GET /v1/sealing-keys: the first one is to be used. */
export const SealingKeys = z.object({ keys: z.array(SealingKey).min(1) });

/** GET /v1/submissions/{key}: what became of a request with this idempotency key. */
export const SubmissionStatus = z.object({
  key: z.string(),
  status: z.number().int(),
  /** The first answer, as it was given. */
  answer: z.unknown(),
});
export type SubmissionStatus = z.infer<typeof SubmissionStatus>;

/** GET /v1/attachments/{attachmentId}: what the platform holds of a file, and what that means for its case. */
export const AttachmentStatus = z.object({
  attachmentId: z.uuid(),
  /** Bytes of the sealed file, and how many of them are kept so far. */
  size: z.number().int(),
  offset: z.number().int(),
  /** Hash of the sealed bytes that the platform holds; null until it has all of them. The kiosk keeps its copy till then. */
  sha256: Sha256.nullable(),
  case: CaseStatus,
});
export type AttachmentStatus = z.infer<typeof AttachmentStatus>;

/** Problem types of the platform (RFC 9457 `type`). Retryable or permanent is decided by type, not by prose. */
export const PROBLEM_TYPES = {
  'urn:hall24:busy': 'retry',
  'urn:hall24:in-progress': 'retry',
  'urn:hall24:sequence-gap': 'retry',
  'urn:hall24:unauthorised': 'retry',
  'urn:hall24:malformed': 'permanent',
  'urn:hall24:unreadable-envelope': 'permanent',
  'urn:hall24:item-unknown': 'permanent',
  'urn:hall24:item-version-withdrawn': 'permanent',
  'urn:hall24:key-reused': 'permanent',
  'urn:hall24:already-rated': 'permanent',
  'urn:hall24:pickup-unknown': 'permanent',
  'urn:hall24:not-found': 'permanent',
  'urn:hall24:offset-differs': 'retry',
  'urn:hall24:chunk-damaged': 'retry',
  'urn:hall24:attachment-unknown': 'permanent',
  'urn:hall24:attachment-differs': 'permanent',
  'urn:hall24:tus-version': 'permanent',
} as const satisfies Record<string, 'retry' | 'permanent'>;
export type PlatformProblemType = keyof typeof PROBLEM_TYPES;

/** application/problem+json */
export const ProblemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  /** With `sequence-gap`: the entry of the subject that is next. */
  expectedSequence: z.number().int().min(1).optional(),
  /** With `offset-differs`: the byte of the file that is next. */
  expectedOffset: z.number().int().min(0).optional(),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;
