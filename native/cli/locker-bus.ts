import { createInterface } from 'node:readline';
import { driverRegistry } from '../manager/registry.ts';
import type { DeviceError } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { BoardFound, PickupLocker } from '../model/pickup-locker.ts';
import type { Transport } from '../model/transport.ts';
import { CalibrationSession, calibrationFacts } from '../pickup-locker/index.ts';
import type { CalibrationStep, PersonAnswer } from '../pickup-locker/index.ts';
import { EXIT, failed, say, succeeded } from './common.ts';
import type { Session } from './common.ts';

/** Gives the next line that the person (or a program) writes, or null when there is none any more. */
export type LineReader = () => Promise<string | null>;

/** Lines of standard input, one by one. */
export function stdinLines(signal: AbortSignal): { readonly next: LineReader; readonly close: () => void } {
  const reader = createInterface({ input: process.stdin, signal });
  const lines = reader[Symbol.asyncIterator]();
  return {
    next: async () => {
      const line = await lines.next();
      return line.done === true ? null : line.value;
    },
    close: () => reader.close(),
  };
}

/**
 * Works with the bus past the device manager: that would keep the line from a locker none of whose configured boards
 * answers, which is just when a bus is searched.
 */
async function onBus(
  { deviceClass, manager, options, ports }: Session,
  driverOptions: Readonly<Record<string, string>>,
  work: (locker: PickupLocker, transport: Transport) => Promise<number>,
): Promise<number> {
  const setting = manager.settings.find((one) => one.deviceClass === deviceClass);
  const known: readonly DriverDefinition<PickupLocker>[] = driverRegistry['pickup-locker'];
  const definition = known.find(({ id }) => id === setting?.driver);
  if (setting === undefined || definition === undefined) {
    return failed({ code: 'bad-request', detail: 'no such driver' }, { options, ports });
  }
  await manager.stop();
  const opened = await ports.open(setting.address);
  if (!opened.ok) {
    const { code, detail } = opened.error;
    return failed({ code: 'not-connected', detail: `${code}: ${detail}` }, { options, ports });
  }
  const transport = opened.value;
  const locker = definition.create({
    transport,
    clock: ports.clock,
    options: { ...setting.options, ...driverOptions },
  });
  try {
    return await work(locker, transport);
  } finally {
    locker.dispose();
    await transport.close();
  }
}

/** Finds out which addresses of the bus answer. */
export function scanBus(session: Session): Promise<number> {
  const { options, ports } = session;
  say('Asking every address; half a second for each without a board ...', session);
  const tell = ({ board, answer }: BoardFound): void => {
    if (options.json) ports.out(JSON.stringify({ event: 'board', board, answer }));
    else ports.out(`board ${board}: ${answer === 'clear' ? 'answers' : GARBLED}`);
  };
  return onBus(session, {}, async (locker) => {
    const found = await locker.scanBoards({ signal: ports.stop, onBoard: tell });
    if (!found.ok) return failed(found.error, session);
    const boards = found.value.map(({ board }) => board);
    const garbled = found.value.filter(({ answer }) => answer === 'garbled').map(({ board }) => board);
    if (boards.length === 0) return failed(NOTHING, session);
    return succeeded({ boards, garbled }, [`boards: ${boards.join(', ')}`], session);
  });
}

const GARBLED = 'answers, but not clearly: two boards with one address, wrong baud rate, noise, or an echo (own-echo)';
const NOTHING: DeviceError = {
  code: 'timeout',
  detail: 'no board answers: is it on, are A and B the right way round, are driver and baud rate right?',
};

/** Leads through a calibration; ends with the options to be stored. */
export async function calibrateLocker(session: Session, lines: LineReader): Promise<number> {
  const { options, ports, manager } = session;
  const driver = manager.settings.find((one) => one.deviceClass === session.deviceClass)?.driver ?? '';
  const [key, value] = calibrationFacts[driver]?.noSensor ?? ['', ''];
  return onBus(session, { [key]: value }, async (locker) => {
    say('Looking for boards ...', session);
    const calibration = await CalibrationSession.begin(driver, {
      clock: ports.clock,
      scanBoards: () => locker.scanBoards({ signal: ports.stop }),
      readContacts: (board) => locker.readContacts(board, ports.stop),
      openDoor: (cell) => locker.openDoor(cell, ports.stop),
    });
    if (calibration === null) {
      return failed({ code: 'not-supported', detail: `${driver} has nothing to calibrate` }, session);
    }
    while (!calibration.ended) {
      const { step } = calibration;
      if (options.json) ports.out(JSON.stringify({ event: 'step', ...stepFields(step), text: textOf(step) }));
      else ports.err(`${textOf(step)} [Enter; ${step.kind === 'open' ? 'pulse; ' : ''}stop]`);
      await calibration.answer(await answerOf(lines, session));
    }
    return told(calibration.step, session);
  });
}

async function answerOf(lines: LineReader, session: Session): Promise<PersonAnswer> {
  for (;;) {
    const line = await lines();
    const word = line?.trim().toLowerCase() ?? 'stop';
    if (word === '' || word === 'done') return 'done';
    if (word === 'pulse' || word === 'stop') return word;
    say(`not ${word}: an empty line or done, pulse, stop`, session);
    if (session.options.json) session.ports.out(JSON.stringify({ event: 'not-understood', answer: word }));
  }
}

function stepFields(step: CalibrationStep): object {
  if (step.kind === 'open' || step.kind === 'close') return { step: step.kind, ...step.cell, again: step.again };
  return step.kind === 'close-all' ? { step: step.kind, again: step.again } : { step: step.kind };
}

function textOf(step: CalibrationStep): string {
  const once = 'again' in step && step.again ? ' Once more: that was not to be seen, or too much moved.' : '';
  if (step.kind === 'close-all') return `Shut all doors of the locker.${once}`;
  if (step.kind === 'open') {
    return `Open door ${step.cell.lock} of board ${step.cell.board} by hand, and no other (or answer pulse).${once}`;
  }
  if (step.kind === 'close') return `Shut door ${step.cell.lock} of board ${step.cell.board} again.${once}`;
  return '';
}

function told(step: CalibrationStep, session: Session): number {
  if (step.kind === 'done') {
    const { options, boards, offset, doors, remarks } = step.result;
    const flags = Object.entries(options).map(([name, set]) => `--option ${name}=${set}`);
    return succeeded(
      { options, boards, offset, doors, remarks },
      [`boards ${boards.join(', ')}`, `store: ${flags.join(' ')}`, ...remarks],
      session,
    );
  }
  const { reason, detail } = step.kind === 'cannot-tell' ? step : { reason: 'stopped', detail: '' };
  if (session.options.json) session.ports.out(JSON.stringify({ ok: false, error: reason, message: detail }));
  else session.ports.err(`cannot tell (${reason}): ${detail}`);
  return EXIT.failed;
}
