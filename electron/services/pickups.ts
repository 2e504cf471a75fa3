import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { problem, type Problem, type ProblemCode } from '../contract/problems.ts';
import type { DoorOpening, PickupDto } from '../contract/dto.ts';
import { parsePickupCode } from '../domain/pickup-code.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { Emitter } from '../../native/model/events.ts';
import type { DoorState } from '../../native/model/pickup-locker.ts';
import { newId } from './ids.ts';
import { correctedNow, type Ports } from './kiosk.ts';
import { storeProblem } from './cases.ts';
import type { ActRecord, CodeRule, PickupRecord, StoreError } from './ports.ts';
import type { Visit, Visits } from './visits.ts';

const scryptAsync = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** Wrong codes that are allowed within the window before the kiosk asks to wait. */
const WRONG_CODES_ALLOWED = 5;
const WRONG_CODE_WINDOW_MS = 10 * 60_000;
/** Opening pulses for one accepted code: the first, and one more when the sensor still says closed. */
const PULSES_ALLOWED = 2;
/** How often an open door's sensor is read, and how long until the door counts as left open. */
const DOOR_POLL_MS = 500;
const DOOR_LEFT_OPEN_MS = 3 * 60_000;
const DOOR_SLOW_POLL_MS = 5_000;
/** How long after a store failure an opening's end is written down again. */
const SETTLE_AGAIN_MS = 2_000;

/** How an opening ended. */
interface Settling {
  readonly pickupId: string;
  readonly actId: string;
  readonly outcome: 'opened' | 'refused' | 'unknown';
}

/** What happens at a door after it was opened. */
export type PickupEvent =
  | { readonly type: 'door-changed'; readonly pickupId: string; readonly door: DoorState }
  | { readonly type: 'door-left-open'; readonly pickupId: string };

/** Digest of a pick-up code as the platform announces it. */
export async function digestPickupCode(code: string, { salt, cost }: CodeRule): Promise<string> {
  return (await scryptAsync(code, salt, 32, { N: cost, r: 8, p: 1 })).toString('base64url');
}

/** A typed or scanned code, wherever it is: nothing of it is told but its digest. */
export interface HeldCode {
  /** Whether it can be a pick-up code at all. */
  readonly wellFormed: boolean;
  /** Its digest; null when it is gone, because the visit is over. */
  digest(rule: CodeRule): Promise<string | null>;
}

/** A code that is here. */
export function heldCode(text: string): HeldCode {
  const code = parsePickupCode(text);
  return {
    wellFormed: code.ok,
    digest: async (rule) => (code.ok ? digestPickupCode(code.value, rule) : null),
  };
}

/** Collects things from locker cells by code; works without the network. */
export class Pickups {
  readonly #ports: Ports;
  readonly #visits: Visits;
  /** When wrong codes were tried, on the clock that nobody can set; null until the first look after a start. */
  #wrong: number[] | null = null;
  /** Door watches by pick-up, each ended by its controller. */
  readonly #watches = new Map<string, AbortController>();
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** Codes are looked at one after the other, so that tries made at once cannot get past the limit. */
  #checks: Promise<unknown> = Promise.resolve();
  /** Openings under way by pick-up: an impatient second touch joins the first. */
  readonly #opening = new Map<string, Promise<Result<DoorOpening, Problem>>>();
  readonly events = new Emitter<PickupEvent>();

  constructor(ports: Ports, visits: Visits) {
    this.#ports = ports;
    this.#visits = visits;
  }

  /** Takes up what a restart interrupted: asks the sensors, never opens; doors that were left open are followed on. */
  async resume(): Promise<void> {
    const { store, sync } = this.#ports;
    const acts = await store.openActs();
    for (const act of acts.ok ? acts.value : []) {
      if (act.kind === 'open-door') await this.#resumeAct(act);
    }
    const opened = await store.openedPickups();
    for (const { pickupId, actId } of opened.ok ? opened.value : []) {
      const pickup = await store.findPickup(pickupId);
      if (pickup.ok && !this.#watches.has(pickupId)) this.#watch(pickup.value, actId);
    }
    sync.wake();
  }

  async #resumeAct(act: ActRecord): Promise<void> {
    const { store, devices, clock, log } = this.#ports;
    const pickup = await store.findPickup(act.subjectId);
    if (!pickup.ok) {
      // A technician's test of a door: the kiosk has nothing to follow, whoever stood there saw it.
      if (pickup.error.code === 'not-found' && act.state !== 'unknown') {
        await store.advanceAct({ actId: act.actId, event: 'lose-track', at: clock.now(), owner: 'duty-staff' });
      }
      return;
    }
    const door = await devices.readDoor(pickup.value.cell);
    // An open door proves the opening; a closed one proves nothing: it may have been opened and shut again.
    const outcome = door.ok && door.value === 'open' ? 'opened' : 'unknown';
    if (act.state === 'unknown' && outcome === 'unknown') return;
    const settled = await store.settleOpening({
      pickupId: act.subjectId,
      actId: act.actId,
      outcome,
      at: correctedNow(this.#ports),
      kioskCode: this.#ports.kiosk().code,
    });
    log.event('warn', 'door-act-resumed', { actId: act.actId, outcome });
    if (settled.ok && outcome === 'opened') this.#watch(settled.value, act.actId);
  }

  /** Ends what goes on by itself: doors that are followed, openings still to be written down. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const watch of this.#watches.values()) watch.abort();
    await Promise.all(this.#running);
  }

  /** Checks a typed or scanned code against the announced list. Nothing opens yet. */
  check(visitId: string, code: HeldCode): Promise<Result<PickupDto, Problem>> {
    const checked = this.#checks.then(() => this.#check(visitId, code));
    this.#checks = checked.catch(() => undefined);
    return checked;
  }

  async #check(visitId: string, code: HeldCode): Promise<Result<PickupDto, Problem>> {
    const { clock, log } = this.#ports;
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const since = clock.monotonic() - WRONG_CODE_WINDOW_MS;
    const tried = await this.#wrongCodes();
    if (!tried.ok) return err(storeProblem(tried.error));
    const wrong = tried.value.filter((at) => at > since);
    const [oldest] = wrong;
    if (oldest !== undefined && wrong.length >= WRONG_CODES_ALLOWED) {
      const minutes = Math.max(1, Math.ceil((oldest - since) / 60_000));
      return err(problem('L408-too-many-tries', { minutes }));
    }
    if (!code.wellFormed) return err(problem('L402-code-malformed'));
    let found = await this.#find(code);
    if (found?.ok === false && found.error.code === 'not-found' && this.#ports.sync.link().state === 'up') {
      await this.#ports.sync.refreshPickups();
      found = await this.#find(code);
    }
    // A code that nobody holds any more was not tried.
    if (found === null) return err(problem('K106-cancelled'));
    if (!found.ok && found.error.code !== 'not-found') return err(storeProblem(found.error));
    if (!found.ok) {
      wrong.push(clock.monotonic());
      await this.#keepWrongCodes(wrong);
      log.event('warn', 'pickup-code-unknown', { tries: wrong.length });
      return err(problem('L403-code-unknown', { left: WRONG_CODES_ALLOWED - wrong.length }));
    }
    const refusal = this.#refusal(found.value);
    if (refusal) return err(refusal);
    const known = visit.value.pickups.get(found.value.pickupId);
    visit.value.pickups.set(found.value.pickupId, known ?? { cell: found.value.cell, pulses: 0 });
    const { pickupId, cell, holder, contents, validTo } = found.value;
    return ok({ pickupId, cell, holder, contents: [...contents], validTo: new Date(validTo).toISOString() });
  }

  /** Wrong codes of before a restart count too: switching the kiosk off and on gives nobody new tries. */
  async #wrongCodes(): Promise<Result<number[], StoreError>> {
    if (this.#wrong === null) {
      const { store, clock } = this.#ports;
      const known = await store.wrongCodes();
      if (!known.ok) return known;
      const [now, steady] = [clock.now(), clock.monotonic()];
      // Set back, the wall clock says "in the future": then the window begins anew, once, instead of lasting for years.
      this.#wrong = known.value.map((at) => steady - Math.max(0, now - at));
    }
    return ok(this.#wrong);
  }

  async #keepWrongCodes(wrong: number[]): Promise<void> {
    const { store, clock, log } = this.#ports;
    this.#wrong = wrong;
    const shift = clock.now() - clock.monotonic();
    const kept = await store.saveWrongCodes(wrong.map((at) => Math.round(at + shift)));
    if (!kept.ok) log.event('error', 'wrong-codes-not-stored', { code: kept.error.code });
  }

  async #find(code: HeldCode): Promise<Result<PickupRecord, StoreError> | null> {
    const { store } = this.#ports;
    const rule = await store.codeRule();
    if (!rule.ok) return rule;
    if (rule.value === null) return err({ code: 'not-found', detail: 'nothing was announced yet' });
    const digest = await code.digest(rule.value);
    return digest === null ? null : store.findPickupByDigest(digest);
  }

  #refusal(pickup: PickupRecord): Problem | null {
    const now = correctedNow(this.#ports);
    const say = (code: ProblemCode, at: number | null): Problem =>
      problem(code, at === null ? {} : { at: new Date(at).toISOString() });
    if (pickup.state === 'withdrawn') return say('L407-code-withdrawn', null);
    if (pickup.state === 'opened' || pickup.state === 'collected') return say('L406-code-used', pickup.openedAt);
    if (now < pickup.validFrom) return say('L404-code-not-yet-valid', pickup.validFrom);
    if (now > pickup.validTo) return say('L405-code-expired', pickup.validTo);
    return null;
  }

  /** One pulse at most. Asks the sensor before and after; the outcome is what the sensor says. */
  async open(visitId: string, pickupId: string): Promise<Result<DoorOpening, Problem>> {
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const running = this.#opening.get(pickupId);
    if (running) return running;
    const opening = this.#open(visit.value, pickupId).finally(() => this.#opening.delete(pickupId));
    this.#opening.set(pickupId, opening);
    return opening;
  }

  async #open(visit: Visit, pickupId: string): Promise<Result<DoorOpening, Problem>> {
    const { clock, devices, store, log } = this.#ports;
    const checked = visit.pickups.get(pickupId);
    if (!checked) return err(problem('L403-code-unknown', { left: WRONG_CODES_ALLOWED }));
    if (checked.pulses >= PULSES_ALLOWED) return err(problem('L409-door-did-not-open', { cell: checked.cell }));

    const before = await devices.readDoor(checked.cell);
    if (checked.pulses > 0 && !(before.ok && before.value === 'closed')) {
      // A second pulse only when the sensor says closed; without that word somebody on duty must look.
      if (!(before.ok && before.value === 'open')) return err(problem('L410-door-unknown', { cell: checked.cell }));
    }
    // No pulse would be sent, so no opening is spent on it: the code stays good for when the sensors are put right.
    if (!before.ok && before.error.code === 'sensor-implausible') {
      log.event('warn', 'door-sensors-wrong', { cell: checked.cell });
      return err(problem('L413-door-sensors-wrong', { cell: checked.cell }));
    }
    if (!before.ok && before.error.code === 'not-connected') return err(problem('L401-locker-away'));

    const actId = newId(this.#ports);
    const begun = await store.beginOpening({
      pickupId,
      actId,
      at: correctedNow(this.#ports),
      ...(before.ok && before.value !== 'unknown' ? { sensorSays: before.value } : {}),
    });
    if (!begun.ok) {
      if (begun.error.code !== 'conflict') return err(storeProblem(begun.error));
      const now = await store.findPickup(pickupId);
      return err((now.ok && this.#refusal(now.value)) || problem('L410-door-unknown', { cell: checked.cell }));
    }
    const sent = await store.advanceAct({ actId, event: 'send', at: clock.now() });
    if (!sent.ok) return err(storeProblem(sent.error));
    checked.pulses += 1;
    // A door that already stands open gets no pulse: the driver looks at it twice before it believes that.
    const result = await devices.openDoor(checked.cell);
    log.event(result.outcome === 'opened' ? 'info' : 'warn', 'door-opening', {
      actId,
      cell: checked.cell,
      outcome: result.outcome,
      cause: result.cause?.code,
    });
    const settled = await this.#settle({ pickupId, actId, outcome: result.outcome });
    // The door is as it is, whether that could be written down or not, and the screen says how it is.
    if (!settled) this.#own(this.#settleLater({ pickupId, actId, outcome: result.outcome }));
    const after = result.outcome === 'opened' ? null : await devices.readDoor(checked.cell);
    const door: DoorState = result.outcome === 'opened' ? 'open' : after?.ok ? after.value : 'unknown';
    return ok({
      outcome: result.outcome,
      door,
      mayTryAgain: settled && result.outcome !== 'opened' && door === 'closed' && checked.pulses < PULSES_ALLOWED,
    });
  }

  /** Writes down how an opening ended, and follows a door that stands open. */
  async #settle(end: Settling): Promise<boolean> {
    const settled = await this.#ports.store.settleOpening({
      ...end,
      at: correctedNow(this.#ports),
      kioskCode: this.#ports.kiosk().code,
    });
    if (!settled.ok) {
      this.#ports.log.event('error', 'opening-not-stored', { actId: end.actId, code: settled.error.code });
      // Somebody else settled it: the sensor's word came in at the next opening.
      return settled.error.code === 'conflict';
    }
    this.#ports.sync.wake();
    if (end.outcome === 'opened') this.#watch(settled.value, end.actId);
    return true;
  }

  /** Tries to write an opening down until it is written or the kiosk stops; the next start asks the sensor. */
  async #settleLater(end: Settling): Promise<void> {
    const { signal } = this.#stopping;
    do await this.#ports.clock.sleep(SETTLE_AGAIN_MS, signal);
    while (!signal.aborted && !(await this.#settle(end)));
  }

  /** Keeps work that goes on by itself, so that stopping can wait for it. */
  #own(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Reads the sensor; never opens. */
  async door(visitId: string, pickupId: string): Promise<Result<{ readonly door: DoorState }, Problem>> {
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const checked = visit.value.pickups.get(pickupId);
    if (!checked) return err(problem('L403-code-unknown', { left: WRONG_CODES_ALLOWED }));
    const door = await this.#ports.devices.readDoor(checked.cell);
    return ok({ door: door.ok ? door.value : 'unknown' });
  }

  #watch(pickup: PickupRecord, actId: string): void {
    this.#watches.get(pickup.pickupId)?.abort();
    const watch = new AbortController();
    this.#watches.set(pickup.pickupId, watch);
    this.#own(
      this.#watchDoor(pickup, actId, watch.signal).finally(() => {
        if (this.#watches.get(pickup.pickupId) === watch) this.#watches.delete(pickup.pickupId);
      }),
    );
  }

  /** Follows an open door until it is closed, quicker at first. A door left open is told once and followed on. */
  async #watchDoor(pickup: PickupRecord, actId: string, signal: AbortSignal): Promise<void> {
    const { clock, devices, store, log } = this.#ports;
    const begun = clock.monotonic();
    let last: DoorState = 'open';
    let told = false;
    while (!signal.aborted && !this.#stopping.signal.aborted) {
      const late = clock.monotonic() - begun > DOOR_LEFT_OPEN_MS;
      if (late && !told) {
        told = true;
        log.event('warn', 'door-left-open', { cell: pickup.cell, actId });
        this.events.emit({ type: 'door-left-open', pickupId: pickup.pickupId });
      }
      await clock.sleep(late ? DOOR_SLOW_POLL_MS : DOOR_POLL_MS, signal);
      if (signal.aborted || this.#stopping.signal.aborted) return;
      const read = await devices.readDoor(pickup.cell);
      const door: DoorState = read.ok ? read.value : 'unknown';
      if (door === 'closed') {
        const closed = await store.settleClosing({
          pickupId: pickup.pickupId,
          actId,
          at: correctedNow(this.#ports),
          kioskCode: this.#ports.kiosk().code,
        });
        if (!closed.ok) {
          // Not written down yet: look again rather than say it.
          log.event('error', 'door-closing-not-stored', { code: closed.error.code });
          continue;
        }
        this.events.emit({ type: 'door-changed', pickupId: pickup.pickupId, door });
        this.#ports.sync.wake();
        return;
      }
      if (door !== last) this.events.emit({ type: 'door-changed', pickupId: pickup.pickupId, door });
      last = door;
    }
  }
}
