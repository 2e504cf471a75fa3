import type { CodeScanner, ScannerChange } from '../model/code-scanner.ts';
import { SCAN_MODES } from '../model/code-scanner.ts';
import type { DeviceError } from '../model/device.ts';
import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { UsageError, failed, say, succeeded, waitSeconds } from './common.ts';
import type { DeviceCommand, Session, Work } from './common.ts';
import { watch } from './every-class.ts';
import type { Options } from './options.ts';
import { UDEV } from './udev-rule.ts';

const NO_COMMANDS = 'Needs a scanner with commands: --option trigger=7e00 or --option trigger=newland.';

export const CODE_SCANNER: readonly DeviceCommand[] = [
  {
    word: 'watch',
    summary: 'switches the light on and shows every code, until Ctrl-C',
    more: 'A line an event: {"event": "code", "text"}. --wait ends it after so many seconds.',
    takes: ['wait'],
    prepare: (options) => {
      const seconds = waitSeconds(options, null);
      return async (session) => {
        try {
          return await watch(session, seconds);
        } finally {
          await session.manager.codeScanner.call((driver) => driver.trigger(false));
        }
      };
    },
  },
  {
    word: 'scan',
    summary: 'switches the light on, waits for one code and switches it off',
    more: 'JSON: {"ok": true, "text"} or {"ok": false, "error": "timeout"}. --wait says how long (default 10 s).',
    takes: ['wait'],
    prepare: (options) => {
      const seconds = waitSeconds(options, 10);
      return (session) => scanOne(session, seconds);
    },
  },
  {
    word: 'trigger',
    aliases: ['trigger-on'],
    summary: 'switches the scanning light on and checks the answer',
    more: `JSON: {"ok": true, "result": "on"}. ${NO_COMMANDS}`,
    prepare: () => commanded('on', (driver, signal) => driver.trigger(true, signal)),
  },
  {
    word: 'trigger-off',
    summary: 'switches the scanning light off and checks the answer',
    more: `JSON: {"ok": true, "result": "off"}. ${NO_COMMANDS}`,
    prepare: () => commanded('off', (driver, signal) => driver.trigger(false, signal)),
  },
  {
    word: 'beep',
    summary: 'lets the scanner beep once (Newland)',
    more: 'JSON: {"ok": true, "result": "beeped"}. The 7E 00 commands have none for it: "not-supported".',
    prepare: () => commanded('beeped', (driver, signal) => driver.beep?.(signal)),
  },
  {
    word: 'info',
    summary: 'asks the scanner what it is and how it is set',
    more: `JSON: {"ok": true, "model", "firmware", "serialNumber", "mode", "beep", "lamp", "baud"}; null where it does not tell.\n${NO_COMMANDS}`,
    prepare: () => async (session) => {
      const told = await asked(session, (driver, signal) => driver.info?.(signal));
      if (!told.ok) return failed(told.error, session);
      const lines = Object.entries(told.value).map(([key, value]) => `${key.padEnd(13)} ${String(value ?? '-')}`);
      return succeeded(told.value, lines, session);
    },
  },
  {
    word: 'configure',
    summary: 'changes settings of the scanner and checks the answers',
    more: `--set mode=${SCAN_MODES.join('|')}  --set beep=on|off  --set lamp=on|off  --set keep=on (over a loss of power)\nJSON: {"ok": true, "result": "configured"}. ${NO_COMMANDS}`,
    takes: ['set'],
    needs: ['set'],
    prepare: (options) => {
      const change = changeOf(options);
      return commanded('configured', (driver, signal) => driver.configure?.(change, signal));
    },
  },
  {
    word: 'factory-reset',
    summary: "sets the scanner back to its factory's settings",
    more: `The speed of its line may change with them. JSON: {"ok": true, "result": "reset"}. ${NO_COMMANDS}`,
    prepare: () => commanded('reset', (driver, signal) => driver.configure?.({ factoryReset: true }, signal)),
  },
  UDEV,
];

type Command<T> = (driver: CodeScanner, signal: AbortSignal) => Promise<Result<T, DeviceError>> | undefined;

function asked<T>({ manager, ports }: Session, command: Command<T>): Promise<Result<T, DeviceError>> {
  return manager.codeScanner.run(
    async (driver, signal) =>
      (await command(driver, signal)) ?? err({ code: 'not-supported', detail: 'this driver has no such command' }),
    { signal: ports.stop },
  );
}

function commanded(result: string, command: Command<void>): Work {
  return async (session) => {
    const told = await asked(session, command);
    return told.ok ? succeeded({ result }, [result], session) : failed(told.error, session);
  };
}

async function scanOne(session: Session, seconds: number): Promise<number> {
  const { manager, ports } = session;
  let text: string | null = null;
  const found = new AbortController();
  const stop = manager.codeScanner.events.subscribe((event) => {
    text ??= event.text;
    found.abort();
  });
  const giveUp = (): void => found.abort();
  ports.stop.addEventListener('abort', giveUp, { once: true });
  try {
    const lit = await asked(session, (driver, signal) => driver.trigger(true, signal));
    if (!lit.ok) return failed(lit.error, session);
    say(`Hold a code before the scanner (${seconds} s) ...`, session);
    await ports.clock.sleep(seconds * 1_000, found.signal);
  } finally {
    stop();
    ports.stop.removeEventListener('abort', giveUp);
    await manager.codeScanner.call((driver) => driver.trigger(false));
  }
  if (text === null) return failed({ code: 'timeout', detail: `no code within ${seconds} s` }, session);
  return succeeded({ text }, [text], session);
}

/** @throws UsageError */
function changeOf({ set = [] }: Options): ScannerChange {
  return Object.assign({}, ...set.map(settingOf)) as ScannerChange;
}

function settingOf(text: string): ScannerChange {
  const [, key = '', value = ''] = /^(\w+)=(\w+)$/u.exec(text) ?? [];
  if (key === 'mode') {
    const mode = SCAN_MODES.find((known) => known === value);
    if (mode === undefined) throw new UsageError(`--set mode must be one of ${SCAN_MODES.join(', ')}`);
    return { mode };
  }
  if (key !== 'beep' && key !== 'lamp' && key !== 'keep') {
    throw new UsageError(`--set knows mode, beep, lamp and keep, not ${text}`);
  }
  if (value !== 'on' && value !== 'off') throw new UsageError(`--set ${key} must be on or off`);
  return { [key]: value === 'on' };
}
