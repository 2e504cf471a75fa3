import { crc16Ccitt } from '../codec/checksum.ts';
import type { ScannerBehaviour } from './simulator.ts';

/** What the "7E 00" registers and the Newland settings of a scanner are when it leaves the factory. */
const FACTORY_REGISTERS: readonly (readonly [number, number])[] = [
  // Light on success, beep, aiming and lighting while reading, continuous.
  [0x0000, 0xd6],
  // 9600 baud, little-endian.
  [0x002a, 0x39],
  [0x002b, 0x01],
];
const FACTORY_SETTINGS: readonly (readonly [string, string])[] = [
  ['SCNMOD', '3'],
  ['GRBENA', '1'],
  ['GRLENA', '1'],
  ['ILLSCN', '1'],
  ['AMLENA', '1'],
  ['C11MIN', '12'],
  ['C11MAX', '22'],
];
const VALUES: Readonly<Record<string, RegExp>> = {
  SCNMOD: /^[0237]$/u,
  GRBENA: /^[01]$/u,
  GRLENA: /^[01]$/u,
  ILLSCN: /^[012]$/u,
  AMLENA: /^[012]$/u,
  C11MIN: /^\d{1,2}$/u,
  C11MAX: /^\d{1,2}$/u,
};
const ANSWERS: Readonly<Record<string, string>> = { QRYPDN: 'NLS-TEST', QRYFWV: 'V1.00.001', QRYPSN: 'TEST0001' };
const MAX_COMMAND_LENGTH = 512;

/** The command half of a scanner module: "7E 00" registers and Newland's unified commands. */
export class ScannerMemory {
  readonly registers = new Map<number, number>(FACTORY_REGISTERS);
  readonly settings = new Map<string, string>(FACTORY_SETTINGS);
  /** How often settings were written to flash, and reset. */
  saves = 0;
  resets = 0;
  readonly #behaviour: ScannerBehaviour;
  readonly #light: (on: boolean) => void;
  readonly #beep: () => void;
  readonly #reply: (bytes: readonly number[]) => void;
  #received: number[] = [];

  constructor(host: {
    readonly behaviour: ScannerBehaviour;
    readonly light: (on: boolean) => void;
    readonly beep: () => void;
    readonly reply: (bytes: readonly number[]) => void;
  }) {
    this.#behaviour = host.behaviour;
    this.#light = host.light;
    this.#beep = host.beep;
    this.#reply = host.reply;
  }

  receive(bytes: Uint8Array): void {
    this.#received.push(...bytes);
    while (this.#received.length > 0) {
      const length = this.#commandLength();
      if (length === 0) break;
      const command = this.#received.splice(0, length);
      if (this.#behaviour.commands === 'silent' || command[0] !== 0x7e) continue;
      if (command[1] === 0x00) this.#handle7e00(command);
      else if (command[1] === 0x01) this.#handleNewland(command);
    }
    // Anything that is no command never grows beyond one command.
    if (this.#received.length > MAX_COMMAND_LENGTH) this.#received = [];
  }

  /** Length of the complete command at the front; 1 for a byte that starts none; 0 when more must come. */
  #commandLength(): number {
    const [first, second, , dataLength] = this.#received;
    if (first !== 0x7e) return 1;
    if (second === undefined) return 0;
    if (second === 0x00) {
      const length = 6 + (dataLength ?? 0) + 2;
      return dataLength !== undefined && this.#received.length >= length ? length : 0;
    }
    if (second === 0x01) {
      const end = this.#received.findIndex((byte, index) => byte === 0x3b && this.#received[index + 1] === 0x03);
      return end === -1 ? 0 : end + 2;
    }
    return 1;
  }

  #handle7e00(command: readonly number[]): void {
    const body = command.slice(2, -2);
    const [high, low] = command.slice(-2);
    const crc = ((high ?? 0) << 8) | (low ?? 0);
    if (crc !== 0xabcd && crc !== crc16Ccitt(Uint8Array.from(body))) {
      this.#reply7e00([0x01, 0x01, 0x00]);
      return;
    }
    if (this.#behaviour.commands === 'refused') {
      this.#reply7e00([0x03, 0x01, 0x00]);
      return;
    }
    const [type = 0, , registerHigh = 0, registerLow = 0, ...data] = body;
    const register = (registerHigh << 8) | registerLow;
    if (type === 0x07) {
      const count = data[0] ?? 0;
      const values = Array.from({ length: count }, (_, index) => this.registers.get(register + index) ?? 0);
      this.#reply7e00([0x00, count, ...values]);
    } else if (type === 0x08) {
      this.#write(register, data);
      this.#reply7e00([0x00, 0x01, 0x00]);
    } else if (type === 0x09) {
      this.saves += 1;
      this.#reply7e00([0x00, 0x01, 0x00]);
    } else if (type === 0x0a) {
      this.#reply7e00([0x00, 0x01, 0x00], 0x03);
    } else {
      this.#reply7e00([0x03, 0x01, 0x00]);
    }
  }

  #write(register: number, data: readonly number[]): void {
    if (register === 0x00d9 && data[0] === 0x50) {
      this.resets += 1;
      this.registers.clear();
      for (const [at, value] of FACTORY_REGISTERS) this.registers.set(at, value);
      this.#behaviour.needsTrigger = false;
      return;
    }
    if (register === 0x0002) {
      this.#light(data[0] === 1);
      return;
    }
    for (const [index, value] of data.entries()) this.registers.set(register + index, value);
    // Modes 0 (manual) and 1 (by command) wait for a trigger, 2 (continuous) and 3 (sensing) do not.
    if (register === 0x0000) this.#behaviour.needsTrigger = ((data[0] ?? 0) & 0x02) === 0;
  }

  #reply7e00(body: readonly number[], head = 0x02): void {
    const crc = crc16Ccitt(Uint8Array.from(body)) ^ (this.#behaviour.commands === 'damaged' ? 0x0101 : 0);
    this.#reply([head, 0x00, ...body, crc >> 8, crc & 0xff]);
  }

  #handleNewland(command: readonly number[]): void {
    const store = String.fromCharCode(command[6] ?? 0);
    const items = String.fromCharCode(...command.slice(7, -2)).split(/([,;])/u);
    const reply: number[] = [0x02, 0x01, 0x30, 0x30, 0x30, 0x30, ...bytesOf(store)];
    let tag = '';
    for (let index = 0; index < items.length; index += 2) {
      const item = items[index] ?? '';
      // Behind a comma the three letters of the group are left out.
      const full = items[index - 1] === ',' ? tag + item : item;
      tag = full.slice(0, 3);
      const { status, text } = this.#setting(full.slice(0, 6), full.slice(6), store);
      const shown = items[index - 1] === ',' ? text.slice(3) : text;
      const told = this.#behaviour.commands === 'damaged' ? 0x07 : status;
      reply.push(...bytesOf(shown), told, (items[index + 1] ?? ';').charCodeAt(0));
    }
    this.#reply([...reply, 0x03]);
  }

  #setting(name: string, value: string, store: string): { readonly status: number; readonly text: string } {
    const refused = this.#behaviour.commands === 'refused';
    const ack = { status: 0x06, text: name + value };
    if (name === 'SCNTRG' && (value === '1' || value === '0')) {
      if (refused) return { ...ack, status: 0x15 };
      this.#light(value === '1');
      return ack;
    }
    if (name === 'BEEPON' && /^\d+F\d+T\d+V$/u.test(value)) {
      if (!refused) this.#beep();
      return { ...ack, status: refused ? 0x15 : 0x06 };
    }
    if (name === 'FACDEF') {
      this.resets += 1;
      for (const [key, factory] of FACTORY_SETTINGS) this.settings.set(key, factory);
      this.#behaviour.needsTrigger = false;
      return ack;
    }
    if (name in ANSWERS) return { status: 0x06, text: name + (ANSWERS[name] ?? '') };
    const now = this.settings.get(name);
    if (now === undefined) return { status: 0x05, text: name + value };
    if (value === '*') return { status: 0x06, text: name + now };
    if (refused || !(VALUES[name]?.test(value) ?? false)) return { status: 0x15, text: name + value };
    this.settings.set(name, value);
    if (store === '@') this.saves += 1;
    if (name === 'SCNMOD') this.#behaviour.needsTrigger = value === '0';
    return ack;
  }
}

function bytesOf(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
