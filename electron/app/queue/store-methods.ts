import { z } from 'zod';
import { LANGUAGES } from '../../domain/text.ts';
import { Envelope, SealingKey } from '../../platform-api/envelope.ts';
import { ItemPackSchema } from '../../platform-api/item-pack-schema.ts';
import { PickupList } from '../../platform-api/messages.ts';
import type {
  ActRecord,
  AttachmentRecord,
  CaseRecord,
  LocalKeys,
  OutboxEntry,
  OutboxSummary,
  PickupRecord,
  StoreLoss,
  StorePort,
  Stored,
} from '../../services/ports.ts';

/** The methods of the store that are carried to another process. */
export type StoreMethod = Exclude<keyof StorePort, 'changes' | 'close'>;
type ValueOf<M extends StoreMethod> = ReturnType<StorePort[M]> extends Stored<infer T> ? T : never;

interface MethodShape<M extends StoreMethod> {
  readonly input: z.ZodType<Parameters<StorePort[M]>>;
  readonly output: z.ZodType<ValueOf<M>>;
  /**
   * What happens when a call is repeated because its process died before the answer: `repeatable` calls come to the same
   * by themselves (reads; writes that say the whole outcome, or carry a key of their own), a `command` is kept with its
   * answer so that it is done once.
   */
  readonly repeat: 'repeatable' | 'command';
}

/** An enumeration that the compiler keeps complete: a word that is added to the type must be added here. */
function words<K extends string>(all: Readonly<Record<K, 0>>): z.ZodType<K> {
  return z.enum(Object.keys(all) as [K, ...K[]]);
}

const text = z.string();
const moment = z.number();
const LocalTextShape = z.object({ 'zh-CN': text, en: text });

export const StoreErrorShape = z.object({
  code: z.enum(['full', 'unavailable', 'conflict', 'not-found']),
  detail: text,
});

const CaseRecordShape: z.ZodType<CaseRecord> = z.object({
  caseId: text,
  submissionId: text,
  trackingNumber: text,
  itemId: text,
  itemVersion: z.number(),
  itemName: LocalTextShape,
  language: z.enum(LANGUAGES),
  state: words<CaseRecord['state']>({ kept: 0, received: 0, approved: 0, refused: 0, parked: 0 }),
  keptAt: moment,
  receivedAt: moment.nullable(),
  caseNumber: text.nullable(),
  decidedAt: moment.nullable(),
  outcome: LocalTextShape.nullable(),
  reason: text.nullable(),
  actId: text,
  applicantMasked: text,
});

const Detail = z.record(text, z.union([text, z.number(), z.boolean(), z.null()]));
const ActKindShape = words<ActRecord['kind']>({
  'submit-case': 0,
  'open-door': 0,
  'print-receipt': 0,
  rate: 0,
  'upload-attachment': 0,
});
const ActOwnerShape = words<ActRecord['owner']>({ kiosk: 0, 'duty-staff': 0 });
const ActRecordShape: z.ZodType<ActRecord> = z.object({
  actId: text,
  kind: ActKindShape,
  subjectId: text,
  state: words<ActRecord['state']>({ intended: 0, sent: 0, confirmed: 0, refused: 0, unknown: 0 }),
  owner: ActOwnerShape,
  createdAt: moment,
  updatedAt: moment,
  detail: Detail,
});

const PickupRecordShape = z.object({
  pickupId: text,
  cell: text,
  codeDigest: text,
  holder: text,
  contents: z.array(z.object({ name: LocalTextShape, count: z.number() })),
  validFrom: moment,
  validTo: moment,
  state: words<PickupRecord['state']>({ ready: 0, opening: 0, opened: 0, collected: 0, withdrawn: 0 }),
  openedAt: moment.nullable(),
  closedAt: moment.nullable(),
});

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
const RatingRecordShape = z.object({
  ratingId: text,
  subject: z.enum(['case', 'pickup']),
  subjectId: text,
  level,
  channel: z.enum(['keypad', 'screen']),
  at: moment,
});

const WrittenAttachmentShape = { sha256: text, size: z.number(), chunks: z.array(text) };
const AttachmentRecordShape: z.ZodType<AttachmentRecord> = z.object({
  attachmentId: text,
  caseId: text,
  slot: text,
  size: z.number(),
  sha256: text,
  state: words<AttachmentRecord['state']>({
    held: 0,
    ready: 0,
    sending: 0,
    parked: 0,
    acknowledged: 0,
    discarded: 0,
  }),
  attempts: z.number(),
  reason: text.nullable(),
});

const EntryShape = {
  entryId: text,
  kind: words<OutboxEntry['kind']>({ case: 0, pickup: 0, rating: 0 }),
  subjectId: text,
  sequence: z.number(),
  idempotencyKey: text,
  sha256: text,
  createdAt: moment,
  attempts: z.number(),
};
const OutboxEntryShape: z.ZodType<OutboxEntry> = z.object({ ...EntryShape, body: z.instanceof(Uint8Array) });

const SaidOfCase = z.object({
  state: z.enum(['received', 'approved', 'refused']),
  caseNumber: text,
  receivedAt: moment,
  decidedAt: moment.nullable(),
  outcome: LocalTextShape.nullable(),
});
const DeliveryOutcomeShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('acknowledged'), at: moment, case: SaidOfCase.exactOptional() }),
  z.object({ kind: z.literal('retry'), nextTryAt: moment, reason: text }),
  z.object({ kind: z.literal('parked'), reason: text }),
]);
const AttachmentOutcomeShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('acknowledged'), at: moment, sha256: text, case: SaidOfCase }),
  z.object({ kind: z.literal('retry'), nextTryAt: moment, reason: text }),
  z.object({ kind: z.literal('parked'), reason: text }),
]);
const ClaimLaneShape = z.object({
  lane: z.enum(['first', 'again']).exactOptional(),
  requests: z.number(),
  entries: z.number(),
  maxBytes: z.number().exactOptional(),
});
const ClaimOrderShape = z.object({ now: moment, requests: z.number(), lanes: z.array(ClaimLaneShape) });
const DeliveredShape = z.object({ entryId: text, outcome: DeliveryOutcomeShape });

const AuditShape = z.object({ at: moment, who: text, what: text, detail: text });
const nothing = z.unknown().transform(() => undefined);
const none = z.tuple([]);
const doorStep = { pickupId: text, actId: text, at: moment };
const ItemPacks = z.array(ItemPackSchema);

const HeadShape = z.object({ seq: z.number(), hash: text });
const StoreLossShape: z.ZodType<StoreLoss> = z.object({
  kind: words<StoreLoss['kind']>({ 'rolled-back': 0, 'database-gone': 0, 'witness-lost': 0, 'platform-newer': 0 }),
  at: moment,
  had: HeadShape.nullable(),
  has: HeadShape.nullable(),
});
const HeldShape = z.object({
  evidence: HeadShape.optional(),
  numbers: z.array(z.object({ localDate: text, last: z.number() })).optional(),
});

const KeyReportShape = z.object({ state: z.enum(['none', 'held', 'lost']), keyId: text.nullable() });
const LocalKeyShape = z.object({ id: text, bytes: z.instanceof(Uint8Array) });
export const LocalKeysShape: z.ZodType<LocalKeys> = z.object({ current: LocalKeyShape, older: z.array(LocalKeyShape) });
const handedOver = { id: text, at: moment, entries: z.number(), copied: z.boolean() };

/** Shape of every call and answer that crosses to the queue process, both checked where they arrive. */
export const STORE_METHODS: { readonly [M in StoreMethod]: MethodShape<M> } = {
  submitCase: {
    input: z.tuple([
      z.object({
        caseId: text,
        submissionId: text,
        actId: text,
        kioskCode: text,
        localDate: text,
        itemId: text,
        itemVersion: z.number(),
        itemCode: text,
        itemName: LocalTextShape,
        language: z.enum(LANGUAGES),
        keptAt: moment,
        envelope: Envelope,
        applicantMasked: text,
        attachments: z
          .array(
            z.object({ attachmentId: text, actId: text, slot: text, envelope: Envelope, ...WrittenAttachmentShape }),
          )
          .exactOptional(),
      }),
    ]),
    output: CaseRecordShape,
    repeat: 'repeatable',
  },
  findCase: {
    input: z.tuple([z.union([z.object({ caseId: text }), z.object({ number: text })])]),
    output: CaseRecordShape,
    repeat: 'repeatable',
  },
  beginAct: {
    input: z.tuple([z.object({ actId: text, kind: ActKindShape, subjectId: text, at: moment, detail: Detail })]),
    output: ActRecordShape,
    repeat: 'command',
  },
  advanceAct: {
    input: z.tuple([
      z.object({
        actId: text,
        event: z.enum(['send', 'confirm', 'refuse', 'lose-track']),
        at: moment,
        owner: ActOwnerShape.exactOptional(),
        detail: Detail.exactOptional(),
      }),
    ]),
    output: ActRecordShape,
    repeat: 'command',
  },
  actsOf: { input: z.tuple([text]), output: z.array(ActRecordShape), repeat: 'repeatable' },
  openActs: { input: none, output: z.array(ActRecordShape), repeat: 'repeatable' },
  announcePickups: { input: z.tuple([PickupList]), output: nothing, repeat: 'repeatable' },
  codeRule: {
    input: none,
    output: z.object({ salt: text, cost: z.number() }).nullable(),
    repeat: 'repeatable',
  },
  findPickupByDigest: { input: z.tuple([text]), output: PickupRecordShape, repeat: 'repeatable' },
  findPickup: { input: z.tuple([text]), output: PickupRecordShape, repeat: 'repeatable' },
  openedPickups: {
    input: none,
    output: z.array(z.object({ pickupId: text, actId: text })),
    repeat: 'repeatable',
  },
  beginOpening: {
    input: z.tuple([z.object({ ...doorStep, sensorSays: z.enum(['open', 'closed']).exactOptional() })]),
    output: PickupRecordShape,
    repeat: 'command',
  },
  settleOpening: {
    input: z.tuple([z.object({ ...doorStep, outcome: z.enum(['opened', 'refused', 'unknown']), kioskCode: text })]),
    output: PickupRecordShape,
    repeat: 'command',
  },
  settleClosing: {
    input: z.tuple([z.object({ ...doorStep, kioskCode: text })]),
    output: PickupRecordShape,
    repeat: 'command',
  },
  rate: {
    input: z.tuple([RatingRecordShape.extend({ actId: text, kioskCode: text })]),
    output: RatingRecordShape,
    repeat: 'command',
  },
  ratingOf: { input: z.tuple([text]), output: RatingRecordShape.nullable(), repeat: 'repeatable' },
  settleAndClaim: {
    input: z.tuple([z.array(DeliveredShape), ClaimOrderShape.nullable()]),
    output: z.object({
      failed: z.array(StoreErrorShape),
      requests: z.array(z.array(OutboxEntryShape)),
      nextDueAt: moment.nullable(),
    }),
    repeat: 'repeatable',
  },
  releaseClaims: { input: none, output: z.number(), repeat: 'repeatable' },
  wakeAll: { input: z.tuple([moment]), output: nothing, repeat: 'repeatable' },
  outbox: {
    input: none,
    output: z.array(
      z.object({
        ...EntryShape,
        kind: words<OutboxSummary['kind']>({ case: 0, pickup: 0, rating: 0, attachment: 0 }),
        state: z.enum(['ready', 'sending', 'parked']),
        owner: ActOwnerShape,
        label: text,
        nextTryAt: moment.nullable(),
        reason: text.nullable(),
      }),
    ),
    repeat: 'repeatable',
  },
  outboxCounts: {
    input: none,
    output: z.object({ waiting: z.number(), parked: z.number(), nextDueAt: moment.nullable() }),
    repeat: 'repeatable',
  },
  claimAttachments: {
    input: z.tuple([moment, z.number(), z.boolean()]),
    output: z.object({
      uploads: z.array(z.object({ attachmentId: text, caseId: text, attempts: z.number(), ...WrittenAttachmentShape })),
      nextDueAt: moment.nullable(),
    }),
    repeat: 'repeatable',
  },
  attachmentChunk: {
    input: z.tuple([text, z.number()]),
    output: z.instanceof(Uint8Array),
    repeat: 'repeatable',
  },
  settleAttachment: { input: z.tuple([text, AttachmentOutcomeShape]), output: nothing, repeat: 'repeatable' },
  attachmentsOf: { input: z.tuple([text]), output: z.array(AttachmentRecordShape), repeat: 'repeatable' },
  collectAttachments: {
    input: none,
    output: z.object({ removed: z.number(), aside: z.number(), lost: z.number() }),
    repeat: 'repeatable',
  },
  resend: { input: z.tuple([text, moment]), output: nothing, repeat: 'command' },
  discard: {
    input: z.tuple([z.object({ entryId: text, at: moment, people: z.tuple([text, text]), reason: text })]),
    output: nothing,
    repeat: 'command',
  },
  saveCatalogue: { input: z.tuple([z.number(), ItemPacks]), output: nothing, repeat: 'repeatable' },
  loadCatalogue: {
    input: none,
    output: z.object({ version: z.number(), items: ItemPacks }).nullable(),
    repeat: 'repeatable',
  },
  saveSealingKey: { input: z.tuple([SealingKey]), output: nothing, repeat: 'repeatable' },
  sealingKey: { input: none, output: SealingKey.nullable(), repeat: 'repeatable' },
  audit: { input: z.tuple([AuditShape]), output: nothing, repeat: 'command' },
  auditTail: { input: z.tuple([z.number()]), output: z.array(AuditShape), repeat: 'repeatable' },
  pinFailures: { input: none, output: z.object({ count: z.number(), lastAt: moment }), repeat: 'repeatable' },
  recordPin: { input: z.tuple([z.boolean(), moment]), output: nothing, repeat: 'command' },
  wrongCodes: { input: none, output: z.array(moment), repeat: 'repeatable' },
  saveWrongCodes: { input: z.tuple([z.array(moment)]), output: nothing, repeat: 'repeatable' },
  appendEvidence: {
    input: z.tuple([z.object({ at: moment, who: text, what: text, subject: text, detail: Detail })]),
    output: nothing,
    repeat: 'command',
  },
  evidenceHead: {
    input: none,
    output: z.object({ seq: z.number(), hash: text, at: moment }).nullable(),
    repeat: 'repeatable',
  },
  storeLoss: { input: none, output: StoreLossShape.nullable(), repeat: 'repeatable' },
  compareHeld: { input: z.tuple([text, HeldShape]), output: StoreLossShape.nullable(), repeat: 'repeatable' },
  noteLoss: { input: z.tuple([moment]), output: nothing, repeat: 'command' },
  keyReport: { input: none, output: KeyReportShape, repeat: 'repeatable' },
  rekey: { input: z.tuple([LocalKeysShape, z.boolean()]), output: KeyReportShape, repeat: 'repeatable' },
  handedOver: { input: none, output: z.object(handedOver).nullable(), repeat: 'repeatable' },
  handOver: {
    input: z.tuple([z.object({ id: text, at: moment, path: text })]),
    output: z.object({ ...handedOver, bytes: z.number(), sha256: text }),
    repeat: 'repeatable',
  },
  takeBack: { input: z.tuple([moment]), output: nothing, repeat: 'command' },
  forget: { input: z.tuple([moment]), output: z.number(), repeat: 'repeatable' },
};
