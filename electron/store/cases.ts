import { canonicalJson } from '../domain/case-payload.ts';
import type { CaseState } from '../domain/case.ts';
import type { Language, LocalText } from '../domain/text.ts';
import { formatTrackingNumber, parseTrackingNumber } from '../domain/tracking-number.ts';
import type {
  AttachmentManifest,
  CaseRecord,
  CaseSubmission,
  DeliveryOutcome,
  NewAttachment,
  NewCase,
  StoreError,
} from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import type { AttachmentRows } from './attachments.ts';
import type { Database } from './database.ts';
import { keptRecord, type Intake } from './intake.ts';
import { readJson } from './json.ts';
import type { Scratch } from './scratch.ts';
import type { Outbox } from './outbox.ts';
import { sha256 } from './sha256.ts';

interface CaseRow {
  case_id: string;
  submission_id: string;
  tracking_number: string;
  item_id: string;
  item_version: number;
  item_name: string;
  language: Language;
  state: CaseState;
  kept_at: number;
  received_at: number | null;
  case_number: string | null;
  decided_at: number | null;
  outcome: string | null;
  reason: string | null;
  act_id: string;
  applicant_masked: string;
}

const COLUMNS = `case_id, submission_id, tracking_number, item_id, item_version, item_name, language, state, kept_at,
  received_at, case_number, decided_at, outcome, reason, act_id, applicant_masked`;

const FIND = {
  case_id: `SELECT ${COLUMNS} FROM cases WHERE case_id = ? LIMIT 1`,
  submission_id: `SELECT ${COLUMNS} FROM cases WHERE submission_id = ? LIMIT 1`,
  tracking_number: `SELECT ${COLUMNS} FROM cases WHERE tracking_number = ? LIMIT 1`,
  case_number: `SELECT ${COLUMNS} FROM cases WHERE case_number = ? LIMIT 1`,
} as const;
const ACKNOWLEDGE = `UPDATE cases SET state = ?, received_at = ?, case_number = coalesce(?, case_number), decided_at = ?,
  outcome = ?, reason = NULL WHERE case_id = ?`;

function toRecord(row: CaseRow): CaseRecord {
  return {
    caseId: row.case_id,
    submissionId: row.submission_id,
    trackingNumber: row.tracking_number,
    itemId: row.item_id,
    itemVersion: row.item_version,
    itemName: readJson<LocalText>(row.item_name, { 'zh-CN': row.item_id, en: row.item_id }),
    language: row.language,
    state: row.state,
    keptAt: row.kept_at,
    receivedAt: row.received_at,
    caseNumber: row.case_number,
    decidedAt: row.decided_at,
    outcome: row.outcome === null ? null : readJson<LocalText | null>(row.outcome, null),
    reason: row.reason,
    actId: row.act_id,
    applicantMasked: row.applicant_masked,
  };
}

/** The day's last number that is in its table; where there is none, what numbers begin after. */
const LAST_NUMBER = `SELECT coalesce((SELECT last FROM tracking_counters WHERE kiosk_code = ? AND local_date = ?),
  (SELECT value ->> '$' FROM kept_values WHERE name = 'sequence-floor'), 0) AS last`;

/** Cases as rows. */
export class CaseRows {
  readonly #db: Database;
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  readonly #attachments: AttachmentRows;

  constructor(db: Database, intake: Intake, outbox: Outbox, attachments: AttachmentRows) {
    this.#db = db;
    this.#intake = intake;
    this.#outbox = outbox;
    this.#attachments = attachments;
  }

  /** Keeps a new case with its act and its outbox entry; the same submission gives the stored case again. */
  submit(entry: NewCase): Result<CaseRecord, StoreError> {
    const waiting = this.#intake.find(entry.submissionId);
    const known = waiting ? keptRecord(waiting) : this.#find('submission_id', entry.submissionId);
    if (known) return ok(known);
    const files = this.#attachments.check(entry);
    if (!files.ok) return files;
    const { attachments, envelope: _sealed, itemCode: _code, ...rest } = entry;
    const { kioskCode, localDate, caseId, actId } = entry;
    const daySequence = this.#nextSequence(kioskCode, localDate);
    const trackingNumber = formatTrackingNumber({ kioskCode, dateISO: localDate, sequence: daySequence });
    const message = this.#outbox.write({
      kind: 'case',
      subjectId: caseId,
      key: (sequence) => `case:${caseId}:${sequence}`,
      actId,
      label: trackingNumber,
      at: entry.keptAt,
      message: (sequence, into) => writeSubmission(into, entry, trackingNumber, sequence),
    });
    const kept = { ...rest, trackingNumber, daySequence, message };
    const taken = this.#intake.keep(kept);
    if (!taken.ok) return taken;
    if (attachments !== undefined && attachments.length > 0) {
      this.#intake.settle();
      this.#attachments.add(entry, trackingNumber);
    }
    const record = keptRecord(kept);
    this.#db.changed({ type: 'case', caseId });
    return ok(record);
  }

  findById(caseId: string): CaseRecord | null {
    return this.#find('case_id', caseId);
  }

  /** By tracking number, however it is spaced, or by the platform's case number. */
  findByNumber(number: string): CaseRecord | null {
    const parts = parseTrackingNumber(number);
    const tracking = parts.ok ? formatTrackingNumber(parts.value) : number;
    return this.#find('tracking_number', tracking) ?? this.#find('case_number', number);
  }

  /** The platform has it. */
  acknowledge(caseId: string, outcome: DeliveryOutcome & { readonly kind: 'acknowledged' }): void {
    const said = outcome.case;
    const changed = this.#db.run(
      ACKNOWLEDGE,
      said?.state ?? 'received',
      said?.receivedAt ?? outcome.at,
      said?.caseNumber ?? null,
      said?.decidedAt ?? null,
      said?.outcome ? JSON.stringify(said.outcome) : null,
      caseId,
    );
    if (changed > 0) this.#db.changed({ type: 'case', caseId });
  }

  /** The platform has the case but not all its files: for the person it is still kept here. */
  arrived(caseId: string, outcome: DeliveryOutcome & { readonly kind: 'acknowledged' }): void {
    this.#db.run(
      'UPDATE cases SET case_number = coalesce(?, case_number) WHERE case_id = ?',
      outcome.case?.caseNumber ?? null,
      caseId,
    );
    this.#db.changed({ type: 'case', caseId });
  }

  /** Not on its way any more (`refused`, `parked`), or on its way again (`kept`). */
  setUndelivered(caseId: string, state: 'kept' | 'refused' | 'parked', reason: string | null): void {
    this.#db.run('UPDATE cases SET state = ?, reason = ? WHERE case_id = ?', state, reason, caseId);
    this.#db.changed({ type: 'case', caseId });
  }

  #find(column: keyof typeof FIND, value: string): CaseRecord | null {
    const row = this.#db.get<CaseRow>(FIND[column], value);
    return row ? toRecord(row) : null;
  }

  /** Never gives a number twice, even after rows were deleted or the database was replaced by an earlier state. */
  #nextSequence(kioskCode: string, localDate: string): number {
    const { witness } = this.#db;
    const last =
      this.#intake.lastOf(kioskCode, localDate) ??
      this.#db.get<{ last: number }>(LAST_NUMBER, kioskCode, localDate)?.last ??
      0;
    const next = 1 + Math.max(last, witness.floorOf(kioskCode, localDate));
    witness.reserve(kioskCode, localDate, next);
    return next;
  }
}

/** A file as its case announces it. */
function announced({ attachmentId, slot, size, sha256, envelope }: NewAttachment): AttachmentManifest {
  return { attachmentId, slot, size, sha256, envelope };
}

/**
 * The message in canonical JSON. The envelope is nearly all of it, so it is written once, for its hash and for the message.
 * Flat objects whose members stand in the order of their names are canonical as `JSON.stringify` writes them.
 */
function writeSubmission(into: Scratch, entry: NewCase, trackingNumber: string, sequence: number): void {
  const { attachments, caseId, envelope } = entry;
  const { alg, ct, enc, kid } = envelope;
  const files = attachments === undefined ? '' : `"attachments":${canonicalJson(attachments.map(announced))},`;
  into.write(`{${files}"caseId":${JSON.stringify(caseId)},"envelope":`);
  const place = into.length;
  into.write(JSON.stringify({ alg, ct, enc, kid }));
  const hash = sha256(into.since(place));
  const last: Omit<CaseSubmission, 'attachments' | 'caseId' | 'envelope'> = {
    itemCode: entry.itemCode,
    itemId: entry.itemId,
    itemVersion: entry.itemVersion,
    keptAt: new Date(entry.keptAt).toISOString(),
    kioskCode: entry.kioskCode,
    language: entry.language,
    sequence,
    sha256: hash,
    trackingNumber,
  };
  into.write(`,${JSON.stringify(last).slice(1)}`);
}
