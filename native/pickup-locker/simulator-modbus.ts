import type { Clock } from '../model/clock.ts';
import type { CellAddress } from '../model/pickup-locker.ts';
import { SimulatedBoards } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const THINK_MS = 5;
const REQUEST_LENGTH = 8;
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const BUSY = 6;

/** CRC-16/MODBUS by the book: shift right, and where a one falls out, A001. */
function crcOf(bytes: readonly number[]): readonly [number, number] {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : Math.floor(crc / 2);
  }
  return [crc % 256, Math.floor(crc / 256)];
}

/** Modbus relay boards: each relay drives a lock when it picks up, each input is a door contact. */
export class ModbusRelaySimulator extends SimulatedBoards {
  readonly #clock: Clock;
  readonly #channels: number;
  readonly #inputs: 'on-closed' | 'on-open' | 'none';
  readonly #timedPulse: boolean;
  readonly #on = new Set<string>();
  readonly #stop = new AbortController();

  constructor(
    options: SimulatedBoardsOptions & {
      readonly channels?: number;
      readonly inputs?: 'on-closed' | 'on-open' | 'none';
      /** Whether the board knows timed pulses, as Waveshare's do. */
      readonly timedPulse?: boolean;
    },
  ) {
    const channels = options.channels ?? 8;
    super(options, 1, channels);
    this.#clock = options.clock;
    this.#channels = channels;
    this.#inputs = options.inputs ?? 'on-closed';
    this.#timedPulse = options.timedPulse ?? true;
  }

  /** Relays that are on at this moment. */
  get relaysOn(): number {
    return this.#on.size;
  }

  override dispose(): void {
    this.#stop.abort();
    super.dispose();
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    if (heard.length < REQUEST_LENGTH) return 'more';
    const [board = 0, code = 0, a = 0, b = 0, c = 0, d = 0, low, high] = heard;
    const [rightLow, rightHigh] = crcOf(heard.slice(0, 6));
    if (low !== rightLow || high !== rightHigh) return 'noise';
    if (this.listens(board)) this.#do(board, code, a * 256 + b, c * 256 + d);
    return REQUEST_LENGTH;
  }

  #do(board: number, code: number, address: number, value: number): void {
    if (this.behaviour.refuses) this.#frame([board, code | 0x80, BUSY]);
    else if (code === 0x05) this.#write(board, address, value);
    else if (code === 0x01) this.#read(board, code, address, value);
    else if (code === 0x02 && this.#inputs !== 'none') this.#read(board, code, address, value);
    else this.#frame([board, code | 0x80, ILLEGAL_FUNCTION]);
  }

  #write(board: number, address: number, value: number): void {
    const timed = address >= 0x200;
    const lock = (timed ? address - 0x200 : address) + 1;
    if (lock > this.#channels || (timed && !this.#timedPulse)) {
      this.#frame([board, 0x85, ILLEGAL_ADDRESS]);
      return;
    }
    if (!timed && value !== 0xff00 && value !== 0x0000) {
      this.#frame([board, 0x85, ILLEGAL_VALUE]);
      return;
    }
    this.#switch({ board, lock }, timed ? value > 0 : value === 0xff00);
    if (timed && value > 0) void this.#switchOffAfter({ board, lock }, value * 100);
    this.#frame([board, 0x05, Math.floor(address / 256), address % 256, Math.floor(value / 256), value % 256]);
  }

  #switch({ board, lock }: CellAddress, on: boolean): void {
    const key = `${board}/${lock}`;
    if (on && !this.#on.has(key)) this.drive(board, lock);
    if (on) this.#on.add(key);
    else this.#on.delete(key);
  }

  async #switchOffAfter(cell: CellAddress, ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#stop.signal);
    if (!this.#stop.signal.aborted) this.#switch(cell, false);
  }

  #read(board: number, code: number, address: number, count: number): void {
    if (address !== 0 || count < 1 || count > this.#channels) {
      this.#frame([board, code | 0x80, ILLEGAL_ADDRESS]);
      return;
    }
    const bytes = Math.ceil(count / 8);
    const bits =
      code === 0x02
        ? this.doorBits(board, bytes, count, this.#inputs === 'on-open' ? 'open' : 'closed')
        : this.#relayBits(board, bytes, count);
    this.#frame([board, code, bytes, ...bits]);
  }

  #relayBits(board: number, bytes: number, count: number): number[] {
    const bits = Array.from<number>({ length: bytes }).fill(0);
    for (let index = 0; index < count; index += 1) {
      const at = Math.floor(index / 8);
      if (this.#on.has(`${board}/${index + 1}`)) bits[at] = (bits[at] ?? 0) + 2 ** (index % 8);
    }
    return bits;
  }

  #frame(frame: readonly number[]): void {
    this.say(frame[0] ?? 0, [...frame, ...crcOf(frame)], THINK_MS);
  }
}
