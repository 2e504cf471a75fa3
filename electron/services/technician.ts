import { timingSafeEqual } from 'node:crypto';
import { problem, type Problem } from '../contract/problems.ts';
import type { CallOutput } from '../contract/calls.ts';
import type {
  DeviceSettingDto,
  DeviceTestDto,
  DriverDto,
  LogLineDto,
  OutboxEntryDto,
  SettingFault,
} from '../contract/dto.ts';
import type { Language } from '../domain/text.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import { storeProblem } from './cases.ts';
import { problemOf } from './device-problems.ts';
import { newId } from './ids.ts';
import type { DeviceSignal } from './device-ports.ts';
import type { Ports } from './kiosk.ts';
import { pinFits, pinWaitMs } from './pin.ts';
import type { Receipts } from './receipts.ts';
import { testPage } from './test-page.ts';

/** Maintenance mode ends by itself after this long without a call, in milliseconds. */
const IDLE_LOCK_MS = 10 * 60_000;
/** How long a device test waits for the technician's hand, in milliseconds. */
const TEST_DEADLINE_MS = 30_000;
/** How long one sheet may take, in milliseconds: an A4 printer that slept warms up first. */
const TEST_PRINT_MS = 90_000;

/** The configuration as the technician works on it. */
export interface SettingsPort {
  version(): number;
  settings(): readonly DeviceSettingDto[];
  drivers(): readonly DriverDto[];
  /** Null when it cannot be read because its key is lost. */
  pinHash(): string | null;
  /** Of the person who must agree to a discard; null when none is set up, or when it cannot be read. */
  secondPinHash(): string | null;
  /** Checks, writes durably and applies one device's setting; a fault changes nothing. */
  save(setting: DeviceSettingDto, baseVersion: number): Promise<Result<{ readonly version: number }, SettingFault>>;
}

/** Hidden maintenance mode: one technician at a time, every step audited. */
export class Technician {
  readonly #ports: Ports;
  readonly #settings: SettingsPort;
  readonly #receipts: Receipts;
  #token: { readonly text: string; lockAt: number } | null = null;
  #test: AbortController | null = null;
  /** PINs are looked at one after the other, so that tries made at once cannot get past the throttle. */
  #unlocks: Promise<unknown> = Promise.resolve();
  /** When the last wrong PIN was, on the clock that nobody can set; null until the first look after a start. */
  #failedAt: number | null = null;

  constructor(ports: Ports, settings: SettingsPort, receipts: Receipts) {
    this.#ports = ports;
    this.#settings = settings;
    this.#receipts = receipts;
  }

  /** Opens maintenance mode for the right PIN; a wrong one costs a wait that grows. */
  unlock(pin: string): Promise<Result<CallOutput<'technician.unlock'>, Problem>> {
    const unlocked = this.#unlocks.then(() => this.#unlock(pin));
    this.#unlocks = unlocked.catch(() => undefined);
    return unlocked;
  }

  async #unlock(pin: string): Promise<Result<CallOutput<'technician.unlock'>, Problem>> {
    const { clock } = this.#ports;
    const hash = this.#settings.pinHash();
    // No PIN is wrong then, and none may count as a try.
    if (hash === null) return err(problem('T606-pin-unreadable'));
    const right = await this.#checkPin(pin, hash, 'unlock');
    if (!right.ok) return right;
    const text = Buffer.from(this.#ports.random.bytes(24)).toString('base64url');
    this.#token = { text, lockAt: clock.monotonic() + IDLE_LOCK_MS };
    return ok({ token: text, lockAt: new Date(clock.now() + IDLE_LOCK_MS).toISOString() });
  }

  /** Looks at a PIN unless wrong ones make it wait; on record as `what`. */
  async #checkPin(pin: string, hash: string, what: string): Promise<Result<void, Problem>> {
    const { store, clock } = this.#ports;
    const failures = await store.pinFailures();
    if (!failures.ok) return err(storeProblem(failures.error));
    // Over a restart only the wall clock knows how long ago it was. Set back, it says "in the future": then the wait
    // begins anew, once, instead of lasting for years.
    this.#failedAt ??= clock.monotonic() - Math.max(0, clock.now() - failures.value.lastAt);
    const seconds = Math.ceil((this.#failedAt + pinWaitMs(failures.value.count) - clock.monotonic()) / 1000);
    if (seconds > 0) return err(problem('T602-pin-locked', { seconds }));
    const right = await pinFits(pin, hash);
    const recorded = await store.recordPin(right, clock.now());
    if (!right) this.#failedAt = clock.monotonic();
    if (!recorded.ok) return err(storeProblem(recorded.error));
    await this.#audit(right ? what : `${what}-refused`, '');
    if (!right) return err(problem('T601-pin-wrong', { seconds: pinWaitMs(failures.value.count + 1) / 1000 }));
    return ok(undefined);
  }

  /** Ends maintenance mode and whatever test runs in it. */
  async lock(token: string): Promise<Result<Record<string, never>, Problem>> {
    if (this.#valid(token)) {
      this.#token = null;
      this.#test?.abort();
      await this.#audit('lock', '');
    }
    return ok({});
  }

  /** Runs `work` only in an unlocked maintenance mode, and keeps it unlocked. */
  async guarded<T>(token: string, work: () => Promise<Result<T, Problem>>): Promise<Result<T, Problem>> {
    if (!this.#valid(token)) return err(problem('T603-not-unlocked'));
    return work();
  }

  /** Whether a technician is at work. */
  get atWork(): boolean {
    return this.#token !== null && this.#ports.clock.monotonic() <= this.#token.lockAt;
  }

  #valid(token: string): boolean {
    const current = this.#token;
    if (!current) return false;
    const now = this.#ports.clock.monotonic();
    const [given, wanted] = [Buffer.from(token), Buffer.from(current.text)];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
    if (now > current.lockAt) {
      this.#token = null;
      return false;
    }
    current.lockAt = now + IDLE_LOCK_MS;
    return true;
  }

  /** Puts a step of the technician on record. */
  record(what: string, detail: string): Promise<void> {
    return this.#audit(what, detail);
  }

  /** Saves one device's setting; on record whether it was taken or refused. */
  async save(setting: DeviceSettingDto, baseVersion: number): Promise<Result<CallOutput<'technician.save'>, Problem>> {
    const saved = await this.#settings.save(setting, baseVersion);
    await this.#audit(
      saved.ok ? 'setting-saved' : 'setting-refused',
      `${setting.deviceClass} ${setting.driver} ${setting.address}`,
    );
    return ok(
      saved.ok
        ? { saved: true, version: saved.value.version, fault: null }
        : { saved: false, version: this.#settings.version(), fault: saved.error },
    );
  }

  /** Ends the test that waits, if there is one. */
  cancelTest(): void {
    this.#test?.abort();
  }

  /** The device's own test. A new test takes the place of one that still waits. */
  async test(
    deviceClass: DeviceClass,
    cell: string | undefined,
    language: Language,
  ): Promise<Result<DeviceTestDto, Problem>> {
    this.#test?.abort();
    const running = new AbortController();
    this.#test = running;
    try {
      const outcome = await this.#runTest(deviceClass, cell, language, running.signal);
      await this.#audit('device-test', `${deviceClass} ${outcome.passed ? 'passed' : `failed ${outcome.code ?? ''}`}`);
      return ok(outcome);
    } finally {
      if (this.#test === running) this.#test = null;
    }
  }

  async #runTest(
    deviceClass: DeviceClass,
    cell: string | undefined,
    language: Language,
    signal: AbortSignal,
  ): Promise<DeviceTestDto> {
    const { devices } = this.#ports;
    const failed = (code: DeviceTestDto['code'], detail = ''): DeviceTestDto => ({
      passed: false,
      result: 'failed',
      detail,
      code,
    });
    const missed = (): DeviceTestDto['code'] => (signal.aborted ? 'K106-cancelled' : 'T605-device-test-failed');
    switch (deviceClass) {
      case 'id-card-reader': {
        const card = await devices.readCard({ deadlineMs: TEST_DEADLINE_MS, signal });
        // Only that a card could be read is shown, nothing of what stands on it.
        if (card.ok) return { passed: true, result: 'card-read', detail: card.value.type, code: null };
        return failed(problemOf(deviceClass, card.error).code, card.error.detail);
      }
      case 'social-security-card-reader': {
        const card = await devices.readSocialSecurityCard({ deadlineMs: TEST_DEADLINE_MS, signal });
        if (card.ok) return { passed: true, result: 'card-read', detail: card.value.type, code: null };
        return failed(problemOf(deviceClass, card.error).code, card.error.detail);
      }
      case 'page-printer': {
        const { outcome, cause } = await devices.printPdf({ pdf: testPage(), deadlineMs: TEST_PRINT_MS, signal });
        if (outcome === 'printed') return { passed: true, result: 'sheet-printed', detail: '', code: null };
        if (outcome === 'unknown') return failed('P306-print-unknown', cause?.detail);
        return failed(cause ? problemOf(deviceClass, cause).code : 'P301-printer-away', cause?.detail);
      }
      case 'document-camera': {
        devices.allowCamera(true);
        try {
          const size = await this.#waitFor(
            (event) => (event.type === 'picture' ? `${event.width} x ${event.height}` : null),
            signal,
          );
          return size === null ? failed(missed()) : { passed: true, result: 'picture-taken', detail: size, code: null };
        } finally {
          devices.allowCamera(false);
        }
      }
      case 'receipt-printer': {
        const print = await this.#receipts.printTest(language);
        if (print.outcome === 'printed') return { passed: true, result: 'page-printed', detail: '', code: null };
        if (print.outcome === 'unknown') return failed('P306-print-unknown', print.cause?.detail);
        return failed(
          print.cause ? problemOf(deviceClass, print.cause).code : 'P301-printer-away',
          print.cause?.detail,
        );
      }
      case 'pickup-locker':
        return this.#testDoor(cell);
      case 'evaluation-keypad': {
        const key = await this.#waitFor((event) => (event.type === 'rating' ? String(event.level) : null), signal);
        return key === null ? failed(missed()) : { passed: true, result: 'key-pressed', detail: key, code: null };
      }
      case 'presence-sensor': {
        // A contact that is stuck says one thing for ever: both must be seen.
        const seen = new Set<string>();
        const both = await this.#waitFor((event) => {
          if (event.type === 'presence' && event.presence !== 'unknown') seen.add(event.presence);
          return seen.size === 2 ? 'both' : null;
        }, signal);
        if (both !== null) return { passed: true, result: 'presence-seen', detail: '', code: null };
        return failed(missed(), [...seen].join(' '));
      }
      case 'code-scanner': {
        await devices.triggerScanner(true);
        try {
          const code = await this.#waitFor((event) => (event.type === 'code' ? `${event.length}` : null), signal);
          if (code === null) return failed(missed());
          return { passed: true, result: 'code-scanned', detail: code, code: null };
        } finally {
          await devices.triggerScanner(false);
        }
      }
    }
  }

  /** Opens a door for the technician: an act like any other, on record. */
  async #testDoor(cell: string | undefined): Promise<DeviceTestDto> {
    const { store, devices, clock } = this.#ports;
    const failed = (code: DeviceTestDto['code'], detail = ''): DeviceTestDto => ({
      passed: false,
      result: 'failed',
      detail,
      code,
    });
    if (cell === undefined) return failed('T605-device-test-failed', 'cell');
    const actId = newId(this.#ports);
    const begun = await store.beginAct({
      actId,
      kind: 'open-door',
      subjectId: `technician:${cell}`,
      at: clock.now(),
      detail: { cell, by: 'technician' },
    });
    if (!begun.ok) return failed('K103-store-unavailable', begun.error.detail);
    const sent = await store.advanceAct({ actId, event: 'send', at: clock.now() });
    if (!sent.ok) return failed('K103-store-unavailable', sent.error.detail);
    const opened = await devices.openDoor(cell);
    const event = { opened: 'confirm', refused: 'refuse', unknown: 'lose-track' } as const;
    const settled = await store.advanceAct({
      actId,
      event: event[opened.outcome],
      at: clock.now(),
      owner: 'duty-staff',
    });
    if (!settled.ok) this.#ports.log.event('error', 'act-not-settled', { actId, code: settled.error.code });
    if (opened.outcome === 'opened') return { passed: true, result: 'door-opened', detail: cell, code: null };
    if (opened.outcome === 'refused') return failed('L409-door-did-not-open', opened.cause?.detail);
    const { cause } = opened;
    const told = cause?.code === 'sensor-implausible' || cause?.code === 'not-supported' ? cause : null;
    return failed(told ? problemOf('pickup-locker', told).code : 'L410-door-unknown', cause?.detail);
  }

  /** First device signal that `pick` accepts, or null after the deadline. */
  async #waitFor(pick: (event: DeviceSignal) => string | null, signal: AbortSignal): Promise<string | null> {
    const done = new AbortController();
    let found: string | null = null;
    const stop = this.#ports.devices.signals.subscribe((event) => {
      const text = pick(event);
      if (text !== null && found === null) {
        found = text;
        done.abort();
      }
    });
    try {
      await this.#ports.clock.sleep(TEST_DEADLINE_MS, AbortSignal.any([done.signal, signal]));
      return found;
    } finally {
      stop();
    }
  }

  /** What waits for the platform and why. */
  async outbox(): Promise<Result<CallOutput<'technician.outbox'>, Problem>> {
    const [list, counts] = [await this.#ports.store.outbox(), await this.#ports.store.outboxCounts()];
    if (!list.ok) return err(storeProblem(list.error));
    if (!counts.ok) return err(storeProblem(counts.error));
    const state = { ready: 'waiting', sending: 'sending', parked: 'parked' } as const;
    const entries = list.value.map((entry): OutboxEntryDto => ({
      entryId: entry.entryId,
      kind: entry.kind,
      subject: entry.label,
      state: state[entry.state],
      createdAt: new Date(entry.createdAt).toISOString(),
      attempts: entry.attempts,
      nextTryAt: entry.nextTryAt === null ? null : new Date(entry.nextTryAt).toISOString(),
      reason: entry.reason,
      owner: entry.owner,
    }));
    return ok({ entries, waiting: counts.value.waiting, parked: counts.value.parked });
  }

  /** Makes everything that waits due now. */
  async sendNow(): Promise<Result<Record<string, never>, Problem>> {
    const woken = await this.#ports.store.wakeAll(this.#ports.clock.now());
    if (!woken.ok) return err(storeProblem(woken.error));
    this.#ports.sync.wake();
    await this.#audit('send-now', '');
    return ok({});
  }

  /** Puts a parked entry back in line. */
  async resend(entryId: string): Promise<Result<Record<string, never>, Problem>> {
    const done = await this.#ports.store.resend(entryId, this.#ports.clock.now());
    await this.#audit('resend', entryId);
    // What the platform refused for good is over: sending it again would be refused again.
    if (!done.ok && done.error.code === 'conflict') return err(problem('S503-platform-refused', { type: '' }));
    if (!done.ok) return err(storeProblem(done.error));
    this.#ports.sync.wake();
    return ok({});
  }

  /**
   * Gives a parked entry up for good. A second person must agree by a PIN of their own; both are on record. Wrong PINs wait
   * as those of the unlock do.
   */
  discard(
    entryId: string,
    secondPin: string,
    reason: string,
  ): Promise<Result<CallOutput<'technician.discard'>, Problem>> {
    const discarded = this.#unlocks.then(() => this.#discard(entryId, secondPin, reason));
    this.#unlocks = discarded.catch(() => undefined);
    return discarded;
  }

  async #discard(
    entryId: string,
    secondPin: string,
    reason: string,
  ): Promise<Result<CallOutput<'technician.discard'>, Problem>> {
    const hash = this.#settings.secondPinHash();
    // The same PIN twice would be one person.
    if (hash === null || (await pinFits(secondPin, this.#settings.pinHash() ?? ''))) {
      return ok({ discarded: false, why: 'no-second-person' });
    }
    const agreed = await this.#checkPin(secondPin, hash, 'discard-agreed');
    if (!agreed.ok) return agreed;
    const at = this.#ports.clock.now();
    const people = ['technician', 'second person'] as const;
    const done = await this.#ports.store.discard({ entryId, at, people, reason });
    if (done.ok) {
      this.#ports.sync.wake();
      return ok({ discarded: true, why: null });
    }
    if (done.error.code === 'conflict') return ok({ discarded: false, why: 'not-parked' });
    return err(storeProblem(done.error));
  }

  /** The log's tail and the audit trail in one list, newest first. */
  async logs(limit: number): Promise<Result<CallOutput<'technician.logs'>, Problem>> {
    const audit = await this.#ports.store.auditTail(limit);
    if (!audit.ok) return err(storeProblem(audit.error));
    const lines = [
      ...this.#ports.log.tail(limit),
      ...audit.value.map((record) => ({
        at: record.at,
        level: 'info' as const,
        event: `audit ${record.what}`,
        detail: `${record.who} ${record.detail}`.trim(),
      })),
    ]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit)
      .map((line): LogLineDto => ({ ...line, at: new Date(line.at).toISOString() }));
    return ok({ lines });
  }

  async #audit(what: string, detail: string): Promise<void> {
    const at = this.#ports.clock.now();
    const written = await this.#ports.store.audit({ at, who: 'technician', what, detail });
    if (!written.ok) this.#ports.log.event('error', 'audit-not-written', { code: written.error.code });
  }
}
