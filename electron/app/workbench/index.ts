import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeypadProfile } from '../../../native/evaluation-keypad/keypad-profile.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { CellAddress } from '../../../native/model/pickup-locker.ts';
import type { PersonAnswer } from '../../../native/pickup-locker/index.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { DeviceSettingDto, KeypadProfileDto, PortDto } from '../../contract/dto.ts';
import { problem, type Problem } from '../../contract/problems.ts';
import type { DeviceRecords } from '../../services/device-ports.ts';
import type { LogPort } from '../../services/ports.ts';
import type { Technician } from '../../services/technician.ts';
import type { Settings } from '../settings.ts';
import type { BorrowPorts } from './borrow.ts';
import { CalibrationDesk, notCalibrated } from './calibration-desk.ts';
import { findPorts, type PortSources } from './found-ports.ts';
import { listenToKeypad } from './keypad-listen.ts';

export type { PortSources } from './found-ports.ts';

export interface WorkbenchOptions extends Omit<BorrowPorts, 'saved'> {
  readonly settings: Settings;
  readonly records: DeviceRecords;
  readonly assetsDir: string;
  readonly log: LogPort;
  readonly ports?: PortSources;
}

/** Puts a step on the technician's record. */
type Audit = Technician['record'];

/** What a technician does with devices besides saving and testing them: find, calibrate, listen, look back. */
export class Workbench {
  readonly #options: WorkbenchOptions;
  readonly #borrow: BorrowPorts;
  readonly #audit: Audit;
  readonly #calibration: CalibrationDesk;
  #listening: AbortController | null = null;

  constructor(options: WorkbenchOptions, audit: Audit) {
    this.#options = options;
    this.#audit = audit;
    this.#borrow = { ...options, saved: () => options.settings.settings() };
    this.#calibration = new CalibrationDesk({
      ...this.#borrow,
      cellOf: (lock) => this.#cellOf(lock),
      onPulse: ({ board, lock }) => audit('calibration-pulse', `board ${board} lock ${lock}`),
    });
  }

  findPorts(): Promise<readonly PortDto[]> {
    const { registry, settings, clock, ports } = this.#options;
    return findPorts(registry, settings.settings(), clock, ports);
  }

  /** The last changes of a device, newest first. */
  history(deviceClass: DeviceSettingDto['deviceClass']): CallOutput<'technician.device'> {
    const history = this.#options.records
      .history(deviceClass)
      .map(({ at, status, detail, fault, paper, lastedMs }) => ({
        at: new Date(at).toISOString(),
        status,
        detail,
        fault,
        paper,
        lastedMs,
      }));
    return { history: history.toReversed() };
  }

  async paperReplaced(): Promise<{ readonly done: boolean }> {
    const done = await this.#options.records.paperReplaced();
    await this.#audit('paper-replaced', done ? '' : 'not measured');
    return { done };
  }

  async beginCalibration(setting: DeviceSettingDto): Promise<CallOutput<'technician.calibrationBegin'>> {
    await this.#audit('calibration-begun', `${setting.driver} ${setting.address}`);
    const begun = await this.#calibration.begin(setting);
    if (!begun.ok) return { calibration: null, fault: begun.error };
    if (begun.value === null) return { calibration: null, fault: notCalibrated(setting.driver) };
    return { calibration: begun.value, fault: null };
  }

  async answerCalibration(said: PersonAnswer): Promise<CallOutput<'technician.calibrationAnswer'>> {
    return { calibration: await this.#calibration.answer(said) };
  }

  /** What was found, for saving; the locker is given back. */
  async foundByCalibration(): Promise<Result<DeviceSettingDto, Problem>> {
    const setting = this.#calibration.found();
    await this.#calibration.end();
    return setting === null ? err(problem('K106-cancelled')) : ok(setting);
  }

  async endCalibration(): Promise<void> {
    await this.#calibration.end();
  }

  async keypadProfiles(): Promise<readonly KeypadProfileDto[]> {
    const dir = join(this.#options.assetsDir, 'native', 'keypads');
    const names = await readdir(dir).catch(() => []);
    const profiles = await Promise.all(
      names
        .filter((name) => name.endsWith('.json'))
        .toSorted()
        .map(async (name): Promise<KeypadProfileDto | null> => {
          try {
            const json: unknown = JSON.parse(await readFile(join(dir, name), 'utf8'));
            const profile = readKeypadProfile(json);
            if (!profile.ok) throw new RangeError(profile.error);
            const { name: called, line } = profile.value;
            return { id: name.replace('.json', ''), name: called, line, text: JSON.stringify(json) };
          } catch (cause) {
            const reason = cause instanceof Error ? cause.message : '';
            this.#options.log.event('error', 'keypad-profile-refused', { file: name, reason });
            return null;
          }
        }),
    );
    return profiles.filter((profile) => profile !== null);
  }

  async listenToKeypad(setting: DeviceSettingDto): Promise<CallOutput<'technician.keypadListen'>> {
    this.#listening?.abort();
    const mine = new AbortController();
    this.#listening = mine;
    const heard = await listenToKeypad(this.#borrow, setting, mine.signal);
    if (this.#listening === mine) this.#listening = null;
    return heard.ok ? { heard: heard.value, fault: null } : { heard: null, fault: heard.error };
  }

  /** Ends what waits for a hand. */
  cancelListening(): void {
    this.#listening?.abort();
  }

  /** Everything that was taken goes back to work. */
  async leave(): Promise<void> {
    this.cancelListening();
    await this.#calibration.end();
  }

  #cellOf({ board, lock }: CellAddress): string | null {
    const cells = this.#options.settings.config.locker?.cells ?? {};
    const found = Object.entries(cells).find(([, cell]) => cell.board === board && cell.lock === lock);
    return found?.[0] ?? null;
  }
}
