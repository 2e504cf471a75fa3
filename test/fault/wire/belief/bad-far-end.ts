import type { DeviceSimulator } from '../../../../native/model/simulator.ts';
import { MemoryTransport } from '../../../support/memory-transport.ts';
import type { MemoryTransportOptions } from '../../../support/memory-transport.ts';
import type { Chance } from '../noise.ts';
import type { QuickClock } from './quick-clock.ts';

/** What comes instead of an answer. */
type Fate = 'true' | 'noise' | 'alphabet' | 'replaced' | 'swapped' | 'shifted' | 'framed' | 'nothing';
const FATES: readonly Fate[] = ['true', 'noise', 'alphabet', 'replaced', 'replaced', 'swapped', 'shifted', 'framed'];

/**
 * A true device behind a line that spoils its answers while a question is open: random bytes, bytes of the answer in any
 * order, an answer with one or two bytes changed, exchanged, dropped, doubled or put in, an answer among noise.
 */
export class BadFarEnd {
  readonly transport: MemoryTransport;
  readonly #chance: Chance;
  readonly #clock: QuickClock;
  /** Bytes delivered, and answers that were not the true ones. */
  bytes = 0;
  spoilt = 0;
  /** Share of answers that are spared; of the others some come as they are, too. */
  spared = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(simulator: DeviceSimulator, clock: QuickClock, chance: Chance, options: MemoryTransportOptions = {}) {
    this.#chance = chance;
    this.#clock = clock;
    this.transport = new MemoryTransport(options);
    const { transport } = this;
    // A transport keeps all that was written, for tests; ten million bytes of answers have many questions.
    transport.onWrite = (bytes) => {
      transport.written.length = 0;
      simulator.receive(bytes);
    };
    // One answer after the other, as on a wire.
    simulator.output.subscribe(({ bytes, delayMs }) => {
      this.#sending = this.#sending.then(() => this.#answer(bytes, delayMs));
    });
  }

  async #answer(bytes: Uint8Array, delayMs: number): Promise<void> {
    await this.#clock.sleep(Math.max(1, delayMs));
    const chance = this.#chance;
    const spoilt = chance.below(1_000) < this.spared * 1_000 ? bytes : this.#spoil(bytes, chance.pick(FATES));
    const reports = this.transport.kind === 'reports';
    // A report is as long as ever, whatever is in it.
    const piece = reports ? Uint8Array.from(bytes, (_, at) => spoilt[at] ?? 0) : spoilt;
    this.bytes += piece.length;
    if (piece.length === 0) return;
    if (reports || chance.below(4) > 0 || piece.length < 2) {
      this.transport.deliver(piece);
      return;
    }
    const cut = 1 + chance.below(piece.length - 1);
    this.transport.deliver(piece.slice(0, cut));
    await this.#clock.sleep(2);
    this.transport.deliver(piece.slice(cut));
  }

  #spoil(bytes: Uint8Array, fate: Fate): Uint8Array {
    const chance = this.#chance;
    const copy = [...bytes];
    const at = (): number => chance.below(Math.max(1, copy.length));
    if (fate !== 'true') this.spoilt += 1;
    switch (fate) {
      case 'true':
        return bytes;
      case 'nothing':
        return new Uint8Array(0);
      case 'noise':
        return chance.bytes(1 + chance.below(2 * Math.min(64, bytes.length)));
      case 'alphabet':
        return Uint8Array.from({ length: bytes.length }, () => chance.pick(copy));
      case 'replaced':
        for (let turn = 1 + chance.below(2); turn > 0; turn -= 1) copy[at()] = chance.below(256);
        break;
      case 'swapped': {
        const [one, other] = [at(), at()];
        [copy[one], copy[other]] = [copy[other] ?? 0, copy[one] ?? 0];
        break;
      }
      case 'shifted': {
        const count = 1 + chance.below(2);
        const how = chance.below(3);
        const place = at();
        if (how === 0) copy.splice(place, count);
        else copy.splice(place, 0, ...(how === 1 ? copy.slice(place, place + count) : chance.bytes(count)));
        break;
      }
      default:
        return Uint8Array.from([...chance.bytes(chance.below(12)), ...copy, ...chance.bytes(chance.below(12))]);
    }
    return Uint8Array.from(copy);
  }
}
