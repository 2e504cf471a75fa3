import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startStack } from '../dev/stack.ts';
import { isExactlyOnce, type Journey, type JourneyReport } from './journey.ts';
import { Kiosk } from './kiosk.ts';
import { TaskWatch } from './long-tasks.ts';
import type { AppLaunch } from './running-app.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PORTRAIT = { width: 1080, height: 1920 };

/** How a journey is walked; with a finger, and with pictures, unless told. */
export interface WalkManner {
  /** Watches for long tasks of the main threads; no pictures are taken then, which would be most of them. */
  readonly tasks?: boolean;
  /** With a real keyboard instead of a finger. */
  readonly keyboard?: boolean;
}

/**
 * Walks one journey on a kiosk and a platform of its own. Never rejects.
 */
export async function walk(
  journey: Journey,
  app: Pick<AppLaunch, 'executable' | 'appDir' | 'display'>,
  outDir: string,
  { tasks = false, keyboard = false }: WalkManner = {},
): Promise<JourneyReport> {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-journey-'));
  const pictures = join(outDir, journey.name);
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const stack = await startStack({
    dir,
    receiptsDir: pictures,
    assetsDir: join(ROOT, 'assets'),
    ...journey.stack,
  });
  const steps: string[] = [];
  let kiosk: Kiosk | null = null;
  let watch: TaskWatch | null = null;
  let fault: string | undefined;
  try {
    const size = journey.size ?? PORTRAIT;
    kiosk = await Kiosk.start({
      ...{ ...app, stack, picturesDir: pictures, size, noShots: tasks },
      keyboard: keyboard || journey.keyboard === true,
    });
    if (tasks && kiosk.electron !== null) watch = await TaskWatch.start(kiosk.electron);
    const step = (name: string): void => {
      steps.push(name);
      watch?.step(name);
    };
    await journey.run({ kiosk, stack, electron: app, step });
    if (kiosk.faults.length > 0) fault = kiosk.faults.join('; ');
  } catch (cause) {
    fault = `at "${steps.at(-1) ?? 'start'}": ${cause instanceof Error ? cause.message : String(cause)}`;
    await kiosk?.shot('failed').catch(() => undefined);
    const log = join(stack.dataDir, 'logs', 'kiosk.log');
    await copyFile(log, join(pictures, 'failed.log')).catch(() => undefined);
  }
  // A journey that kills its kiosk takes the trace with it.
  const seen = await watch?.stop(join(dir, 'trace.json')).catch(() => null);
  try {
    await kiosk?.stop();
    const held = await stack.platform.holdings();
    // Pictures of papers are large, and no part of a report.
    const platform = { ...held, attachments: held.attachments.map((file) => ({ ...file, plain: null })) };
    const here = (path: string): string => relative(ROOT, path);
    return {
      name: journey.name,
      passed: fault === undefined,
      exactlyOnce: isExactlyOnce(platform, journey.givenUp ?? 0),
      steps,
      screenshots: (kiosk?.shots ?? []).map((shot) => here(shot.path)),
      receipts: stack.bench.receipts.map((receipt) => here(receipt.path)),
      platform,
      ...(seen === undefined ? {} : { tasks: seen }),
      ...(fault === undefined ? {} : { fault }),
    };
  } finally {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
