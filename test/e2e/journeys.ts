import { join } from 'node:path';
import type { KioskEnvironment } from '../dev/run.ts';
import { ALL_JOURNEYS, NAMED_JOURNEYS } from './all-journeys.ts';
import type { Journey, JourneyReport } from './journey.ts';
import { walk, type WalkManner } from './walk.ts';

export { packedJourney } from './packed.ts';

/** What may be asked for beside names; `--lanes` and `--show` are the launcher's. */
const OPTIONS: ReadonlySet<string> = new Set(['--json', '--tasks', '--keyboard']);
const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Runs the named journeys (or `all`) in real Electron, one on each of the displays at a time. Progress goes to standard
 * error; the last line of standard output is one JSON object, with the journeys in the order of the list.
 * With `--tasks` each journey also tells which tasks kept a main thread for 50 ms or more; with `--keyboard` nothing is
 * touched, but pressed with a real keyboard.
 * @returns 0 when all passed, 1 when one failed, 2 when a name or an option is unknown
 */
export async function main(
  args: readonly string[],
  environment: KioskEnvironment,
  displays: readonly Readonly<Record<string, string>>[] = [environment.display],
): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const strange = args.filter((arg) => arg.startsWith('-') && !OPTIONS.has(arg));
  if (strange.length > 0) {
    process.stderr.write(
      `There is no option ${strange.join(', ')}. There are: ${[...OPTIONS].join(', ')}, --lanes N, --show\n`,
    );
    return 2;
  }
  const known = [...ALL_JOURNEYS, ...NAMED_JOURNEYS];
  const wanted = names.length === 0 || names.includes('all') ? ALL_JOURNEYS : [];
  const chosen = wanted.length > 0 ? wanted : known.filter((journey) => names.includes(journey.name));
  const unknown = names.filter((name) => name !== 'all' && !known.some((journey) => journey.name === name));
  if (unknown.length > 0) {
    const there = known.map((journey) => journey.name).join(', ');
    process.stderr.write(`There is no journey ${unknown.join(', ')}. There are: ${there}\n`);
    return 2;
  }
  const { electron, appDir } = environment;
  const manner = { tasks: args.includes('--tasks'), keyboard: args.includes('--keyboard') };
  const waiting = [...chosen.entries()];
  const reports: JourneyReport[] = [];
  await Promise.all(
    displays.map(async (display) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [place, journey] = next;
        reports[place] = await walkAloud(journey, { executable: electron.executable, appDir, display }, manner);
      }
    }),
  );
  process.stdout.write(
    `${JSON.stringify({ electron: electron.version, runtime: electron.kind, journeys: reports })}\n`,
  );
  return reports.every(isGood) ? 0 : 1;
}

function isGood(report: JourneyReport): boolean {
  return report.passed && report.exactlyOnce;
}

/** Walks a journey and says on standard error when it begins and how it ended, a line each. */
async function walkAloud(
  journey: Journey,
  app: { readonly executable: string; readonly appDir: string; readonly display: Readonly<Record<string, string>> },
  manner: WalkManner,
): Promise<JourneyReport> {
  process.stderr.write(`${journey.name} ...\n`);
  const begun = performance.now();
  const report = await walk(journey, app, join(ROOT, 'out', 'journeys'), manner);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const end = `${isGood(report) ? 'passed' : 'FAILED'} (${seconds} s, ${report.screenshots.length} pictures)`;
  process.stderr.write(`${journey.name} ${end}${report.fault ? `\n  ${report.fault}` : ''}\n`);
  if (report.tasks) process.stderr.write(`  longest tasks, ms: ${JSON.stringify(report.tasks.longestMs)}\n`);
  for (const task of report.tasks?.long ?? []) {
    const { where, ms, lastedMs, step, parts } = task;
    process.stderr.write(`  ${where}: ${ms} ms (lasted ${lastedMs}) at "${step}": ${parts.join(', ')}\n`);
  }
  return report;
}
