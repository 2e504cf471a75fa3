import { problem, type Problem } from '../contract/problems.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import type { Language } from '../domain/text.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { Emitter } from '../../native/model/events.ts';
import type { DeviceError } from '../../native/model/device.ts';
import type { IdentityCard } from '../../native/model/social-security-card-reader.ts';
import type { VisitManner } from './card-place.ts';
import { problemOf } from './device-problems.ts';
import { newId } from './ids.ts';
import type { Devices } from './device-ports.ts';
import type { Ports } from './kiosk.ts';

/** How long one wait for a card lasts, in milliseconds. */
const CARD_DEADLINE_MS = 60_000;

/** One person at the kiosk, from first touch to wiped screen. Plain personal data lives here only. */
export interface Visit {
  readonly id: string;
  readonly language: Language;
  /** Aborted when the visit ends: every wait of the visit hangs on it. */
  readonly ended: AbortController;
  card: IdentityCard | null;
  /** The card of somebody who has gone may still lie on a reader: it is not read in this visit. */
  cardLeft: boolean;
  /** Item packs that this visit began with, by `id`. */
  readonly packs: Map<string, ItemPack>;
  /** Pick-ups whose code was accepted in this visit, with the opening pulses sent for it. */
  readonly pickups: Map<string, { readonly cell: string; pulses: number }>;
  /** Cases submitted in this visit. */
  readonly cases: Set<string>;
}

/** What a screen must hear of its visit. */
export type VisitEvent =
  | { readonly type: 'begun'; readonly visitId: string }
  | { readonly type: 'card-found'; readonly visitId: string }
  | { readonly type: 'ended'; readonly visitId: string; readonly manner: VisitManner };

/** What visits need of the kiosk. */
type VisitPorts = Pick<Ports, 'clock' | 'random' | 'log'> & {
  readonly devices: Pick<Devices, 'readCard' | 'readSocialSecurityCard'>;
};

/** Begins and ends visits; there is at most one. */
export class Visits {
  readonly #ports: VisitPorts;
  #current: Visit | null = null;
  #reading: AbortController | null = null;
  readonly events = new Emitter<VisitEvent>();

  constructor(ports: VisitPorts) {
    this.#ports = ports;
  }

  get current(): Visit | null {
    return this.#current;
  }

  /**
   * Begins a visit; an older one is ended first, so that nothing of it can be seen by the next person.
   * @param options.id a new one unless the visit is known elsewhere already
   * @param options.cardLeft see `Visit`
   */
  begin(
    language: Language,
    { id = newId(this.#ports), cardLeft = false }: { readonly id?: string; readonly cardLeft?: boolean } = {},
  ): Visit {
    if (this.#current) this.end(this.#current.id);
    const visit: Visit = {
      id,
      language,
      ended: new AbortController(),
      card: null,
      cardLeft,
      packs: new Map(),
      pickups: new Map(),
      cases: new Set(),
    };
    this.#current = visit;
    this.#ports.log.event('info', 'visit-begun', { visitId: visit.id, language });
    this.events.emit({ type: 'begun', visitId: visit.id });
    return visit;
  }

  /**
   * Ends a visit and forgets everything of it. Ending it twice, or one long gone, is harmless.
   * @param manner how it was used; in the language it began in unless told
   */
  end(visitId: string, reason = 'finished', manner?: VisitManner): void {
    const visit = this.#current;
    if (!visit || visit.id !== visitId) return;
    this.#current = null;
    visit.ended.abort();
    visit.card = null;
    visit.packs.clear();
    visit.pickups.clear();
    visit.cases.clear();
    this.#ports.log.event('info', 'visit-ended', { visitId, reason });
    this.events.emit({ type: 'ended', visitId, manner: manner ?? { language: visit.language, spoken: false } });
  }

  /** The visit that a call names, if it is still the one at the kiosk. */
  require(visitId: string): Result<Visit, Problem> {
    return this.#current?.id === visitId ? ok(this.#current) : err(problem('K102-no-visit'));
  }

  /**
   * Waits for a card and reads it. A second call takes the place of the first. Only resident identity cards are taken,
   * and social security cards where `socialSecurity` says so: then the reader that has a card first counts. Any other kind
   * is `C205-card-wrong-type`, and the card read before stays.
   */
  async readCard(
    visitId: string,
    { socialSecurity = false }: { readonly socialSecurity?: boolean } = {},
  ): Promise<Result<IdentityCard, Problem>> {
    const found = this.require(visitId);
    if (!found.ok) return found;
    const visit = found.value;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const signal = AbortSignal.any([reading.signal, visit.ended.signal]);
    try {
      const onCardFound = (): void => {
        if (!signal.aborted) this.events.emit({ type: 'card-found', visitId });
      };
      const { devices } = this.#ports;
      const how = { deadlineMs: CARD_DEADLINE_MS, signal, onCardFound, afterRemoval: visit.cardLeft };
      const card = socialSecurity ? await firstCard(devices, how) : await devices.readCard(how);
      // A card that arrives after the visit ended must not reach the next person's screen.
      if (signal.aborted) return err(problem('K106-cancelled'));
      // Whoever got so far saw another card: this visitor's own.
      if (card.ok || OF_A_CARD.includes(card.error.code)) visit.cardLeft = false;
      if (!card.ok) {
        this.#ports.log.event('info', 'card-not-read', { code: card.error.code });
        return err(problemOf('id-card-reader', card.error));
      }
      // The reader knows more kinds of card than the forms do: a permit or a foreigner's card has no nation, its number
      // follows other rules, and a case filed with it would be wrong.
      if (card.value.type !== 'resident' && card.value.type !== 'social-security') {
        this.#ports.log.event('info', 'card-not-read', { code: 'card-wrong-type' });
        return err(problem('C205-card-wrong-type'));
      }
      visit.card = card.value;
      return ok(card.value);
    } finally {
      if (this.#reading === reading) this.#reading = null;
    }
  }

  /** A reader saw that a card was taken away: what lies there from now on belongs to this visit. */
  cardRemoved(): void {
    if (this.#current) this.#current.cardLeft = false;
  }

  cancelCard(visitId: string): void {
    if (this.#current?.id === visitId) this.#reading?.abort();
  }
}

/** How a visit waits for a card. */
interface CardWait {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onCardFound: () => void;
  readonly afterRemoval: boolean;
}

/** Failures that say that somebody did put a card there: he has to hear of it. */
const OF_A_CARD: readonly DeviceError['code'][] = ['card-unreadable', 'card-moved', 'card-wrong-type'];

/**
 * Waits at both readers. The first card counts, read or not; the other reader is told to stop. A reader that is away or
 * saw no card is out of it: its word counts only when the other one came to nothing either.
 */
async function firstCard(devices: VisitPorts['devices'], how: CardWait): Promise<Result<IdentityCard, DeviceError>> {
  const decided = new AbortController();
  const options = { ...how, signal: AbortSignal.any([how.signal, decided.signal]) };
  const readings: readonly Promise<Result<IdentityCard, DeviceError>>[] = [
    devices.readCard(options),
    devices.readSocialSecurityCard(options),
  ];
  let first: Result<IdentityCard, DeviceError> | null = null;
  const ended = await Promise.all(
    readings.map(async (reading) => {
      const result = await reading;
      if (first === null && (result.ok || OF_A_CARD.includes(result.error.code))) {
        first = result;
        decided.abort();
      }
      return result;
    }),
  );
  // Where nobody came, "no card" says more than that one of the readers is not there.
  const [idCard, other] = ended;
  const none = ended.find((result) => !result.ok && result.error.code === 'no-card');
  return first ?? none ?? idCard ?? other ?? err({ code: 'no-card', detail: 'no reader' });
}
