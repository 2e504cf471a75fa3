import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatorPanel, type PlatformFault } from '../simulators/index.ts';
import { DEVICE_CLASSES } from '../../native/model/device.ts';
import { startStack, type OwnDevices, type Stack } from './stack.ts';

/** The launcher's view of a runnable kiosk. */
export interface KioskEnvironment {
  readonly electron: { readonly kind: 'official' | 'registry'; readonly version: string; readonly executable: string };
  readonly appDir: string;
  readonly display: Record<string, string>;
}

/** What `npm start` takes on its command line. */
export const USAGE = `npm start -- [--landscape] [--locker DRIVER] [--keypad serial|hid] [--keep DIR]
             [--device CLASS=DRIVER@ADDRESS[;OPTION=VALUE]...]...
  The kiosk in a window with every device simulated; the simulator panel opens beside it. Closing the panel ends both.
  --locker takes any driver of a pick-up locker (kerong-cu48 when left out), e.g. --locker wkly.
  --keep DIR keeps the kiosk's data in DIR instead of a throw-away folder.
  --device puts a device of your own in the place of the simulated one, e.g.
    --device 'receipt-printer=escpos@serial:///dev/ttyUSB0?baud=115200'
    --device 'pickup-locker=bcc-8a@tcp://192.0.2.7:4001;boards=2;own-echo=suppress'
  npm run device -- drivers lists the drivers.`;

function option(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index === -1 ? undefined : args[index + 1];
}

/** Devices given on the command line, by class. A device that cannot be understood ends the start with a word. */
function ownDevices(args: readonly string[]): OwnDevices {
  const given = args.flatMap((arg, index) => (arg === '--device' ? [args[index + 1] ?? ''] : []));
  return given.map((text) => {
    const [device = '', ...settings] = text.split(';');
    const match = /^([a-z-]+)=([\w-]+)@(.+)$/.exec(device);
    const deviceClass = DEVICE_CLASSES.find((known) => known === match?.[1]);
    const [, , driver, address] = match ?? [];
    if (deviceClass === undefined || driver === undefined || address === undefined) {
      throw new Error(
        `--device ${text}: it must be CLASS=DRIVER@ADDRESS with CLASS one of ${DEVICE_CLASSES.join(', ')}`,
      );
    }
    return { deviceClass, driver, address, options: Object.fromEntries(settings.map((one) => one.split('=', 2))) };
  });
}

/** Starts the panel with the buttons for network and platform. */
async function startPanel(stack: Stack): Promise<SimulatorPanel> {
  const { platform } = stack;
  let fault: PlatformFault = 'none';
  let cut = false;
  const panel = await SimulatorPanel.start(stack.bench, {
    network: {
      isCut: () => cut,
      cut: async () => {
        cut = true;
        await platform.faults.vanish();
      },
      restore: async () => {
        cut = false;
        fault = 'none';
        await platform.faults.restore();
      },
    },
    platform: {
      fault: () => fault,
      setFault: async (wanted) => {
        fault = wanted;
        cut = wanted === 'vanish';
        await platform.faults.restore();
        if (wanted === 'slow') platform.faults.slow(12_000);
        if (wanted === 'refuse') platform.faults.refuse(503);
        if (wanted === 'vanish') await platform.faults.vanish();
      },
    },
    messages: () => platform.messages.map(({ at, to, text }) => ({ at, to, text: text['zh-CN'] })),
  });
  platform.onMessage(() => panel.changed());
  return panel;
}

/** Runs the kiosk for a person until its window is closed. */
export async function runKiosk(environment: KioskEnvironment, args: readonly string[]): Promise<number> {
  const kept = option(args, '--keep');
  const dir = kept ?? (await mkdtemp(join(tmpdir(), 'hall24-')));
  const stack = await startStack({
    dir,
    assetsDir: join(environment.appDir, 'assets'),
    locker: option(args, '--locker') ?? 'kerong-cu48',
    keypad: option(args, '--keypad') === 'hid' ? 'hid' : 'serial',
    presence: {},
    ownDevices: ownDevices(args),
  });
  const panel = await startPanel(stack);
  process.stderr.write(`Simulator panel: ${panel.url}\nReference platform: ${stack.platform.url}\n`);
  const root = process.getuid?.() === 0;
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(
        environment.electron.executable,
        [...(root ? ['--no-sandbox'] : []), '--log-level=3', environment.appDir],
        {
          stdio: 'inherit',
          env: {
            ...process.env,
            ...environment.display,
            HALL24_DATA: stack.dataDir,
            HALL24_FIRST_CONFIG: stack.configPath,
            HALL24_WINDOW: args.includes('--landscape') ? '1920x1080' : '1080x1920',
            HALL24_PANEL: panel.url,
          },
        },
      );
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    });
  } finally {
    await panel.stop();
    await stack.stop();
    if (kept === undefined) await rm(dir, { recursive: true, force: true });
  }
}
