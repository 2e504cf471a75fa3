import type { CellAddress } from '../model/pickup-locker.ts';
import { EXIT, UsageError, away, errorFields, failed, neverSent, showStatus, wholeNumber } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';
import type { Options } from './options.ts';

const STOOD_OPEN =
  'the sensor said open before, so no pulse was sent; if the door is shut, the feedback option is the wrong way round';

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
export function cellOf(options: Options): CellAddress {
  if (options.cell === undefined) throw new UsageError('--cell is needed: the lock of the board, from 1');
  return { board: boardOf(options), lock: wholeNumber('--cell', options.cell, 1, 255) };
}

/** The board that `--board` names, or the first one of the driver. @throws UsageError */
export function boardOf(options: Options): number {
  // KERONG and WKLY boards are counted from 0, those of the 8A and Modbus from 1 (DIP switches).
  const firstBoard = options.driver === 'bcc-8a' || options.driver === 'modbus-relay' ? 1 : 0;
  return options.board === undefined ? firstBoard : wholeNumber('--board', options.board, 0, 255);
}
