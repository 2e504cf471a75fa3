import { problem, type Problem } from '../contract/problems.ts';
import type { CaseProgress } from '../contract/dto.ts';
import { canDate } from '../domain/date.ts';
import type { Language } from '../domain/text.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Attachments } from './attachments.ts';
import { FindThrottle } from './find-throttle.ts';
import type { SealForm } from './form-desk.ts';
import { newId } from './ids.ts';
import { correctedNow, localDate, type Ports } from './kiosk.ts';
import type { CaseRecord, StoreError } from './ports.ts';
import type { Visit, Visits } from './visits.ts';

/** How long a submit waits for the platform before it says "kept safely here", in milliseconds. */
const PLATFORM_PATIENCE_MS = 8_000;
/** The same while the link is down: long enough for one try, should the network be back this very moment. */
const OFFLINE_PATIENCE_MS = 1_500;

/** How many cases that were looked up keep their screen informed. */
const LOOKED_UP_KEPT = 4;

/** Why a case did not go through: the platform refused it, or it cannot be sent as it is. */
function reasonOf(record: CaseRecord): Problem | null {
  const params = { type: record.reason ?? '' };
  if (record.state === 'refused') return problem('S503-platform-refused', params);
  return record.state === 'parked' ? problem('S507-needs-staff', params) : null;
}

/** What a screen may know of a case. */
export function progressOf(record: CaseRecord): CaseProgress {
  const moment = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    caseId: record.caseId,
    trackingNumber: record.trackingNumber,
    itemId: record.itemId,
    itemName: record.itemName,
    state: record.state,
    keptAt: new Date(record.keptAt).toISOString(),
    receivedAt: moment(record.receivedAt),
    caseNumber: record.caseNumber,
    decidedAt: moment(record.decidedAt),
    outcome: record.outcome,
    reason: reasonOf(record),
  };
}

/** The problem that stands for a store failure. */
export function storeProblem(error: StoreError): Problem {
  switch (error.code) {
    case 'full':
      return problem('K104-no-space');
    case 'not-found':
      return problem('S504-not-found');
    case 'conflict':
    case 'unavailable':
      return problem(error.detail === 'key-lost' ? 'L412-list-unreadable' : 'K103-store-unavailable');
  }
}

/** A form that is handed in; its answers and the applicant stay where they are until they are sealed. */
export interface SubmitRequest {
  readonly visitId: string;
  readonly submissionId: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly language: Language;
}

/** Submits cases and looks them up. */
export class Cases {
  readonly #ports: Ports;
  readonly #visits: Visits;
  readonly #attachments: Attachments | null;
  /** Submits under way by submission id: an impatient second touch joins the first. */
  readonly #underWay = new Map<string, Promise<Result<CaseProgress, Problem>>>();

  /** The cases looked up last in this visit. */
  readonly #lookedUp = new Set<string>();
  readonly #throttle: FindThrottle;

  /** @param attachments where the files of a visit are; without it cases have none */
  constructor(ports: Ports, visits: Visits, attachments: Attachments | null = null) {
    this.#ports = ports;
    this.#visits = visits;
    this.#attachments = attachments;
    this.#throttle = new FindThrottle(ports.clock);
    visits.events.subscribe((event) => {
      if (event.type !== 'ended') return;
      this.#lookedUp.clear();
      this.#throttle.visitEnded();
    });
  }

  /**
   * Seals and stores the case, then gives the platform a few seconds to answer. The result is what is true at that
   * moment; the case exists exactly once however often the same submission is repeated.
   * @param seal checks and seals the form, which never comes here
   */
  submit(request: SubmitRequest, seal: SealForm): Promise<Result<CaseProgress, Problem>> {
    const running = this.#underWay.get(request.submissionId);
    if (running) return running;
    const promise = this.#submit(request, seal).finally(() => this.#underWay.delete(request.submissionId));
    this.#underWay.set(request.submissionId, promise);
    return promise;
  }

  async #submit(request: SubmitRequest, seal: SealForm): Promise<Result<CaseProgress, Problem>> {
    const visit = this.#visits.require(request.visitId);
    if (!visit.ok) return visit;
    const kept = await this.#keep(request, visit.value, seal);
    if (!kept.ok) return kept;
    const { sync } = this.#ports;
    const patience = sync.link().state === 'up' ? PLATFORM_PATIENCE_MS : OFFLINE_PATIENCE_MS;
    const settled = this.#settledWithin(kept.value.caseId, patience, visit.value.ended.signal);
    sync.wake();
    await settled;
    const now = await this.#ports.store.findCase({ caseId: kept.value.caseId });
    return ok(progressOf(now.ok ? now.value : kept.value));
  }

  async #keep(request: SubmitRequest, visit: Visit, seal: SealForm): Promise<Result<CaseRecord, Problem>> {
    const { store, catalogue, space, log } = this.#ports;
    const pack = catalogue.findVersion(request.itemId, request.itemVersion);
    if (!pack) return err(problem('S502-item-unknown'));
    const kiosk = this.#ports.kiosk();
    const now = correctedNow(this.#ports);
    const today = localDate(now, kiosk.timeZone);
    if (!space.hasRoom()) return err(problem('K104-no-space'));
    if (!canDate(now)) return err(problem('K108-clock-wrong'));
    const key = await store.sealingKey();
    if (!key.ok) return err(storeProblem(key.error));
    if (!key.value) return err(problem('S505-no-sealing-key'));

    const caseId = newId(this.#ports);
    const sealed = await seal({
      visitId: visit.id,
      submissionId: request.submissionId,
      caseId,
      pack,
      language: request.language,
      today,
      key: key.value,
    });
    if (!sealed.ok) return sealed;
    const taken = await this.#attachments?.forCase(visit, pack, caseId, key.value);
    if (taken?.ok === false) return taken;
    const files = taken?.value ?? [];
    const stored = await store.submitCase({
      caseId,
      submissionId: request.submissionId,
      actId: newId(this.#ports),
      kioskCode: kiosk.code,
      localDate: today,
      itemId: pack.id,
      itemVersion: pack.version,
      itemCode: pack.code,
      itemName: pack.name,
      language: request.language,
      keptAt: now,
      envelope: sealed.value.envelope,
      applicantMasked: sealed.value.applicantMasked,
      ...(files.length === 0 ? {} : { attachments: files }),
    });
    // Nobody knows whether a store that did not answer has them.
    const unknown = !stored.ok && stored.error.code === 'unavailable';
    this.#attachments?.settle(files, stored.ok ? 'kept' : unknown ? 'unknown' : 'refused');
    if (!stored.ok) {
      log.event('error', 'case-not-kept', { code: stored.error.code, detail: stored.error.detail });
      return err(storeProblem(stored.error));
    }
    visit.cases.add(stored.value.caseId);
    log.event('info', 'case-kept', { caseId: stored.value.caseId, itemId: pack.id });
    return stored;
  }

  /** Resolves when the platform has said something about the case, after `ms`, or when nobody waits for it any more. */
  async #settledWithin(caseId: string, ms: number, ended: AbortSignal): Promise<void> {
    const { clock, store } = this.#ports;
    const end = clock.monotonic() + ms;
    let moved = new AbortController();
    const stop = store.changes.subscribe((change) => {
      if (change.type === 'case' && change.caseId === caseId) moved.abort();
    });
    try {
      for (;;) {
        // Made anew before the look: what moves the case during it deserves another.
        moved = new AbortController();
        const { signal } = moved;
        // The same submission made again may find its case settled long ago.
        const now = await store.findCase({ caseId });
        const left = end - clock.monotonic();
        if ((now.ok && now.value.state !== 'kept') || left <= 0) return;
        await clock.sleep(left, AbortSignal.any([signal, ended]));
        if (!signal.aborted) return;
      }
    } finally {
      stop();
    }
  }

  /**
   * Whether a screen of the current visit may be showing this case. The others' news are none of the page's business,
   * and a backlog that drains brings thousands of them.
   */
  isAwaited(caseId: string): boolean {
    return this.#visits.current?.cases.has(caseId) === true || this.#lookedUp.has(caseId);
  }

  /** How a case that is awaited stands here; null when nobody awaits it any more. */
  async standing(caseId: string): Promise<CaseProgress | null> {
    const found = await this.#ports.store.findCase({ caseId });
    return found.ok && this.isAwaited(caseId) ? progressOf(found.value) : null;
  }

  /** Looks a case up here and at the platform; the platform knows decisions that this kiosk has not heard of. */
  async find(number: string): Promise<Result<CaseProgress, Problem>> {
    const text = number.trim();
    const found = await this.#throttle.run(text, () => this.#find(text));
    if (found === null) return err(problem('K102-no-visit'));
    if (found.ok) {
      this.#lookedUp.delete(found.value.caseId);
      this.#lookedUp.add(found.value.caseId);
      for (const oldest of [...this.#lookedUp].slice(0, -LOOKED_UP_KEPT)) this.#lookedUp.delete(oldest);
    }
    return found;
  }

  async #find(text: string): Promise<Result<CaseProgress, Problem>> {
    const here = await this.#ports.store.findCase({ number: text });
    if (!here.ok && here.error.code !== 'not-found') return err(storeProblem(here.error));
    const there = await this.#ports.sync.askCase(here.ok ? here.value.trackingNumber : text);
    if (there.ok && there.value) {
      const status = there.value;
      const name = here.ok
        ? here.value.itemName
        : (this.#ports.catalogue.find(status.itemId)?.name ?? { 'zh-CN': status.itemId, en: status.itemId });
      return ok({
        caseId: status.caseId,
        trackingNumber: status.trackingNumber,
        itemId: status.itemId,
        itemName: name,
        state: status.state,
        keptAt: here.ok ? new Date(here.value.keptAt).toISOString() : status.receivedAt,
        receivedAt: status.receivedAt,
        caseNumber: status.caseNumber,
        decidedAt: status.decidedAt,
        outcome: status.outcome,
        reason: status.state === 'refused' ? problem('S503-platform-refused', { type: '' }) : null,
      });
    }
    if (here.ok) return ok(progressOf(here.value));
    return err(problem(there.ok ? 'S504-not-found' : 'S506-platform-away'));
  }
}
