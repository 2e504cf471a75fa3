import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { KioskEnvironment } from '../dev/run.ts';
import { startStack } from '../dev/stack.ts';
import { ALL_JOURNEYS } from './all-journeys.ts';
import { isExactlyOnce, type Journey, type JourneyReport } from './journey.ts';
import { Kiosk } from './kiosk.ts';

export { packedJourney } from './packed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PORTRAIT = { width: 1080, height: 1920 };

/** Walks one journey on a kiosk and a platform of its own. Never rejects. */
async function walk(journey: Journey, environment: KioskEnvironment, outDir: string): Promise<JourneyReport> {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-journey-'));
  const pictures = join(outDir, journey.name);
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const stack = await startStack({
    dir,
    receiptsDir: pictures,
    assetsDir: join(environment.appDir, 'assets'),
    ...journey.stack,
  });
  const steps: string[] = [];
  let kiosk: Kiosk | null = null;
  let fault: string | undefined;
  try {
    kiosk = await Kiosk.start({ environment, stack, picturesDir: pictures, size: journey.size ?? PORTRAIT });
    await journey.run({ kiosk, stack, step: (name) => steps.push(name) });
    if (kiosk.faults.length > 0) fault = kiosk.faults.join('; ');
  } catch (cause) {
    fault = `at "${steps.at(-1) ?? 'start'}": ${cause instanceof Error ? cause.message : String(cause)}`;
    await kiosk?.shot('failed').catch(() => undefined);
  }
  try {
    await kiosk?.stop();
    const platform = await stack.platform.holdings();
    const here = (path: string): string => relative(ROOT, path);
    return {
      name: journey.name,
      passed: fault === undefined,
      exactlyOnce: isExactlyOnce(platform),
      steps,
      screenshots: (kiosk?.shots ?? []).map((shot) => here(shot.path)),
      receipts: stack.bench.receipts.map((receipt) => here(receipt.path)),
      platform,
      ...(fault === undefined ? {} : { fault }),
    };
  } finally {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Runs the named journeys (or `all`) in real Electron. Progress goes to standard error; the last line of standard
 * output is one JSON object.
 * @returns 0 when all passed, 1 when one failed, 2 when a name is unknown
 */
export async function main(args: readonly string[], environment: KioskEnvironment): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const wanted = names.length === 0 || names.includes('all') ? ALL_JOURNEYS : [];
  const chosen = wanted.length > 0 ? wanted : ALL_JOURNEYS.filter((journey) => names.includes(journey.name));
  const unknown = names.filter((name) => name !== 'all' && !ALL_JOURNEYS.some((journey) => journey.name === name));
  if (unknown.length > 0) {
    const known = ALL_JOURNEYS.map((journey) => journey.name).join(', ');
    process.stderr.write(`There is no journey ${unknown.join(', ')}. There are: ${known}\n`);
    return 2;
  }
  const outDir = join(ROOT, 'out', 'journeys');
  const reports: JourneyReport[] = [];
  for (const journey of chosen) {
    process.stderr.write(`${journey.name} ... `);
    const begun = performance.now();
    const report = await walk(journey, environment, outDir);
    reports.push(report);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const word = report.passed && report.exactlyOnce ? 'passed' : 'FAILED';
    process.stderr.write(
      `${word} (${seconds} s, ${report.screenshots.length} pictures)${report.fault ? `\n  ${report.fault}` : ''}\n`,
    );
  }
  const { electron } = environment;
  process.stdout.write(
    `${JSON.stringify({ electron: electron.version, runtime: electron.kind, journeys: reports })}\n`,
  );
  return reports.every((report) => report.passed && report.exactlyOnce) ? 0 : 1;
}
