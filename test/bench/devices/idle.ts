import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DeviceSettings } from '../../../native/manager/driver-types.ts';
import { SimulatorBench } from '../../simulators/index.ts';
import { pause, rounded } from './figures.ts';

/** Time for a new program to settle: collections and compilations of its start are not its idling. */
const SETTLE_MS = 4_000;

/** Processor time of an idle program in percent of one core. */
export interface IdleCost {
  /** With every device connected, beyond `bare`. */
  readonly ours: number;
  /** A Node program that does nothing. */
  readonly bare: number;
  readonly devices: number;
  readonly seconds: number;
}

/** Connects one device of every serial and HID class, lets a program keep them for a while and looks at its cost. */
export async function idleCost(dir: string, seconds: number): Promise<IdleCost> {
  const bench = await SimulatorBench.start({
    dir: join(dir, 'idle'),
    carrier: 'pty',
    receiptsDir: join(dir, 'idle-receipts'),
  });
  try {
    const settings = bench.settings();
    const [ours, bare] = await Promise.all([measured(settings, seconds), measured([], seconds)]);
    return { ours: rounded(ours - bare), bare: rounded(bare), devices: settings.length, seconds };
  } finally {
    await bench.stop();
  }
}

async function measured(settings: readonly DeviceSettings[], seconds: number): Promise<number> {
  const child = fork(join(import.meta.dirname, 'idle-child.ts'), [JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  try {
    await once(child, 'message', { signal: AbortSignal.timeout(20_000) });
    await pause(SETTLE_MS);
    const began = performance.now();
    const before = await cpuMs(child);
    await pause(seconds * 1000);
    const after = await cpuMs(child);
    return ((after - before) / (performance.now() - began)) * 100;
  } finally {
    const gone = once(child, 'exit');
    child.send('stop');
    await Promise.race([gone, pause(5_000)]);
    child.kill();
  }
}

async function cpuMs(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(10_000) });
  child.send('measure');
  const [message] = (await answer) as [{ readonly cpuMs: number }];
  return message.cpuMs;
}
