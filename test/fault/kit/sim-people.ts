import { scryptSync } from 'node:crypto';
import type { CardDto } from '../../../electron/contract/dto.ts';
import { makePickupCode } from '../../../electron/domain/pickup-code.ts';
import { newId } from '../../../electron/services/ids.ts';
import type { Clock } from '../../../native/model/clock.ts';
import type { PickupList } from '../../../electron/platform-api/messages.ts';
import { START, testId } from '../../../electron/store/test-kit.ts';
import { fixtureValues } from '../../integration/filled-forms.ts';
import type { Dice } from './dice.ts';
import type { History } from './history.ts';
import { ratingSubject } from './memory-platform.ts';
import type { SimHall } from './sim-hall.ts';
import type { SimKiosk } from './sim-kiosk.ts';

const ITEM = 'rent-filing';
/** A screen must answer within this time, in milliseconds. */
const SCREEN_MS = 10_000;
const YEARS_MS = 50 * 365 * 86_400_000;

/** Locker contents of the simulated kiosk, each with the code that somebody holds. */
export interface SimPickups {
  readonly list: PickupList;
  readonly codes: readonly string[];
}

/** Cells that hold contents; more contents lie in them one after the other. */
const CELLS = 4;
/** Cost of a code's digest, as low as the contract allows. */
const CODE_COST = 2_048;

/** So many contents with their codes and digests as the platform would announce them. */
export function simPickups(count: number): SimPickups {
  const codeSalt = 'sim-salt';
  const codes = Array.from({ length: count }, (_, index) => makePickupCode(String(1_186_402 + index * 7_919)));
  const pickups = codes.map((code, index) => ({
    pickupId: testId(0x70_0000 + index),
    cell: `0${(index % CELLS) + 1}`,
    codeDigest: scryptSync(code, codeSalt, 32, { N: CODE_COST, r: 8, p: 1 }).toString('base64url'),
    holder: '测试**公司',
    contents: [{ name: { 'zh-CN': '公章', en: 'Company seal' }, count: 1 }],
    validFrom: new Date(START - YEARS_MS).toISOString(),
    validTo: new Date(START + YEARS_MS).toISOString(),
    withdrawn: false,
  }));
  return { codes, list: { version: 2, codeSalt, codeCost: CODE_COST, pickups } };
}

export interface SimPeopleOptions {
  readonly kiosk: SimKiosk;
  readonly hall: SimHall;
  readonly dice: Dice;
  readonly history: History;
  readonly world: Clock;
  readonly pickups: SimPickups;
}

/** People who come to the simulated kiosk, one after the other, each with a mind of their own. */
export class SimPeople {
  readonly #options: SimPeopleOptions;
  #nextCode = 0;
  /** Pulses that a lock had felt when somebody was told that its door is open. */
  readonly #pulses = new Map<number, number>();
  visits = 0;

  constructor(options: SimPeopleOptions) {
    this.#options = options;
  }

  /** One visit, from first touch to wiped screen; it may be given up at any point, or cut off by a dead kiosk. */
  async visit(): Promise<void> {
    const { kiosk, dice, world } = this.#options;
    this.visits += 1;
    if (!kiosk.app) return;
    const touched = world.monotonic();
    const begun = await kiosk.call('visit.begin', { language: dice.pick(['zh-CN', 'en'] as const) });
    if (!begun?.ok) return;
    const shown = await kiosk.call('kiosk.snapshot', {});
    if (shown && world.monotonic() - touched > SCREEN_MS) kiosk.faults.push('no usable screen within 10 s');
    const { visitId } = begun.value;
    if (dice.chance(0.75)) await this.#file(visitId);
    if (dice.chance(0.25)) await this.#collect(visitId);
    if (dice.chance(0.9)) await kiosk.call('visit.end', { visitId, reason: 'finished' });
  }

  /** Doors that got another pulse after somebody was told that they are open, each in words. */
  doubleOpenings(): string[] {
    const { hall } = this.#options;
    return [...this.#pulses]
      .filter(([lock, pulses]) => hall.pulses(lock) !== pulses)
      .map(([lock, pulses]) => `the door of lock ${lock} got ${hall.pulses(lock) - pulses} more pulses`);
  }

  async #file(visitId: string): Promise<void> {
    const { kiosk, dice, history, hall, world } = this.#options;
    const read = await this.#card(visitId);
    if (!read) return;
    const found = await kiosk.call('catalogue.item', { itemId: ITEM });
    if (!found?.ok) return;
    await world.sleep(dice.between(1_000, 90_000));
    const submit = {
      visitId,
      submissionId: newId({ clock: world, random: dice }),
      itemId: ITEM,
      itemVersion: (found.value.item as { version: number }).version,
      language: 'zh-CN' as const,
      values: fixtureValues(found.value.item, read),
    };
    let answer = await kiosk.call('case.submit', submit);
    // An impatient second touch.
    if (dice.chance(0.2)) answer = (await kiosk.call('case.submit', submit)) ?? answer;
    if (!answer?.ok) return;
    const { caseId } = answer.value;
    const sha256 = kiosk.sealed.get(`case:${caseId}:1`) ?? 'never sealed';
    history.acknowledge({ subjectId: caseId, sequence: 1, sha256 });
    const subject = { visitId, subject: 'case', subjectId: caseId } as const;
    const print = kiosk.call('receipt.print', { ...subject, language: 'zh-CN' });
    if (dice.chance(0.3)) await print;
    if (dice.chance(0.6)) {
      if (dice.chance(0.5)) {
        const rated = await kiosk.call('rating.give', { ...subject, level: dice.pick([1, 2, 3, 4, 5] as const) });
        if (rated?.ok) history.acknowledge({ subjectId: caseId, sequence: 2, sha256: null });
      } else {
        await kiosk.call('rating.invite', subject);
        await world.sleep(dice.between(200, 9_000));
        hall.rig.keypads['serial-keypad'].press(dice.pick([1, 2, 3, 4, 5] as const));
        await world.sleep(500);
      }
    }
    await print;
    if (dice.chance(0.2)) await kiosk.call('case.find', { number: answer.value.trackingNumber });
  }

  async #card(visitId: string): Promise<CardDto | null> {
    const { kiosk, hall, dice, world } = this.#options;
    const reading = kiosk.call('card.read', { visitId });
    await world.sleep(dice.between(100, 8_000));
    // Lifted and laid again: a reader hides a card that it has read.
    hall.liftCard();
    await world.sleep(dice.between(700, 1_500));
    hall.layCard();
    const read = await reading;
    return read?.ok ? read.value.card : null;
  }

  async #collect(visitId: string): Promise<void> {
    const { kiosk, dice, history, pickups, world } = this.#options;
    const code = pickups.codes[this.#nextCode];
    const pickup = pickups.list.pickups[this.#nextCode];
    if (code === undefined || !pickup) return;
    const checked = await kiosk.call('pickup.check', { visitId, code });
    if (!checked) return;
    if (!checked.ok) {
      if (checked.error.code === 'L406-code-used') this.#nextCode += 1;
      return;
    }
    const { hall } = this.#options;
    const lock = (this.#nextCode % CELLS) + 1;
    this.#pulses.delete(lock);
    const opened = await kiosk.call('pickup.open', { visitId, pickupId: pickup.pickupId });
    if (!opened?.ok || opened.value.door !== 'open') return;
    this.#nextCode += 1;
    this.#pulses.set(lock, hall.pulses(lock));
    // Some message about it is owed; which number it has depends on what was tried before.
    history.acknowledge({ subjectId: pickup.pickupId, sequence: 1, sha256: null });
    await world.sleep(dice.between(1_000, 20_000));
    await kiosk.call('pickup.door', { visitId, pickupId: pickup.pickupId });
    if (!dice.chance(0.5)) return;
    const subject = { visitId, subject: 'pickup', subjectId: pickup.pickupId } as const;
    const rated = await kiosk.call('rating.give', { ...subject, level: 5 });
    if (rated?.ok) history.acknowledge({ subjectId: ratingSubject(pickup.pickupId), sequence: 1, sha256: null });
  }
}
