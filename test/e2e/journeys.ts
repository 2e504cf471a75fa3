import { join } from 'node:path';
import type { KioskEnvironment } from '../dev/run.ts';
import { ALL_JOURNEYS, NAMED_JOURNEYS } from './all-journeys.ts';
import type { JourneyReport } from './journey.ts';
import { walk } from './walk.ts';

export { packedJourney } from './packed.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Runs the named journeys (or `all`) in real Electron. Progress goes to standard error; the last line of standard
 * output is one JSON object.
 * @returns 0 when all passed, 1 when one failed, 2 when a name is unknown
 */
export async function main(args: readonly string[], environment: KioskEnvironment): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const known = [...ALL_JOURNEYS, ...NAMED_JOURNEYS];
  const wanted = names.length === 0 || names.includes('all') ? ALL_JOURNEYS : [];
  const chosen = wanted.length > 0 ? wanted : known.filter((journey) => names.includes(journey.name));
  const unknown = names.filter((name) => name !== 'all' && !known.some((journey) => journey.name === name));
  if (unknown.length > 0) {
    const there = known.map((journey) => journey.name).join(', ');
    process.stderr.write(`There is no journey ${unknown.join(', ')}. There are: ${there}\n`);
    return 2;
  }
  const outDir = join(ROOT, 'out', 'journeys');
  const app = { executable: environment.electron.executable, appDir: environment.appDir, display: environment.display };
  const reports: JourneyReport[] = [];
  for (const journey of chosen) {
    process.stderr.write(`${journey.name} ... `);
    const begun = performance.now();
    const report = await walk(journey, app, outDir);
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
