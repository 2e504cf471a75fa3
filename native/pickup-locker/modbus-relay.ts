import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, DoorState, PickupLocker } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { askBoard, askSurely, pulseOutcome } from './asked-boards.ts';
import type { Question } from './asked-boards.ts';
import { BoardLine } from './board-line.ts';
import { BoardLocker } from './board-locker.ts';
import type { BoardDialect, DoorHow, ReadHow } from './board-locker.ts';
import { DoorMemory } from './door-memory.ts';
import {
  MODBUS_LAST_BOARD,
  encodeModbusCoilsRequest,
  encodeModbusInputsRequest,
  encodeModbusRelay,
  encodeModbusTimedRelay,
  parseModbus,
} from './modbus-frames.ts';
import type { ModbusAsked, ModbusFrame } from './modbus-frames.ts';
import { SURE_16_BITS, SureReadings } from './sure-readings.ts';
import type { Reading } from './sure-readings.ts';
import { boardsOption, configuredBoards, contactsOfBytes, doorOf } from './wiring.ts';
import type { Contacts, Wiring } from './wiring.ts';

const REPLY_MS = 500;
/** 3.5 characters are 7.3 ms at 4800 baud, the slowest that is offered. */
const TIMING = { quietMs: 0, spacingMs: 9 } as const;
const OFF_TRIES = 3;
const MOST_BOARDS = 32;
const CHANNELS = ['4', '8', '16', '24', '30', '32'] as const;

/** What an input says of its door; `none` where the board has no inputs: such a door is always unknown. */
type Sensor = 'on-closed' | 'on-open' | 'none';

function sensorOf(option: string | undefined): Sensor {
  return option === 'on-open' || option === 'none' ? option : 'on-closed';
}

class ModbusRelayDialect implements BoardDialect {
  readonly driverId = 'modbus-relay';
  readonly firstBoard = 1;
  readonly lastBoard = MODBUS_LAST_BOARD;
  readonly lastScanned = MOST_BOARDS;
  readonly locks: number;
  readonly wiring: Wiring;
  readonly #line: BoardLine<ModbusFrame, ModbusAsked>;
  readonly #sure = new SureReadings(SURE_16_BITS);
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #sensor: Sensor;
  readonly #timed: boolean;
  readonly #pulseMs: number;
  /** The relay that we hold on at this moment. */
  #held: CellAddress | null = null;

  constructor(context: DriverContext) {
    this.#clock = context.clock;
    this.#transport = context.transport;
    this.locks = Number(context.options['channels'] ?? '8');
    this.#sensor = sensorOf(context.options['sensor']);
    this.wiring = {
      closedLevel: this.#sensor === 'none' ? null : this.#sensor === 'on-closed',
      highFirst: false,
      wired: null,
    };
    this.#timed = context.options['pulse'] === 'timed';
    this.#pulseMs = Number(context.options['pulse-ms'] ?? '500');
    this.#line = new BoardLine<ModbusFrame, ModbusAsked>({
      transport: context.transport,
      clock: context.clock,
      timing: TIMING,
      parse: parseModbus,
      stripEcho: context.options['own-echo'] === 'suppress',
      onUnasked: () => undefined,
    });
  }

  /** Without inputs the relays are asked instead: that tells a silent board, and nothing of the doors. */
  async readContacts(board: number, how: ReadHow = {}): Promise<Result<Contacts, DeviceError>> {
    const read = await this.#read(board, how);
    return read.ok ? ok(read.value.value) : read;
  }

  async readDoor({ board, lock }: CellAddress, how: DoorHow = {}): Promise<Result<Reading<DoorState>, DeviceError>> {
    const door = (contacts: Contacts): DoorState => doorOf(contacts[lock - 1] ?? null, this.wiring);
    const read = await this.#read(board, { signal: how.signal }, (all) => how.hasty === true && door(all) === 'closed');
    return read.ok ? ok({ value: door(read.value.value), sure: read.value.sure }) : read;
  }

  #read(
    board: number,
    { signal, calibrating = false, quick = false }: ReadHow,
    enough?: (contacts: Contacts) => boolean,
  ): Promise<Result<Reading<Contacts>, DeviceError>> {
    const kind = this.#sensor === 'none' && !calibrating ? 'coils' : 'inputs';
    const encode = kind === 'coils' ? encodeModbusCoilsRequest : encodeModbusInputsRequest;
    const question: Question<ModbusFrame, ModbusAsked, Contacts> = {
      request: encode(board, this.locks),
      asked: { kind, board, count: this.locks },
      answer: (frame) => {
        if (frame.board !== board) return null;
        if (frame.kind === 'exception') return err({ code: 'bad-reply', detail: `board refused: ${frame.code}` });
        if (frame.kind !== kind) return null;
        return ok(
          kind === 'coils' ? Array.from({ length: this.locks }, () => null) : contactsOfBytes(frame.bits, this.locks),
        );
      },
    };
    const how = { replyMs: REPLY_MS, repeatable: true, quick, signal };
    return askSurely(this.#line, question, how, this.#sure, enough);
  }

  /**
   * One pulse: timed by the board, or switched on and off by us. Once on, a relay is switched off whatever happens to
   * the caller meanwhile; switching off is said again until the board confirms it, because it opens nothing.
   */
  async pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<BoardDialect['pulse']> {
    if (signal?.aborted === true) {
      return { sent: false, error: { code: 'cancelled', detail: 'cancelled before the pulse' }, remark: '' };
    }
    if (this.#timed) {
      return pulseOutcome(await this.#write(cell, encodeModbusTimedRelay(cell.board, cell.lock, this.#pulseMs)));
    }
    this.#held = cell;
    try {
      const on = pulseOutcome(await this.#write(cell, encodeModbusRelay(cell.board, cell.lock, true)));
      // After a write that failed half way the relay may be on as well.
      if (!on.sent) return on;
      await this.#clock.sleep(this.#pulseMs);
      const off = await this.#release(cell);
      if (off.ok || on.error !== null) return on;
      const lost = off.error.code === 'line-lost' || off.error.code === 'not-connected';
      return {
        sent: true,
        error: lost ? { code: 'line-lost', detail: `relay may still be on: ${off.error.detail}` } : null,
        remark: `${on.remark}; relay may still be on: ${off.error.detail}`,
      };
    } finally {
      this.#held = null;
    }
  }

  /** Nobody answers a question to address 0. */
  callAll(): Promise<Result<readonly number[], DeviceError>> {
    return Promise.resolve(ok([]));
  }

  dispose(): void {
    this.#line.dispose();
    const held = this.#held;
    // Nobody is left to wait for the answer; a relay that stays on burns the lock.
    if (held !== null) void this.#transport.write(encodeModbusRelay(held.board, held.lock, false));
  }

  async #release(cell: CellAddress): Promise<Result<string, DeviceError>> {
    const frame = encodeModbusRelay(cell.board, cell.lock, false);
    let said = await this.#write(cell, frame);
    for (let tries = 1; tries < OFF_TRIES && !said.ok; tries += 1) {
      if (said.error.code !== 'timeout' && said.error.code !== 'bad-reply') break;
      said = await this.#write(cell, frame);
    }
    return said;
  }

  /** A board confirms a write by sending it back. */
  #write(cell: CellAddress, request: Uint8Array): Promise<Result<string, DeviceError>> {
    const question: Question<ModbusFrame, ModbusAsked, string> = {
      request,
      asked: { kind: 'write', board: cell.board },
      answer: (frame) => {
        if (frame.board !== cell.board) return null;
        if (frame.kind === 'exception') return err({ code: 'bad-reply', detail: `board refused: ${frame.code}` });
        if (frame.kind !== 'written') return null;
        const same =
          frame.address === (((request[2] ?? 0) << 8) | (request[3] ?? 0)) &&
          frame.value === (((request[4] ?? 0) << 8) | (request[5] ?? 0));
        return same ? ok('board confirmed the pulse') : null;
      },
    };
    return askBoard(this.#line, question, { replyMs: REPLY_MS, repeatable: false, signal: undefined });
  }
}

/** Modbus-RTU relay boards whose relays drive the locks, with their inputs as door sensors. */
export const modbusRelayLocker: DriverDefinition<PickupLocker> = {
  id: 'modbus-relay',
  firstBoard: 1,
  deviceClass: 'pickup-locker',
  name: { 'zh-CN': 'Modbus RTU 继电器板', en: 'Modbus RTU relay board' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 4800, 19200, 38400, 57600, 115200],
  options: [
    {
      key: 'sensor',
      label: { 'zh-CN': '门磁输入', en: 'Door sensor input' },
      values: ['on-closed', 'on-open', 'none'],
      fallback: 'on-closed',
    },
    {
      key: 'pulse',
      label: { 'zh-CN': '开锁脉冲', en: 'Opening pulse' },
      values: ['on-off', 'timed'],
      fallback: 'on-off',
    },
    {
      key: 'pulse-ms',
      label: { 'zh-CN': '脉冲时长(毫秒)', en: 'Length of the pulse (ms)' },
      values: ['300', '500', '700'],
      fallback: '500',
    },
    {
      key: 'channels',
      label: { 'zh-CN': '每块板的通道数', en: 'Channels of a board' },
      values: CHANNELS,
      fallback: '8',
    },
    {
      key: 'own-echo',
      label: { 'zh-CN': '串口适配器回显', en: 'Echo of the serial adapter' },
      values: ['none', 'suppress'],
      fallback: 'none',
    },
    boardsOption(1, MOST_BOARDS),
  ],
  identify: { bauds: [9600], turn: 'frame' },
  create: (context) => {
    const boards = configuredBoards(context, 1);
    const dialect = new ModbusRelayDialect(context);
    return new BoardLocker({ dialect, clock: context.clock, boards, memory: new DoorMemory(), ledger: context.ledger });
  },
};
