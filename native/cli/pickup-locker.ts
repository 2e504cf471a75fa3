import { driverRegistry } from '../manager/registry.ts';
import { findDriver } from '../manager/settings.ts';
import type { CellAddress } from '../model/pickup-locker.ts';
import { EXIT, UsageError, away, errorFields, failed, neverSent, showStatus, wholeNumber } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';
import { calibrateLocker, scanBus, stdinLines } from './locker-bus.ts';
import type { Options } from './options.ts';

const STOOD_OPEN =
  'the sensor said open before, so no pulse was sent; if the door is shut, the feedback option is the wrong way round: calibrate';

export const PICKUP_LOCKER: readonly DeviceCommand[] = [
  {
    word: 'status',
    summary: 'reads all doors of a board, or one with --cell',
    more: 'JSON: {"ok", "status", "board", "doors": {"1": "closed"|"open"|"unknown", ...}}',
    takes: ['board', 'cell'],
    prepare: (options) => {
      const board = boardOf(options);
      const lock = options.cell === undefined ? null : cellOf(options).lock;
      return (session) => doorStatus(session, board, lock);
    },
  },
  {
    word: 'open',
    summary: 'opens one door: exactly one pulse',
    more: 'JSON: {"ok", "result": "opened"|"refused"|"unknown", "cell"}.\nUnknown: look at the door. No pulse is sent to a door that the sensor says is open.',
    takes: ['cell', 'board'],
    needs: ['cell'],
    prepare: (options) => {
      const cell = cellOf(options);
      return (session) => openDoor(session, cell);
    },
  },
  {
    word: 'scan',
    aliases: ['bus-scan'],
    summary: 'finds out which board addresses answer; opens nothing',
    more: 'JSON: a line {"event": "board", "board", "answer": "clear"|"garbled"} each, then {"ok", "boards", "garbled"}.\nGarbled: two boards with one address, a wrong baud rate, noise, or an adapter that echoes.',
    prepare: () => scanBus,
  },
  {
    word: 'calibrate',
    summary: 'finds polarity, byte order, numbering and boards, with a person at the doors',
    more: 'Says what to do and reads the answers from standard input, one a line: empty or "done", "pulse" (one opening\npulse instead of opening by hand), "stop". Ends with the options to store, or with why it cannot tell.\nJSON: a line {"event": "step", "step": "close-all"|"open"|"close", "board", "lock", "again", "text"} each, then\n{"ok", "options", "boards", "offset", "doors", "remarks"} or {"ok": false, "error", "message"}.',
    prepare: () => async (session) => {
      const lines = stdinLines(session.ports.stop);
      try {
        return await calibrateLocker(session, lines.next);
      } finally {
        lines.close();
      }
    },
  },
];

async function doorStatus(session: Session, board: number, lock: number | null): Promise<number> {
  const { manager, health, ports } = session;
  if (away(health())) return showStatus(health(), {}, session);
  const read = await manager.pickupLocker.run((driver, signal) => driver.readBoard(board, signal), {
    signal: ports.stop,
  });
  if (!read.ok) return failed(read.error, session);
  if (lock !== null && lock > read.value.length) {
    return failed(
      { code: 'unknown-cell', detail: `board ${board} has locks 1 to ${read.value.length}, not ${lock}` },
      session,
    );
  }
  const all = read.value.map((door, index) => [String(index + 1), door] as const);
  const doors = Object.fromEntries(lock === null ? all : all.slice(lock - 1, lock));
  return showStatus(health(), { board, doors }, session);
}

async function openDoor(session: Session, cell: CellAddress): Promise<number> {
  const { manager, options, ports } = session;
  const signal = ports.stop;
  const before = await manager.pickupLocker.run((driver, inner) => driver.readDoor(cell, inner), { signal });
  const opened = await manager.pickupLocker.call((driver, inner) => driver.openDoor(cell, inner), { signal });
  if (!opened.ok) return failed(opened.error, session, neverSent(opened.error) ? 'refused' : 'unknown');
  const { outcome, cause } = opened.value;
  const stoodOpen = outcome === 'opened' && before.ok && before.value === 'open';
  const why = cause ? ` (${cause.code}: ${cause.detail})` : stoodOpen ? ` (${STOOD_OPEN})` : '';
  const text = `board ${cell.board} lock ${cell.lock}: ${outcome}${why}`;
  const fields = cause ? errorFields(cause) : stoodOpen ? { message: STOOD_OPEN } : {};
  ports.out(options.json ? JSON.stringify({ ok: outcome === 'opened', result: outcome, cell, ...fields }) : text);
  return outcome === 'opened' ? EXIT.done : EXIT.failed;
}

/** The lock that `--cell` and `--board` name. @throws UsageError */
function cellOf(options: Options): CellAddress {
  if (options.cell === undefined) throw new UsageError('--cell is needed: the lock of the board, from 1');
  return { board: boardOf(options), lock: wholeNumber('--cell', options.cell, 1, 255) };
}

/** The board that `--board` names, or the first one of the driver. @throws UsageError */
export function boardOf(options: Options): number {
  if (options.board !== undefined) return wholeNumber('--board', options.board, 0, 255);
  const definition = findDriver(driverRegistry, 'pickup-locker', options.driver ?? '');
  const chosen = options.option?.findLast((text) => text.startsWith('first-board='))?.split('=')[1];
  const known = definition?.options.find(({ key }) => key === 'first-board');
  return known?.values.includes(chosen ?? '') === true ? Number(chosen) : (definition?.firstBoard ?? 0);
}
