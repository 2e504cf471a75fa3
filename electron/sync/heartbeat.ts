import { HELP_LOOK_BACK, HELP_SENT, pendingHelp } from '../domain/help.ts';
import { canBeNow } from '../domain/date.ts';
import type { Heartbeat, HeartbeatAnswer } from '../platform-api/messages.ts';
import type { LogPort, StorePort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { fraction } from './backoff.ts';
import type { Link } from './link.ts';
import { Nudge } from './nudge.ts';
import type { Call } from './platform-client.ts';

export interface HeartbeatOptions {
  readonly store: StorePort;
  readonly call: Call;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  readonly kioskCode: string;
  readonly version: string;
  /** What is wrong with the configuration's credentials. */
  readonly settings?: NonNullable<Heartbeat['settings']>;
  readonly deviceReport: () => Heartbeat['devices'];
  /** Milliseconds between two heartbeats while the link is up. */
  readonly everyMs: number;
  /** What is done after an answered heartbeat, before the next one. */
  readonly after: (answer: HeartbeatAnswer) => Promise<void>;
}

/** While the link is down a heartbeat is tried this often at least (ms), so that its return is seen within 5 s. */
const PROBE_MS = 4_000;
const DEADLINE_MS = 8_000;
/** Heartbeats under way at once at most. */
const PROBES = 3;

/** The kiosk's sign of life: a loop that also measures the link and the difference of the clocks. */
export class HeartbeatLoop {
  readonly #options: HeartbeatOptions;
  readonly #nudge = new Nudge();
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();
  /** Heartbeats under way; more than one only while the link is down. */
  readonly #underWay = new Set<Promise<boolean>>();
  /** What follows answered heartbeats, one after the other. */
  #afterwards: Promise<void> = Promise.resolve();
  /** Platform time minus steady time (ms), so that a jump of the kiosk's clock does not touch it; null before an answer. */
  #anchor: number | null = null;
  /** Platform time that was not taken over (ms since 1970), told once. */
  #disbelieved: number | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Platform time minus kiosk time in milliseconds; 0 before the first answer. */
  get clockOffset(): number {
    const { clock } = this.#options;
    return this.#anchor === null ? 0 : Math.round(this.#anchor + clock.monotonic() - clock.now());
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** The next heartbeat goes out now. */
  beatNow(): void {
    this.#nudge.now();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#nudge.now();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { clock, link, random, everyMs } = this.#options;
    // A spread of a quarter, so that the kiosks of a hall do not come back all at once.
    const spread = (ms: number): number => ms * (1 - fraction(random) / 4);
    while (!this.#stopping) {
      const beat = this.#underWay.size < PROBES ? this.#begin() : Promise.resolve(false);
      if (link.state === 'up') await beat;
      else {
        // A probe that got lost while the line was dead may hang on: the next one does not wait for it.
        const pause = this.#nudge.wait(clock, spread(Math.min(everyMs, PROBE_MS)));
        const answered = await Promise.race([beat, pause.then(() => false)]);
        if (answered) this.#nudge.now();
        await pause;
        if (!answered) continue;
      }
      const pause = link.state === 'up' ? everyMs : Math.min(everyMs, PROBE_MS);
      if (!this.#stopping) await this.#nudge.wait(clock, spread(pause));
    }
  }

  /** One heartbeat with what follows it; gives whether it was answered. */
  #begin(): Promise<boolean> {
    const running = this.#beat().then((answer) => {
      this.#afterwards = this.#afterwards.then(() =>
        answer && !this.#stopping ? this.#options.after(answer) : undefined,
      );
      return this.#afterwards.then(() => answer !== null);
    });
    this.#underWay.add(running);
    void running.finally(() => this.#underWay.delete(running));
    return running;
  }

  async #beat(): Promise<HeartbeatAnswer | null> {
    const { store, call, clock, kioskCode, version, settings, deviceReport } = this.#options;
    const counts = await store.outboxCounts();
    const trail = await store.auditTail(HELP_LOOK_BACK);
    const help = trail.ok ? pendingHelp(trail.value) : [];
    const evidence = await store.evidenceHead();
    const handed = await store.handedOver();
    const loss = await store.storeLoss();
    // The machine that took the queue over tells of the chain from then on.
    const head = evidence.ok && evidence.value && handed.ok && handed.value === null ? evidence.value : null;
    const sentAtSteady = clock.monotonic();
    const message: Heartbeat = {
      kioskCode,
      at: new Date(clock.now()).toISOString(),
      version,
      waiting: counts.ok ? counts.value.waiting : 0,
      parked: counts.ok ? counts.value.parked : 0,
      devices: deviceReport(),
      ...(head ? { evidence: { seq: head.seq, hash: head.hash } } : {}),
      ...(loss.ok && loss.value
        ? { storeLoss: { kind: loss.value.kind, at: new Date(loss.value.at).toISOString() } }
        : {}),
      ...(settings === undefined ? {} : { settings }),
      ...(help.length === 0 ? {} : { help }),
    };
    const answer = await call('heartbeat', { body: JSON.stringify(message), deadlineMs: DEADLINE_MS });
    if (!answer.ok) return null;
    this.#setClock(Date.parse(answer.value.now), (sentAtSteady + clock.monotonic()) / 2);
    const seen = new Set(answer.value.helpSeen);
    for (const { requestId } of help.filter((one) => seen.has(one.requestId))) {
      // If this cannot be written the request is told once more, which the platform knows by its id.
      await store.audit({ at: clock.now(), who: 'platform', what: HELP_SENT, detail: requestId });
    }
    if (answer.value.held) await this.#compare(answer.value.held);
    return answer.value;
  }

  /** Takes the platform's time over, unless no kiosk could work with it. It read its clock about half-way, at `steady`. */
  #setClock(now: number, steady: number): void {
    if (canBeNow(now)) this.#anchor = now - steady;
    else if (this.#disbelieved !== now) this.#options.log.event('error', 'platform-clock-wrong', { now });
    this.#disbelieved = canBeNow(now) ? null : now;
  }

  /** The platform is a second witness: what it holds of this kiosk must be here. */
  async #compare(held: NonNullable<HeartbeatAnswer['held']>): Promise<void> {
    const { store, log, kioskCode } = this.#options;
    const compared = await store.compareHeld(kioskCode, held);
    if (!compared.ok || compared.value === null) return;
    const { kind, had, has } = compared.value;
    log.event('error', 'store-rolled-back', { kind, had: had?.seq ?? 0, has: has?.seq ?? 0 });
  }
}
