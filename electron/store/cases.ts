import { createHash } from 'node:crypto';
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
import type { Acts } from './acts.ts';
import type { AttachmentRows } from './attachments.ts';
import type { Database } from './database.ts';
import { readJson } from './json.ts';
import type { Scratch } from './scratch.ts';
import type { Outbox } from './outbox.ts';

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
  outcome = ?, reason = NULL WHERE case_id = ? RETURNING ${COLUMNS}`;

/** A case as it reads right after it was kept. */
function keptRecord(entry: NewCase, trackingNumber: string): CaseRecord {
  const { caseId, submissionId, itemId, itemVersion, itemName, language, keptAt, actId, applicantMasked } = entry;
  return {
    caseId,
    submissionId,
    trackingNumber,
    itemId,
    itemVersion,
    itemName,
    language,
    state: 'kept',
    keptAt,
    receivedAt: null,
    caseNumber: null,
    decidedAt: null,
    outcome: null,
    reason: null,
    actId,
    applicantMasked,
  };
}

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

/** Cases as rows. */
export class CaseRows {
  readonly #db: Database;
  readonly #acts: Acts;
  readonly #outbox: Outbox;
  readonly #attachments: AttachmentRows;

  constructor(db: Database, acts: Acts, outbox: Outbox, attachments: AttachmentRows) {
    this.#db = db;
    this.#acts = acts;
    this.#outbox = outbox;
    this.#attachments = attachments;
  }

  /** Keeps a new case with its act and its outbox entry; the same submission gives the stored case again. */
  submit(entry: NewCase): Result<CaseRecord, StoreError> {
    const known = this.#find('submission_id', entry.submissionId);
    if (known) return ok(known);
    const files = this.#attachments.check(entry);
    if (!files.ok) return files;
    const daySequence = this.#nextSequence(entry.kioskCode, entry.localDate);
    const trackingNumber = formatTrackingNumber({
      kioskCode: entry.kioskCode,
      dateISO: entry.localDate,
      sequence: daySequence,
    });
    this.#acts.begin({
      actId: entry.actId,
      kind: 'submit-case',
      subjectId: entry.caseId,
      at: entry.keptAt,
      detail: { trackingNumber, itemId: entry.itemId },
    });
    this.#insert(entry, trackingNumber, daySequence);
    this.#outbox.add({
      kind: 'case',
      subjectId: entry.caseId,
      key: (sequence) => `case:${entry.caseId}:${sequence}`,
      actId: entry.actId,
      label: trackingNumber,
      at: entry.keptAt,
      message: (sequence, into) => writeSubmission(into, entry, trackingNumber, sequence),
    });
    this.#attachments.add(entry, trackingNumber);
    const record = keptRecord(entry, trackingNumber);
    this.#db.changed({ type: 'case', record });
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
    const row = this.#db.get<CaseRow>(
      ACKNOWLEDGE,
      said?.state ?? 'received',
      said?.receivedAt ?? outcome.at,
      said?.caseNumber ?? null,
      said?.decidedAt ?? null,
      said?.outcome ? JSON.stringify(said.outcome) : null,
      caseId,
    );
    if (row) this.#db.changed({ type: 'case', record: toRecord(row) });
  }

  /** The platform has the case but not all its files: for the person it is still kept here. */
  arrived(caseId: string, outcome: DeliveryOutcome & { readonly kind: 'acknowledged' }): void {
    this.#db.run(
      'UPDATE cases SET case_number = coalesce(?, case_number) WHERE case_id = ?',
      outcome.case?.caseNumber ?? null,
      caseId,
    );
    this.#tell(caseId);
  }

  /** Not on its way any more (`refused`, `parked`), or on its way again (`kept`). */
  setUndelivered(caseId: string, state: 'kept' | 'refused' | 'parked', reason: string | null): void {
    this.#db.run('UPDATE cases SET state = ?, reason = ? WHERE case_id = ?', state, reason, caseId);
    this.#tell(caseId);
  }

  #tell(caseId: string): void {
    const record = this.#find('case_id', caseId);
    if (record) this.#db.changed({ type: 'case', record });
  }

  #find(column: keyof typeof FIND, value: string): CaseRecord | null {
    const row = this.#db.get<CaseRow>(FIND[column], value);
    return row ? toRecord(row) : null;
  }

  /** Never gives a number twice, even after rows were deleted or the database was replaced by an earlier state. */
  #nextSequence(kioskCode: string, localDate: string): number {
    const { witness } = this.#db;
    const row = this.#db.get<{ last: number }>(
      `INSERT INTO tracking_counters (kiosk_code, local_date, last)
       VALUES (?, ?, max(?, 1 + coalesce((SELECT value ->> '$' FROM kept_values WHERE name = 'sequence-floor'), 0)))
       ON CONFLICT (kiosk_code, local_date) DO UPDATE SET last = max(excluded.last, last + 1) RETURNING last`,
      kioskCode,
      localDate,
      1 + witness.floorOf(kioskCode, localDate),
    );
    if (!row) throw new Error('the counter gave no number');
    witness.reserve(kioskCode, localDate, row.last);
    return row.last;
  }

  #insert(entry: NewCase, trackingNumber: string, daySequence: number): void {
    this.#db.run(
      `INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence, item_id,
         item_version, item_name, language, state, kept_at, act_id, applicant_masked)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'kept', ?, ?, ?)`,
      entry.caseId,
      entry.submissionId,
      trackingNumber,
      entry.kioskCode,
      entry.localDate,
      daySequence,
      entry.itemId,
      entry.itemVersion,
      JSON.stringify(entry.itemName),
      entry.language,
      entry.keptAt,
      entry.actId,
      entry.applicantMasked,
    );
  }
}

/** A file as its case announces it. */
function announced({ attachmentId, slot, size, sha256, envelope }: NewAttachment): AttachmentManifest {
  return { attachmentId, slot, size, sha256, envelope };
}

/**
 * The message in canonical JSON. The envelope is nearly all of it, so it is written once, for its hash and for the message;
 * its members and those of the message stand in the order of their names.
 */
function writeSubmission(into: Scratch, entry: NewCase, trackingNumber: string, sequence: number): void {
  const { attachments, caseId, envelope, ...rest } = entry;
  const { alg, ct, enc, kid } = envelope;
  const first = { ...(attachments === undefined ? {} : { attachments: attachments.map(announced) }), caseId };
  into.write(`${canonicalJson(first).slice(0, -1)},"envelope":`);
  const place = into.length;
  into.write(`{"alg":${JSON.stringify(alg)},"ct":`);
  into.write(JSON.stringify(ct));
  into.write(`,${canonicalJson({ enc, kid }).slice(1)}`);
  const sha256 = createHash('sha256').update(into.since(place)).digest('hex');
  const last: Omit<CaseSubmission, 'attachments' | 'caseId' | 'envelope'> = {
    itemCode: rest.itemCode,
    itemId: rest.itemId,
    itemVersion: rest.itemVersion,
    keptAt: new Date(rest.keptAt).toISOString(),
    kioskCode: rest.kioskCode,
    language: rest.language,
    sequence,
    sha256,
    trackingNumber,
  };
  into.write(`,${canonicalJson(last).slice(1)}`);
}
