import type { DeviceClass, DeviceErrorCode, DeviceStatus } from '../model/device.ts';
import type { DeviceCounters, TimesSummary } from './driver-types.ts';

/** Times of which mean and percentiles are made. */
const TIMES_KEPT = 256;

/** States in which a device can be used; a busy one is at work. */
const USABLE: readonly DeviceStatus[] = ['online', 'deviceBusy'];

/** Counts what happens at one device; bounded whatever happens. Times are monotonic milliseconds. */
export class DeviceStats {
  readonly #deviceClass: DeviceClass;
  readonly #failures: Partial<Record<DeviceErrorCode, number>> = {};
  readonly #answers: number[] = [];
  #answerAt = 0;
  #commands = 0;
  #probesAnswered = 0;
  #probesSilent = 0;
  #opened = 0;
  #reconnects = 0;
  #hangs = 0;
  /** It could be used and then could not; until it can be used again. */
  #away = false;
  #configuredMs = 0;
  #usableMs = 0;
  #status: DeviceStatus = 'noDevice';
  #counted = 0;

  constructor(deviceClass: DeviceClass) {
    this.#deviceClass = deviceClass;
  }

  began(): void {
    this.#commands += 1;
  }

  failed(code: DeviceErrorCode): void {
    this.#failures[code] = (this.#failures[code] ?? 0) + 1;
  }

  /** A probe that was answered after `ms`, or stayed without an answer (null). */
  probed(ms: number | null): void {
    if (ms === null) {
      this.#probesSilent += 1;
      return;
    }
    this.#probesAnswered += 1;
    this.#answers[this.#answerAt % TIMES_KEPT] = ms;
    this.#answerAt += 1;
  }

  opened(): void {
    this.#opened += 1;
  }

  hung(): void {
    this.#hangs += 1;
  }

  /** The device's status from now on. */
  became(status: DeviceStatus, now: number): void {
    this.#count(now);
    const usable = USABLE.includes(status);
    if (usable) {
      if (this.#away) this.#reconnects += 1;
      this.#away = false;
    } else if (status === 'noDevice') {
      this.#away = false;
    } else if (USABLE.includes(this.#status)) {
      this.#away = true;
    }
    this.#status = status;
  }

  summary(now: number): DeviceCounters {
    this.#count(now);
    return {
      deviceClass: this.#deviceClass,
      commands: this.#commands,
      failures: { ...this.#failures },
      probesAnswered: this.#probesAnswered,
      probesSilent: this.#probesSilent,
      opened: this.#opened,
      reconnects: this.#reconnects,
      hangs: this.#hangs,
      answer: summaryOf(this.#answers),
      configuredMs: Math.round(this.#configuredMs),
      usableMs: Math.round(this.#usableMs),
    };
  }

  #count(now: number): void {
    const passed = Math.max(0, now - this.#counted);
    this.#counted = now;
    if (this.#status === 'noDevice') return;
    this.#configuredMs += passed;
    if (USABLE.includes(this.#status)) this.#usableMs += passed;
  }
}

/** Mean, percentiles (nearest rank) and maximum; null of nothing. */
function summaryOf(times: readonly number[]): TimesSummary | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted((one, other) => one - other);
  const rank = (share: number): number => round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return {
    mean: round(times.reduce((sum, ms) => sum + ms, 0) / times.length),
    p50: rank(0.5),
    p95: rank(0.95),
    max: rank(1),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
