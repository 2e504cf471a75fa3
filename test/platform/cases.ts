import { z } from 'zod';
import type { CasePayload } from '../../electron/domain/case.ts';
import { checkForm } from '../../electron/domain/form.ts';
import { fieldsOf, type ItemPack } from '../../electron/domain/item-pack.ts';
import { LANGUAGES, type LocalText } from '../../electron/domain/text.ts';
import { caseKey } from '../../electron/platform-api/canonical.ts';
import type { Envelope } from '../../electron/platform-api/envelope.ts';
import type { HeldAttachment } from '../../electron/platform-api/attachments.ts';
import type { CaseStatus, CaseSubmission } from '../../electron/platform-api/messages.ts';
import type { Clock } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { AttachmentDesk, heldOf } from './attachments.ts';
import type { PublishedCatalogue } from './catalogue.ts';
import type { Database, Queries } from './database.ts';
import { refusal, type Refusal } from './problem.ts';
import { envelopeSha256, type SealKey } from './seal-key.ts';

/** What must be in an envelope. */
const Payload = z.object({
  schema: z.literal('hall24.case/1'),
  caseId: z.uuid(),
  itemId: z.string(),
  itemVersion: z.number().int(),
  itemCode: z.string(),
  language: z.enum(LANGUAGES),
  applicant: z.object({
    kind: z.enum(['person', 'enterprise']),
    name: z.string().min(1),
    idType: z.literal('resident'),
    idNumber: z.string().min(1),
  }),
  values: z.record(z.string(), z.string()),
});

export interface CaseRow {
  readonly case_id: string;
  readonly tracking_number: string;
  readonly case_number: string;
  readonly kiosk_code: string;
  readonly item_id: string;
  readonly item_version: number;
  readonly language: 'zh-CN' | 'en';
  readonly sequence: number;
  readonly kept_at: number;
  readonly received_at: number;
  readonly state: CaseStatus['state'];
  readonly decided_at: number | null;
  readonly outcome: LocalText | null;
  readonly sha256: string;
  readonly envelope: Envelope;
  readonly seal_due_at: number | null;
}

interface Decision {
  readonly state: CaseStatus['state'];
  readonly outcome: LocalText | null;
}

/** A region that does not exist, so that no number of this platform can be taken for a real one. */
const REGION = '990001';
/** The kiosks stand in China: one offset, no summer time. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Takes cases in, decides the instant ones, answers for their state. */
export class CaseDesk {
  readonly #database: Database;
  readonly #catalogue: PublishedCatalogue;
  readonly #sealKey: SealKey;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sealDelayMs: number;
  readonly attachments: AttachmentDesk;

  /** @param sealDelayMs time until the seal of a new business lies in the locker */
  constructor(
    database: Database,
    catalogue: PublishedCatalogue,
    sealKey: SealKey,
    clock: Pick<Clock, 'now'>,
    sealDelayMs: number,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#catalogue = catalogue;
    this.#sealKey = sealKey;
    this.#sealDelayMs = sealDelayMs;
    this.attachments = new AttachmentDesk({
      database,
      sealKey,
      complete: (queries, caseId) => this.#complete(queries, caseId),
      statusOf: async (queries, caseId) => statusOf(await mustFind(queries, caseId), await heldOf(queries, caseId)),
    });
  }

  /** Takes a case; runs within the transaction of its request. */
  async take(queries: Queries, submission: CaseSubmission, now: number): Promise<Result<CaseStatus, Refusal>> {
    const order = await this.#checkOrder(queries, submission);
    if (!order.ok) return order;
    if (envelopeSha256(submission.envelope) !== submission.sha256) {
      return err(refusal('urn:hall24:malformed', 'sha256 does not belong to the envelope'));
    }
    const payload = await this.open(submission);
    if (payload === null || !describes(payload, submission)) {
      return err(refusal('urn:hall24:unreadable-envelope', `envelope of case ${submission.caseId}`));
    }
    const pack = await this.#catalogue.find(queries, submission.itemId, submission.itemVersion);
    if (!pack.ok) return pack;
    const decision = decide(pack.value, payload, Date.parse(submission.keptAt));
    // What may be approved waits for its files.
    const waits = submission.attachments !== undefined && decision.state !== 'refused';
    const { state, outcome }: Decision = waits ? { state: 'received', outcome: null } : decision;
    const sealDueAt =
      state !== 'refused' && !waits && pack.value.result === 'seal-in-locker' ? now + this.#sealDelayMs : null;
    const [row] = await queries.query<CaseRow>(
      `INSERT INTO service_case (case_id, tracking_number, case_number, kiosk_code, item_id, item_version, language,
         sequence, kept_at, received_at, state, decided_at, outcome, sha256, envelope, seal_due_at)
       VALUES ($1, $2, $3 || lpad(nextval('case_number')::text, 7, '0'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       RETURNING *`,
      [
        submission.caseId,
        submission.trackingNumber,
        `${REGION}-${new Date(now + CHINA_OFFSET_MS).getUTCFullYear()}-`,
        submission.kioskCode,
        submission.itemId,
        submission.itemVersion,
        submission.language,
        submission.sequence,
        Date.parse(submission.keptAt),
        now,
        state,
        state === 'received' ? null : now,
        outcome === null ? null : JSON.stringify(outcome),
        submission.sha256,
        JSON.stringify(submission.envelope),
        sealDueAt,
      ],
    );
    if (row === undefined) throw new Error('the inserted case did not come back');
    const announced = await this.attachments.announce(queries, submission);
    if (!announced.ok) return announced;
    return ok(statusOf(row, await heldOf(queries, submission.caseId)));
  }

  /** All files of a case are here: now it goes its way. */
  async #complete(queries: Queries, caseId: string): Promise<void> {
    const row = await mustFind(queries, caseId);
    if (row.state !== 'received') return;
    const pack = await this.#catalogue.find(queries, row.item_id, row.item_version);
    // A version that was withdrawn in between is decided by people.
    if (!pack.ok) return;
    const now = this.#clock.now();
    const sealDueAt = pack.value.result === 'seal-in-locker' ? now + this.#sealDelayMs : null;
    const instant = pack.value.decision === 'instant';
    await queries.query(
      'UPDATE service_case SET seal_due_at = $2, state = $3, decided_at = $4, outcome = $5 WHERE case_id = $1',
      [
        caseId,
        sealDueAt,
        instant ? 'approved' : 'received',
        instant ? now : null,
        instant ? JSON.stringify(approval(pack.value)) : null,
      ],
    );
  }

  async #checkOrder(queries: Queries, submission: CaseSubmission): Promise<Result<void, Refusal>> {
    const [known] = await queries.query<{ sequence: number }>('SELECT sequence FROM service_case WHERE case_id = $1', [
      submission.caseId,
    ]);
    const expected = (known?.sequence ?? 0) + 1;
    if (submission.sequence !== expected) {
      return err({
        ...refusal('urn:hall24:sequence-gap', `entry ${submission.sequence} came, entry ${expected} is next`),
        more: { expectedSequence: expected },
      });
    }
    return known === undefined ? ok(undefined) : err(refusal('urn:hall24:malformed', 'a case is submitted once'));
  }

  /** Opens an envelope; null when it cannot be opened or holds no case. */
  async open(sealed: Pick<CaseSubmission, 'caseId' | 'sequence' | 'envelope'>): Promise<CasePayload | null> {
    const plaintext = await this.#sealKey.open(sealed.envelope, caseKey(sealed.caseId, sealed.sequence));
    if (plaintext === null) return null;
    try {
      return Payload.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext))).data ?? null;
    } catch {
      return null;
    }
  }

  /** Finds a case by its tracking number or case number; spaces do not matter. */
  async find(number: string): Promise<Result<CaseStatus, Refusal>> {
    const [row] = await this.#database.query<CaseRow>(
      `SELECT * FROM service_case
       WHERE case_number = $1 OR replace(tracking_number, ' ', '') = replace($1, ' ', '')
       ORDER BY received_at DESC LIMIT 1`,
      [number.trim()],
    );
    if (row === undefined) return err(refusal('urn:hall24:not-found', 'no case with this number'));
    return ok(statusOf(row, await heldOf(this.#database, row.case_id)));
  }

  /** Cases whose seal is to be laid into the locker, the one that is due first comes first. */
  async waitingForSeal(): Promise<readonly CaseRow[]> {
    return this.#database.query<CaseRow>(
      'SELECT * FROM service_case WHERE seal_due_at IS NOT NULL ORDER BY seal_due_at, case_number',
    );
  }

  /** The seal lies in the locker: the case is decided. */
  async sealLaid(row: CaseRow, pack: ItemPack, now: number): Promise<void> {
    const outcome = row.outcome ?? approval(pack);
    await this.#database.query(
      `UPDATE service_case SET seal_due_at = NULL, state = 'approved', decided_at = COALESCE(decided_at, $2), outcome = $3
       WHERE case_id = $1`,
      [row.case_id, now, JSON.stringify(outcome)],
    );
  }
}

async function mustFind(queries: Queries, caseId: string): Promise<CaseRow> {
  const [row] = await queries.query<CaseRow>('SELECT * FROM service_case WHERE case_id = $1', [caseId]);
  if (row === undefined) throw new Error('an attachment without its case');
  return row;
}

/** What the platform says of a stored case. */
export function statusOf(row: CaseRow, attachments: readonly HeldAttachment[]): CaseStatus {
  return {
    caseId: row.case_id,
    trackingNumber: row.tracking_number,
    itemId: row.item_id,
    state: row.state,
    caseNumber: row.case_number,
    receivedAt: new Date(row.received_at).toISOString(),
    decidedAt: row.decided_at === null ? null : new Date(row.decided_at).toISOString(),
    outcome: row.outcome === null ? null : { 'zh-CN': row.outcome['zh-CN'], en: row.outcome.en },
    sha256: row.sha256,
    ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
  };
}

/** The open part of a submission must say what the sealed part says. */
function describes(payload: CasePayload, submission: CaseSubmission): boolean {
  return (
    payload.caseId === submission.caseId &&
    payload.itemId === submission.itemId &&
    payload.itemVersion === submission.itemVersion &&
    payload.itemCode === submission.itemCode
  );
}

/** @param keptAt when the citizen submitted: dates in the form are judged by that day, not by the day of arrival */
function decide(pack: ItemPack, payload: CasePayload, keptAt: number): Decision {
  const today = new Date(keptAt + CHINA_OFFSET_MS).toISOString().slice(0, 10);
  const problems = Object.keys(checkForm(pack, payload.values, today));
  if (problems.length > 0) return { state: 'refused', outcome: refusalOutcome(pack, problems) };
  if (pack.decision === 'instant') return { state: 'approved', outcome: approval(pack) };
  return { state: 'received', outcome: null };
}

function approval(pack: ItemPack): LocalText {
  return { 'zh-CN': `${pack.name['zh-CN']}：已办结，准予办理。`, en: `${pack.name.en}: done, approved.` };
}

function refusalOutcome(pack: ItemPack, fieldIds: readonly string[]): LocalText {
  const labels = fieldsOf(pack)
    .filter((field) => fieldIds.includes(field.id))
    .map((field) => field.label);
  return {
    'zh-CN': `不予受理：以下内容不符合要求：${labels.map((label) => label['zh-CN']).join('、')}。`,
    en: `Not accepted. These answers do not meet the rules: ${labels.map((label) => label.en).join(', ')}.`,
  };
}
