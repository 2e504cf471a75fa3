import type { CaseProgress, PickupDto } from '../../contract/dto.ts';
import { problem, type Problem } from '../../contract/problems.ts';
import type { Language } from '../../domain/text.ts';
import type { SubmitRequest } from '../../services/cases.ts';
import type { SealedForm, SealForm, SealOrder } from '../../services/form-desk.ts';
import type { DraftSummary, FileKeeper, FileVault } from '../../services/file-desk.ts';
import type { HeldCode } from '../../services/pickups.ts';
import type { LogPort } from '../../services/ports.ts';
import type { DeviceHealth, DeviceSettings } from '../../../native/manager/driver-types.ts';
import type { Clock } from '../../../native/model/clock.ts';
import type { DeviceClass } from '../../../native/model/device.ts';
import { Emitter } from '../../../native/model/events.ts';
import { err, type Result } from '../../../native/model/result.ts';
import type { CardChange } from '../kiosk-devices.ts';
import {
  FAR_CLASSES,
  FromDesk,
  type DeskAsk,
  type DeskWish,
  type ReaderClass,
  type ReaderTest,
  type ToDesk,
} from './protocol.ts';

/** One visit process. */
export interface DeskProcess {
  /** @param page the page's line, handed over with the message */
  post(message: ToDesk, page?: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Heard once, when the process is gone however it ended. */
  onClose(listener: (how: string) => void): void;
  /** Ends it at once. */
  kill(): void;
}

/** What the main process answers the visit process. */
export interface DeskService {
  /** Whether the item takes social security cards. */
  socialSecurity(itemId: string): boolean;
  submit(request: SubmitRequest, seal: SealForm): Promise<Result<CaseProgress, Problem>>;
  cardFound(visitId: string): void;
  /** Whether the card of a visit that is over may still lie on a reader; never, where it is left out. */
  cardLeft?(): boolean;
  /** Checks a code of which only the digest comes here. */
  checkCode(visitId: string, code: HeldCode): Promise<Result<PickupDto, Problem>>;
  /** Keeps sealed files. */
  readonly files: FileKeeper & {
    list(visitId: string, itemId: string): Result<readonly DraftSummary[], Problem>;
  };
  /** The visit process died in the middle of a visit: what it held is lost. */
  died(): void;
}

/** What the desk is made of. */
export interface VisitDeskOptions {
  readonly spawn: () => DeskProcess;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly healthIntervalMs?: number;
}

/**
 * For so long after a process was replaced a reader that worked counts as working, in milliseconds: opening its line
 * again is nobody's trouble.
 */
const REOPEN_MS = 5_000;
/** A code that was scanned while nobody was there stays in its process for so long, in milliseconds. */
const STRAY_MS = 2_000;
/** Deaths in a row, without a visit in between, after which the next process waits. */
const LONGEST_PAUSE_MS = 10_000;

/** What is known of a reader while no process has told anything yet. */
function starting(deviceClass: DeviceClass, settings: DeviceSettings | undefined, now: number): DeviceHealth {
  return {
    deviceClass,
    driver: settings?.driver ?? null,
    address: settings?.address ?? null,
    status: settings ? 'starting' : 'noDevice',
    detail: '',
    fault: null,
    paper: null,
    supplies: [],
    identity: null,
    since: now,
    lastAnswerAgoMs: null,
  };
}

/**
 * The main process's side of the visit process: keeps one alive, ends it with each visit, and knows of the card readers
 * what it tells. Nothing that passes here is personal but the sealed form.
 */
export class VisitDesk {
  readonly #options: VisitDeskOptions;
  readonly healthChanges = new Emitter<DeviceHealth>();
  readonly cardChanges = new Emitter<CardChange>();
  /** The scanner read something; how many characters. */
  readonly scans = new Emitter<number>();
  /** The keys of files, which are in the visit process. */
  readonly vault: FileVault = {
    envelope: (attachmentId, key, caseId) => this.#wish({ what: 'seal-file', attachmentId, key, caseId }),
    forget: (attachmentId) => this.#post({ t: 'forget-file', attachmentId }),
  };
  #service: DeskService | null = null;
  #process: DeskProcess | null = null;
  #said = false;
  #settings: readonly DeviceSettings[] = [];
  #health = new Map<DeviceClass, DeviceHealth>();
  /** The newest word of each reader that is not believed yet. */
  #doubted = new Map<DeviceClass, DeviceHealth>();
  #bornAt = 0;
  #deaths = 0;
  #visit: { readonly visitId: string; readonly language: Language; readonly page: unknown } | null = null;
  #begun = false;
  #stopped = false;
  #lastId = 0;
  readonly #seals = new Map<number, (result: Result<SealedForm, Problem>) => void>();
  readonly #tests = new Map<number, (result: ReaderTest) => void>();
  readonly #wishes = new Map<number, (result: Result<unknown, Problem>) => void>();
  #light = false;

  constructor(options: VisitDeskOptions) {
    this.#options = options;
  }

  /** Starts the first process; calls of the page are answered by `service`. */
  start(service: DeskService): void {
    this.#service = service;
    this.#launch();
  }

  /** Takes the readers' settings, checked before. */
  configure(settings: readonly DeviceSettings[]): void {
    this.#settings = settings;
    const now = this.#options.clock.now();
    for (const deviceClass of FAR_CLASSES) {
      const wanted = settings.find((one) => one.deviceClass === deviceClass);
      const known = this.#health.get(deviceClass);
      if (known && known.driver === (wanted?.driver ?? null) && known.address === (wanted?.address ?? null)) continue;
      this.#health.set(deviceClass, starting(deviceClass, wanted, now));
    }
    this.#configure();
  }

  health(): readonly DeviceHealth[] {
    return FAR_CLASSES.map(
      (deviceClass) => this.#health.get(deviceClass) ?? starting(deviceClass, undefined, this.#options.clock.now()),
    );
  }

  /** A visit has begun. @param page the page's line, as the process takes it */
  begin(visitId: string, language: Language, page: unknown): void {
    this.#visit = { visitId, language, page };
    this.#begun = false;
    this.#handOver();
  }

  /** The visit is over: its process goes with all that it held, a new one takes its place. */
  end(): void {
    if (!this.#begun && this.#tests.size === 0) {
      // The process never heard of the visit, and holds nothing.
      this.#visit = null;
      return;
    }
    this.#visit = null;
    this.#begun = false;
    this.#replace();
  }

  /** Reads a card for a technician's test; afterwards the process that saw the card is replaced. */
  async test(reader: ReaderClass, deadlineMs: number, signal?: AbortSignal): Promise<ReaderTest> {
    if (!this.#said) return err({ code: 'not-connected', detail: 'the visit process is starting' });
    this.#lastId += 1;
    const id = this.#lastId;
    const cancel = (): void => this.#post({ t: 'cancel-test', id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<ReaderTest>((resolve) => {
        this.#tests.set(id, resolve);
        this.#post({ t: 'test', id, reader, deadlineMs });
        if (signal?.aborted === true) cancel();
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Switches the scanner's light, where it has one. */
  light(on: boolean): void {
    this.#light = on;
    this.#post({ t: 'light', on });
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  #post(message: ToDesk, page?: unknown): void {
    if (this.#said) this.#process?.post(message, page);
  }

  #configure(): void {
    const { healthIntervalMs } = this.#options;
    this.#post({
      t: 'readers',
      settings: this.#settings,
      ...(healthIntervalMs === undefined ? {} : { healthIntervalMs }),
    });
  }

  #handOver(): void {
    if (!this.#said || !this.#visit || this.#begun) return;
    const { visitId, language, page } = this.#visit;
    this.#begun = true;
    const cardLeft = this.#service?.cardLeft?.() ?? false;
    this.#post({ t: 'visit', visitId, language, ...(cardLeft ? { cardLeft } : {}) }, page);
  }

  #launch(): void {
    const { spawn, clock } = this.#options;
    const child = spawn();
    this.#process = child;
    this.#said = false;
    this.#bornAt = clock.monotonic();
    this.#doubted.clear();
    child.onMessage((message) => {
      if (this.#process === child) this.#hear(message);
    });
    child.onClose((how) => {
      if (this.#process === child) this.#died(how);
    });
  }

  /** Ends the process and everything that somebody waits for from it. */
  #drop(): void {
    const child = this.#process;
    this.#process = null;
    this.#said = false;
    for (const resolve of this.#seals.values()) resolve(err(problem('K106-cancelled')));
    this.#seals.clear();
    for (const resolve of this.#tests.values()) resolve(err({ code: 'cancelled', detail: '' }));
    this.#tests.clear();
    for (const resolve of this.#wishes.values()) resolve(err(problem('K106-cancelled')));
    this.#wishes.clear();
    child?.kill();
  }

  #replace(): void {
    this.#drop();
    if (!this.#stopped) this.#launch();
    void this.#believeLater();
  }

  /** What a new process tells of a reader that worked counts only after a while, unless it is good news. */
  async #believeLater(): Promise<void> {
    const born = this.#bornAt;
    await this.#options.clock.sleep(REOPEN_MS);
    if (this.#stopped || born !== this.#bornAt) return;
    for (const health of this.#doubted.values()) this.#accept(health);
    this.#doubted.clear();
  }

  #died(how: string): void {
    this.#options.log.event('error', 'visit-process-died', { how });
    const inVisit = this.#visit !== null;
    this.#deaths = inVisit ? 0 : this.#deaths + 1;
    this.#visit = null;
    this.#begun = false;
    this.#drop();
    const pause = this.#deaths < 2 ? 0 : Math.min(250 * 2 ** (this.#deaths - 2), LONGEST_PAUSE_MS);
    void this.#options.clock.sleep(pause).then(() => {
      if (!this.#stopped && !this.#process) this.#replace();
    });
    if (inVisit) this.#service?.died();
  }

  #accept(health: DeviceHealth): void {
    const before = this.#health.get(health.deviceClass);
    this.#health.set(health.deviceClass, health);
    if (before?.status !== health.status || before.detail !== health.detail) this.healthChanges.emit(health);
  }

  #heard(health: DeviceHealth): void {
    const young = this.#options.clock.monotonic() - this.#bornAt < REOPEN_MS;
    const before = this.#health.get(health.deviceClass);
    const worse = before?.status === 'online' && health.status !== 'online' && health.status !== 'deviceBusy';
    if (young && worse && before.address === health.address) this.#doubted.set(health.deviceClass, health);
    else {
      this.#doubted.delete(health.deviceClass);
      this.#accept(health);
    }
  }

  #hear(message: unknown): void {
    const parsed = FromDesk.safeParse(message);
    const service = this.#service;
    if (!parsed.success || !service) {
      this.#options.log.event('error', 'visit-message-malformed', {});
      return;
    }
    const said = parsed.data;
    switch (said.t) {
      case 'hello':
        this.#said = true;
        this.#configure();
        if (this.#light) this.#post({ t: 'light', on: true });
        this.#handOver();
        return;
      case 'health':
        for (const health of said.health) this.#heard(health);
        return;
      case 'card-change':
        this.cardChanges.emit({ reader: said.reader, change: said.change });
        return;
      case 'card-found':
        return service.cardFound(said.visitId);
      case 'card-rules':
        return this.#post({ t: 'card-rules-are', id: said.id, socialSecurity: service.socialSecurity(said.itemId) });
      case 'submit': {
        const child = this.#process;
        void service
          .submit(said.request, (order) => this.#seal(order))
          .then((result) => {
            if (this.#process === child) this.#post({ t: 'submitted', id: said.id, result });
          });
        return;
      }
      case 'sealed':
        this.#seals.get(said.id)?.(said.result);
        this.#seals.delete(said.id);
        return;
      case 'tested': {
        const resolve = this.#tests.get(said.id);
        this.#tests.delete(said.id);
        resolve?.(said.result);
        // A card passed through it.
        if (said.result.ok && !this.#visit) this.#replace();
        return;
      }
      case 'scanned':
        this.scans.emit(said.length);
        void this.#forgetStray();
        return;
      case 'ask': {
        const child = this.#process;
        void this.#answer(service, said.id, said.ask).then((result) => {
          if (this.#process === child) this.#post({ t: 'answered', id: said.id, result });
        });
        return;
      }
      case 'granted':
        this.#wishes.get(said.id)?.(said.result);
        this.#wishes.delete(said.id);
        return;
      case 'log':
        return this.#options.log.event(said.level, said.event, said.detail);
    }
  }

  #seal(order: SealOrder): Promise<Result<SealedForm, Problem>> {
    if (!this.#said) return Promise.resolve(err(problem('K106-cancelled')));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#seals.set(id, resolve);
      this.#post({ t: 'seal', id, order });
    });
  }

  #answer(service: DeskService, id: number, ask: DeskAsk): Promise<Result<unknown, Problem>> {
    const { files } = service;
    switch (ask.what) {
      case 'check-code':
        return service.checkCode(ask.visitId, {
          wellFormed: ask.wellFormed,
          digest: async (rule) => {
            const digest = await this.#wish<string>({ what: 'digest', check: id, rule });
            return digest.ok ? digest.value : null;
          },
        });
      case 'add-file':
        return files.add(ask.file);
      case 'append-file':
        return files.append(ask.visitId, ask.attachmentId, ask.sealed);
      case 'remove-file':
        return files.remove(ask.visitId, ask.attachmentId);
      case 'list-files':
        return Promise.resolve(files.list(ask.visitId, ask.itemId));
    }
  }

  #wish<T>(wish: DeskWish): Promise<Result<T, Problem>> {
    if (!this.#said) return Promise.resolve(err(problem('K106-cancelled')));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#wishes.set(id, (result) => resolve(result as Result<T, Problem>));
      this.#post({ t: 'wish', id, wish });
    });
  }

  /** What was scanned without a visit has no visit's end to go with. */
  async #forgetStray(): Promise<void> {
    const child = this.#process;
    await this.#options.clock.sleep(STRAY_MS);
    if (this.#process === child && !this.#visit && !this.#stopped && this.#tests.size === 0) this.#replace();
  }
}
