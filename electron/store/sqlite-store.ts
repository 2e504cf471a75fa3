import type { EvidenceEntry } from '../domain/evidence.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import type {
  ActRecord,
  AttachmentClaim,
  AttachmentOutcome,
  AttachmentRecord,
  AttachmentsCollected,
  AuditRecord,
  Claimed,
  ClaimOrder,
  CaseRecord,
  CodeRule,
  Delivered,
  NewCase,
  DiscardOrder,
  HandedOver,
  HandOverCopy,
  HeldByPlatform,
  KeyReport,
  LocalKeys,
  OutboxCounts,
  OutboxSummary,
  PickupList,
  PickupRecord,
  RatingRecord,
  SealingKey,
  StoreChange,
  StoreError,
  Stored,
  StoreLoss,
  StorePort,
} from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';
import { Emitter } from '../../native/model/events.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { Acts, type ActStep, type NewAct } from './acts.ts';
import { AttachmentDelivery } from './attachment-delivery.ts';
import { AttachmentRows } from './attachments.ts';
import { BackgroundCheck } from './background-check.ts';
import { CaseRows } from './cases.ts';
import { finishCopy } from './backup.ts';
import { conflict, notFound, type Database, type WorkKind } from './database.ts';
import { Delivery } from './delivery.ts';
import { Evidence } from './evidence.ts';
import { Intake } from './intake.ts';
import { KeyedRows } from './keyed-rows.ts';
import type { LocalGuard } from './keys.ts';
import { Losses, type Opening } from './losses.ts';
import { openedPickups } from './open-doors.ts';
import { Outbox } from './outbox.ts';
import { PickupRows } from './pickups.ts';
import { RatingRows } from './ratings.ts';
import { forgetBackups, forgetRows } from './retention.ts';
import { Small } from './small.ts';

/** Another machine has the queue. */
const FENCED: Result<never, StoreError> = err({ code: 'unavailable', detail: 'handed-over' });

/**
 * The store in process. Every method is one transaction over plain data, so that the same port can be served from a
 * process of its own; `changes` are told after the commit.
 */
export class SqliteStore implements StorePort {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #evidence: Evidence;
  readonly #keyed: KeyedRows;
  readonly #losses: Losses;
  #workDone = 0;
  /** Handed over to another machine; null until it was looked up. */
  #fenced: boolean | null = null;
  readonly #acts: Acts;
  readonly #outbox: Outbox;
  readonly #cases: CaseRows;
  readonly #delivery: Delivery;
  readonly #attachments: AttachmentRows;
  readonly #uploads: AttachmentDelivery;
  readonly #pickups: PickupRows;
  readonly #ratings: RatingRows;
  readonly #small: Small;
  readonly #check: BackgroundCheck;
  readonly changes = new Emitter<StoreChange>();

  constructor(db: Database, clock: Clock, guard: LocalGuard) {
    this.#db = db;
    this.#clock = clock;
    this.#evidence = new Evidence(db);
    this.#acts = new Acts(db);
    this.#outbox = new Outbox(db, clock, this.#evidence);
    this.#small = new Small(db, this.#evidence);
    this.#losses = new Losses(db, this.#small, this.#evidence);
    this.#keyed = new KeyedRows(db, guard, this.#small, this.#evidence);
    this.#attachments = new AttachmentRows(db, this.#acts, this.#evidence);
    const intake = new Intake(db, this.#acts, this.#outbox);
    db.settlesFirst(intake);
    this.#cases = new CaseRows(db, intake, this.#outbox, this.#attachments);
    this.#delivery = new Delivery(this.#outbox, this.#acts, this.#cases, this.#attachments);
    this.#uploads = new AttachmentDelivery(this.#attachments, this.#cases);
    this.#pickups = new PickupRows(db, this.#acts, this.#outbox, this.#small, this.#keyed);
    this.#ratings = new RatingRows(db, this.#acts, this.#outbox);
    this.#check = new BackgroundCheck(db, {
      workDone: () => this.#workDone,
      checkSlice: (after, limit) =>
        this.#delivery.check(after, limit, clock.now(), (detail) => db.reportDamage(detail, true)),
    });
  }

  submitCase(entry: NewCase): Stored<CaseRecord> {
    return this.#work('submit', () => this.#cases.submit(entry));
  }

  findCase(by: { readonly caseId: string } | { readonly number: string }): Stored<CaseRecord> {
    return this.#work('read', () => {
      const found = 'caseId' in by ? this.#cases.findById(by.caseId) : this.#cases.findByNumber(by.number);
      return found ? ok(found) : notFound('case');
    });
  }

  beginAct(act: NewAct): Stored<ActRecord> {
    return this.#work('progress', () => ok(this.#acts.begin(act)));
  }

  advanceAct(step: ActStep): Stored<ActRecord> {
    return this.#work('progress', () => this.#acts.advance(step));
  }

  actsOf(subjectId: string): Stored<readonly ActRecord[]> {
    return this.#work('read', () => ok(this.#acts.ofSubject(subjectId)));
  }

  openActs(): Stored<readonly ActRecord[]> {
    return this.#work('read', () => ok(this.#acts.open()));
  }

  announcePickups(list: PickupList): Stored<void> {
    return this.#work('intake', () => this.#pickups.announce(list));
  }

  codeRule(): Stored<CodeRule | null> {
    return this.#work('read', () => ok(this.#small.codeRule()));
  }

  findPickupByDigest(codeDigest: string): Stored<PickupRecord> {
    return this.#work('read', () => this.#pickups.findByDigest(codeDigest));
  }

  findPickup(pickupId: string): Stored<PickupRecord> {
    return this.#work('read', () => {
      const found = this.#pickups.find(pickupId);
      return found ? ok(found) : notFound('pickup');
    });
  }

  openedPickups(): Stored<readonly { readonly pickupId: string; readonly actId: string }[]> {
    return this.#work('read', () => ok(openedPickups(this.#db)));
  }

  beginOpening(step: Parameters<StorePort['beginOpening']>[0]): Stored<PickupRecord> {
    return this.#work('progress', () => (this.#isFenced() ? FENCED : this.#pickups.beginOpening(step)));
  }

  settleOpening(step: Parameters<StorePort['settleOpening']>[0]): Stored<PickupRecord> {
    return this.#work('progress', () => this.#pickups.settleOpening(step));
  }

  settleClosing(step: Parameters<StorePort['settleClosing']>[0]): Stored<PickupRecord> {
    return this.#work('progress', () => this.#pickups.settleClosing(step));
  }

  rate(entry: Parameters<StorePort['rate']>[0]): Stored<RatingRecord> {
    return this.#work('intake', () => this.#ratings.rate(entry));
  }

  ratingOf(subjectId: string): Stored<RatingRecord | null> {
    return this.#work('read', () => ok(this.#ratings.of(subjectId)));
  }

  settleAndClaim(answered: readonly Delivered[], order: ClaimOrder | null): Stored<Claimed> {
    return this.#work('progress', () => {
      const failed: StoreError[] = [];
      for (const { entryId, outcome } of this.#delivery.settleQuickly(answered)) {
        const settled = this.#db.part(() => this.#delivery.settle(entryId, outcome, this.#clock.now()));
        if (!settled.ok) failed.push(settled.error);
      }
      const requests = order === null || this.#isFenced() ? [] : this.#delivery.claim(order);
      return ok({ failed, requests, nextDueAt: this.#outbox.nextDueAt() });
    });
  }

  releaseClaims(): Stored<number> {
    return this.#work('progress', () => ok(this.#outbox.release()));
  }

  wakeAll(_now: number): Stored<void> {
    return this.#work('progress', () => ok(this.#outbox.wakeAll()));
  }

  outbox(): Stored<readonly OutboxSummary[]> {
    return this.#work('read', () => ok([...this.#outbox.list(), ...this.#attachments.list()]));
  }

  outboxCounts(): Stored<OutboxCounts> {
    return this.#work('read', () => {
      const { waiting, parked, nextDueAt } = this.#outbox.counts();
      const files = this.#attachments.counts();
      return ok({ waiting: waiting + files.open - files.parked, parked: parked + files.parked, nextDueAt });
    });
  }

  resend(entryId: string, now: number): Stored<void> {
    return this.#work('progress', () =>
      this.#attachments.find(entryId) ? this.#uploads.resend(entryId) : this.#delivery.resend(entryId, now),
    );
  }

  discard(order: DiscardOrder): Stored<void> {
    return this.#work('progress', () => {
      const done = this.#discard(order);
      if (!done.ok) return done;
      const { kind, key, reason, sha256 } = done.value;
      for (const who of order.people) {
        const detail = [kind, key, reason ?? '', sha256, order.reason].join(' ');
        this.#small.audit({ at: order.at, who, what: 'outbox-discard', detail });
      }
      return ok(undefined);
    });
  }

  #discard({
    entryId,
    at,
  }: DiscardOrder): Result<
    { readonly kind: string; readonly key: string; readonly reason: string | null; readonly sha256: string },
    StoreError
  > {
    if (this.#attachments.find(entryId)) {
      const file = this.#uploads.discard(entryId, at);
      if (!file.ok) return file;
      const { attachment_id: id, reason, sha256 } = file.value;
      return ok({ kind: 'attachment', key: `attachment:${id}`, reason, sha256 });
    }
    const done = this.#delivery.discard(entryId, at);
    if (!done.ok) return done;
    const { kind, idempotency_key: key, reason, sha256 } = done.value;
    return ok({ kind, key, reason, sha256 });
  }

  claimAttachments(now: number, limit: number, wake: boolean): Stored<AttachmentClaim> {
    return this.#work('progress', () =>
      ok(this.#isFenced() ? { uploads: [], nextDueAt: null } : this.#uploads.claim(now, limit, wake)),
    );
  }

  attachmentChunk(attachmentId: string, index: number): Stored<Uint8Array> {
    return this.#work('read', () => this.#attachments.chunk(attachmentId, index));
  }

  settleAttachment(attachmentId: string, outcome: AttachmentOutcome): Stored<void> {
    return this.#work('progress', () => this.#uploads.settle(attachmentId, outcome, this.#clock.now()));
  }

  attachmentsOf(caseId: string): Stored<readonly AttachmentRecord[]> {
    return this.#work('read', () => ok(this.#attachments.ofCase(caseId)));
  }

  collectAttachments(): Stored<AttachmentsCollected> {
    const salvaged = this.#small.get('sequence-floor') !== null;
    return this.#work('progress', () => ok(this.#uploads.collect(salvaged, this.#clock.now())));
  }

  /** See `Database.asCommand`. */
  asCommand<T>(id: string, call: () => T): T {
    return this.#db.asCommand(id, call);
  }

  saveCatalogue(version: number, items: readonly ItemPack[]): Stored<void> {
    return this.#work('intake', () => ok(this.#small.put('catalogue', { version, items })));
  }

  loadCatalogue(): Stored<{ readonly version: number; readonly items: readonly ItemPack[] } | null> {
    return this.#work('read', () => ok(this.#small.get('catalogue')));
  }

  saveSealingKey(key: SealingKey): Stored<void> {
    return this.#work('intake', () => ok(this.#small.put('sealing-key', key)));
  }

  sealingKey(): Stored<SealingKey | null> {
    return this.#work('read', () => ok(this.#small.get('sealing-key')));
  }

  audit(record: AuditRecord): Stored<void> {
    return this.#work('progress', () => ok(this.#small.audit(record)));
  }

  auditTail(limit: number): Stored<readonly AuditRecord[]> {
    return this.#work('read', () => ok(this.#small.auditTail(limit)));
  }

  pinFailures(): Stored<{ readonly count: number; readonly lastAt: number }> {
    return this.#work('read', () => ok(this.#small.get('pin-failures') ?? { count: 0, lastAt: 0 }));
  }

  recordPin(right: boolean, at: number): Stored<void> {
    return this.#work('progress', () => ok(this.#small.recordPin(right, at)));
  }

  wrongCodes(): Stored<readonly number[]> {
    return this.#work('read', () => ok(this.#small.get('wrong-codes') ?? []));
  }

  saveWrongCodes(at: readonly number[]): Stored<void> {
    return this.#work('progress', () => ok(this.#small.put('wrong-codes', at)));
  }

  appendEvidence(entry: EvidenceEntry): Stored<void> {
    return this.#work('progress', () => ok(this.#evidence.append(entry)));
  }

  evidenceHead(): ReturnType<StorePort['evidenceHead']> {
    return this.#work('read', () => ok(this.#evidence.head()));
  }

  /** Brings what the opening found out into the database. */
  settleOpeningOf(opening: Opening): Result<StoreLoss | null, StoreError> {
    return this.#db.transact('progress', () => ok(this.#losses.settle(opening, this.#clock.now()))).result;
  }

  storeLoss(): Stored<StoreLoss | null> {
    return this.#work('read', () => ok(this.#small.get('store-loss')));
  }

  compareHeld(kioskCode: string, held: HeldByPlatform): Stored<StoreLoss | null> {
    // The machine that took the queue over goes on where this one stands.
    return this.#work('progress', () =>
      ok(this.#isFenced() ? null : this.#losses.compare(kioskCode, held, this.#clock.now())),
    );
  }

  noteLoss(at: number): Stored<void> {
    return this.#work('progress', () => this.#losses.note(at));
  }

  keyReport(): Stored<KeyReport> {
    return this.#work('read', () => ok(this.#keyed.report()));
  }

  async rekey(keys: LocalKeys, abandon: boolean): Stored<KeyReport> {
    const report = await this.#work('progress', () => this.#keyed.rekey(keys, this.#clock.now(), abandon));
    this.#db.fold();
    return report;
  }

  /** Brings the rows under the key that the store was opened with; nothing of how they were stays in the WAL. */
  async settleKeys(): Stored<KeyReport> {
    const report = await this.#work('progress', () => this.#keyed.settle(this.#clock.now()));
    this.#db.fold();
    return report;
  }

  handedOver(): Stored<HandedOver | null> {
    return this.#work('read', () => ok(this.#small.get('handed-over')));
  }

  async handOver(order: Parameters<StorePort['handOver']>[0]): Stored<HandOverCopy> {
    const fenced = await this.#work('progress', () => ok(this.#fence(order)));
    if (!fenced.ok) return fenced;
    const raw = await this.#db.copyTo(order.path);
    if (!raw.ok) return raw;
    const copy = await finishCopy(order.path, fenced.value, this.#db.dir);
    if (!copy.ok) return copy;
    const noted = await this.#work('progress', () => {
      const { id, at, entries } = fenced.value;
      this.#small.put('handed-over', { id, at, entries, copied: true });
      const detail = { id, entries, sha256: copy.value.sha256 };
      return ok(this.#evidence.append({ at: order.at, who: 'technician', what: 'queue-copied', subject: '', detail }));
    });
    return noted.ok ? copy : noted;
  }

  takeBack(at: number): Stored<void> {
    return this.#work('progress', () => {
      const handed = this.#small.get('handed-over');
      if (handed === null) return notFound('hand-over');
      if (handed.copied) return conflict('copied');
      this.#small.drop('handed-over');
      this.#evidence.append({
        at,
        who: 'technician',
        what: 'queue-taken-back',
        subject: '',
        detail: { id: handed.id },
      });
      this.#db.afterCommit(() => (this.#fenced = false));
      this.#db.changed({ type: 'outbox' });
      return ok(undefined);
    });
  }

  async forget(before: number): Stored<number> {
    const forgotten = await this.#work('progress', () => ok(forgetRows(this.#db, before)));
    this.#db.foldAndLay();
    forgetBackups(this.#db.dir, this.#clock.now());
    return forgotten;
  }

  /** Fences this machine: the first order counts, the same again gives what it said. */
  #fence(order: { readonly id: string; readonly at: number }): HandedOver {
    const known = this.#small.get('handed-over');
    if (known !== null) return known;
    const { waiting, parked } = this.#outbox.counts();
    const handed: HandedOver = { id: order.id, at: order.at, entries: waiting + parked, copied: false };
    this.#small.put('handed-over', handed);
    const detail = { id: handed.id, entries: handed.entries };
    this.#evidence.append({ at: order.at, who: 'technician', what: 'queue-handed-over', subject: '', detail });
    this.#db.afterCommit(() => (this.#fenced = true));
    this.#db.changed({ type: 'outbox' });
    return handed;
  }

  #isFenced(): boolean {
    this.#fenced ??= this.#small.get('handed-over') !== null;
    return this.#fenced;
  }

  /** The check in the background; see there. */
  get check(): BackgroundCheck {
    return this.#check;
  }

  close(): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  async #work<T>(kind: WorkKind, work: () => Result<T, StoreError>): Stored<T> {
    this.#workDone += 1;
    const { result, changes } = this.#db.transact(kind, () =>
      (kind === 'intake' || kind === 'submit') && this.#isFenced() ? FENCED : work(),
    );
    let queue = false;
    for (const change of changes) {
      // A batch changes the queue once.
      if (change.type === 'outbox' && queue) continue;
      queue ||= change.type === 'outbox';
      this.changes.emit(change);
    }
    return result;
  }
}
