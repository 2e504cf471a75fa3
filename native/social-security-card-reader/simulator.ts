import { CCID, CCID_ERROR, decodeCcidCommand, encodeCcidAnswer, encodeCcidChange } from '../codec/ccid.ts';
import type { CcidCard } from '../codec/ccid.ts';
import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { VirtualCard } from './virtual-card.ts';
import type { SimulatedCard } from './virtual-card.ts';

export type { SimulatedCard } from './virtual-card.ts';

/** Faults of reader and card that can be switched at any time. */
export interface CardReaderBehaviour {
  /** The card does not answer to power: put in the wrong way round, or broken. */
  mute: boolean;
  /** The card is pulled out when this many of its commands have been answered; null = it stays. */
  pulledAfter: number | null;
  /** Another program holds the card. */
  held: boolean;
  /** The card asks for time before each response. */
  slowCard: boolean;
  /** The card takes commands and never responds. */
  stuckCard: boolean;
  /** The reader itself does not answer. */
  silent: boolean;
}

/** A chip card reader as the host sees it: CCID messages, and a card that comes and goes. */
export class CardReaderSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: CardReaderBehaviour = {
    mute: false,
    pulledAfter: null,
    held: false,
    slowCard: false,
    stuckCard: false,
    silent: false,
  };
  #card: VirtualCard | null = null;
  #powered = false;
  #answered = 0;

  get hasCard(): boolean {
    return this.#card !== null;
  }

  /** Puts a card in; the one that was there is taken out first. */
  insert(card: SimulatedCard | VirtualCard): void {
    if (this.#card) this.remove();
    this.#card = card instanceof VirtualCard ? card : new VirtualCard(card);
    this.#powered = false;
    this.#answered = 0;
    this.activity.emit('card put in');
    this.#say(encodeCcidChange(true), 0);
  }

  /** Takes the card out, whatever goes on. */
  remove(): void {
    if (!this.#card) return;
    this.#card = null;
    this.#powered = false;
    this.activity.emit('card taken out');
    this.#say(encodeCcidChange(false), 0);
  }

  receive(bytes: Uint8Array): void {
    const command = decodeCcidCommand(bytes);
    if (!command.ok || this.behaviour.silent) return;
    const { type, sequence, data } = command.value;
    switch (type) {
      case CCID.slotStatus:
        return this.#answer(CCID.slotStatusAnswer, sequence, null);
      case CCID.powerOff:
        this.#powered = false;
        return this.#answer(CCID.slotStatusAnswer, sequence, null);
      case CCID.powerOn:
        return this.#powerOn(sequence);
      case CCID.transfer:
        return this.#transfer(sequence, data);
      default:
        return this.#answer(CCID.slotStatusAnswer, sequence, CCID_ERROR.badMessage);
    }
  }

  #powerOn(sequence: number): void {
    const card = this.#card;
    if (!card || this.behaviour.mute) return this.#answer(CCID.dataBlock, sequence, CCID_ERROR.mute);
    if (this.behaviour.held) return this.#answer(CCID.dataBlock, sequence, CCID_ERROR.busy);
    this.#powered = true;
    this.#answer(CCID.dataBlock, sequence, null, card.reset());
  }

  #transfer(sequence: number, apdu: Uint8Array): void {
    if (this.#card && this.behaviour.pulledAfter !== null && this.#answered >= this.behaviour.pulledAfter)
      this.remove();
    const card = this.#card;
    if (!card || !this.#powered) return this.#answer(CCID.dataBlock, sequence, CCID_ERROR.mute);
    if (this.behaviour.stuckCard) return;
    if (this.behaviour.slowCard) {
      this.#say(encodeCcidAnswer({ type: CCID.dataBlock, sequence, card: 'active', wait: true }), 200);
    }
    this.#answered += 1;
    this.#answer(CCID.dataBlock, sequence, null, card.respond(apdu));
  }

  #answer(type: number, sequence: number, error: number | null, data: Uint8Array = new Uint8Array(0)): void {
    const card: CcidCard = !this.#card ? 'absent' : this.#powered ? 'active' : 'inactive';
    this.#say(encodeCcidAnswer({ type, sequence, card, error, data }), type === CCID.slotStatusAnswer ? 0 : 10);
  }

  #say(bytes: Uint8Array, delayMs: number): void {
    this.output.emit({ bytes, delayMs });
  }
}
