import { problem, type Problem } from '../contract/problems.ts';
import type { RatingChannel, RatingLevel, RatingSubject } from '../domain/rating.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { Emitter, type Unsubscribe } from '../../native/model/events.ts';
import { newId } from './ids.ts';
import { correctedNow, type Ports } from './kiosk.ts';
import { storeProblem } from './cases.ts';
import type { Visits } from './visits.ts';

/** Ratings by keypad or screen: voluntary, one a subject. */
export class Ratings {
  readonly #ports: Ports;
  readonly #visits: Visits;
  #invited: { readonly visitId: string; readonly subject: RatingSubject; readonly subjectId: string } | null = null;
  readonly #stop: Unsubscribe[];
  /** A rating that came from the keypad and is stored. */
  readonly events = new Emitter<{ readonly subjectId: string; readonly level: RatingLevel }>();

  constructor(ports: Ports, visits: Visits) {
    this.#ports = ports;
    this.#visits = visits;
    this.#stop = [
      ports.devices.signals.subscribe((signal) => {
        if (signal.type === 'rating') void this.#fromKeypad(signal.level);
      }),
      visits.events.subscribe((event) => {
        if (event.type === 'ended') void this.#withdraw();
      }),
    ];
  }

  /** Stops listening to the keypad. */
  dispose(): void {
    for (const stop of this.#stop) stop();
  }

  /** From now on a key of the keypad counts for this subject. */
  async invite(
    visitId: string,
    subject: RatingSubject,
    subjectId: string,
  ): Promise<Result<{ readonly alreadyRated: boolean }, Problem>> {
    const allowed = this.#mayRate(visitId, subject, subjectId);
    if (!allowed.ok) return allowed;
    const rated = await this.#ports.store.ratingOf(subjectId);
    if (!rated.ok) return err(storeProblem(rated.error));
    // The visit may have ended meanwhile; the next person's key must not rate it.
    const still = this.#mayRate(visitId, subject, subjectId);
    if (!still.ok) return still;
    if (rated.value === null) {
      this.#invited = { visitId, subject, subjectId };
      await this.#ports.devices.inviteRating(true);
    }
    return ok({ alreadyRated: rated.value !== null });
  }

  /** Stores a rating given on the screen. */
  async give(
    visitId: string,
    subject: RatingSubject,
    subjectId: string,
    level: RatingLevel,
  ): Promise<Result<{ readonly level: RatingLevel }, Problem>> {
    const allowed = this.#mayRate(visitId, subject, subjectId);
    if (!allowed.ok) return allowed;
    return this.#store(subject, subjectId, level, 'screen');
  }

  /** The person does not want to rate: keys count no more. */
  async skip(visitId: string): Promise<void> {
    if (this.#invited?.visitId === visitId) await this.#withdraw();
  }

  /** Only what was done in this visit can be rated in it. */
  #mayRate(visitId: string, subject: RatingSubject, subjectId: string): Result<null, Problem> {
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const own = subject === 'case' ? visit.value.cases.has(subjectId) : visit.value.pickups.has(subjectId);
    return own ? ok(null) : err(problem('S504-not-found'));
  }

  async #fromKeypad(level: RatingLevel): Promise<void> {
    const invited = this.#invited;
    if (!invited || this.#visits.current?.id !== invited.visitId) return;
    this.#invited = null;
    const stored = await this.#store(invited.subject, invited.subjectId, level, 'keypad');
    if (stored.ok) this.events.emit({ subjectId: invited.subjectId, level });
    else this.#ports.log.event('error', 'rating-not-stored', { code: stored.error.code });
  }

  async #store(
    subject: RatingSubject,
    subjectId: string,
    level: RatingLevel,
    channel: RatingChannel,
  ): Promise<Result<{ readonly level: RatingLevel }, Problem>> {
    await this.#withdraw();
    const stored = await this.#ports.store.rate({
      ratingId: newId(this.#ports),
      actId: newId(this.#ports),
      subject,
      subjectId,
      level,
      channel,
      at: correctedNow(this.#ports),
      kioskCode: this.#ports.kiosk().code,
    });
    // A subject that was rated a moment ago (keypad and screen together) keeps its first rating.
    if (stored.ok) {
      this.#ports.sync.wake();
      return ok({ level: stored.value.level });
    }
    const first = stored.error.code === 'conflict' ? await this.#ports.store.ratingOf(subjectId) : null;
    if (first?.ok !== true || first.value === null) return err(storeProblem(stored.error));
    return ok({ level: first.value.level });
  }

  async #withdraw(): Promise<void> {
    if (!this.#invited) return;
    this.#invited = null;
    await this.#ports.devices.inviteRating(false);
  }
}
