import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildGallery } from './build.ts';
import { Camera, type CameraSettings, type Job, type Picture } from './camera.ts';
import { COMPONENT_SHOTS } from './component-shots.ts';
import { galleryOptions, type GalleryOptions } from './options.ts';
import { summaryOf, totalsOf, writeReport, type Failure } from './report.ts';
import { SHOTS } from './shots.ts';

export { USAGE } from './options.ts';

const OUT = join(import.meta.dirname, '..', '..', 'out', 'gallery');
/** Electrons at work at the same time; each keeps one processor busy. */
const CAMERAS = 2;

/** What the gallery needs of the machine. */
export interface GalleryEnvironment {
  readonly electron: { readonly executable: string };
  /** Variables for the display. */
  readonly display: Readonly<Record<string, string>>;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function jobsOf({ filters, languages, layouts, modes }: GalleryOptions): Job[] {
  return [...SHOTS, ...COMPONENT_SHOTS]
    .filter(({ name }) => filters.length === 0 || filters.some((part) => name.includes(part)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .flatMap((shot) => languages.map((language) => ({ shot, language, layouts, modes })));
}

/** Takes jobs off the list until it is empty; a camera that broke is replaced for the next one. */
async function work(settings: CameraSettings, jobs: Job[], pictures: Picture[], failures: Failure[]): Promise<void> {
  let camera: Camera | null = null;
  try {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const { shot, language } = job;
      try {
        camera ??= await Camera.open(settings);
        pictures.push(...(await camera.take(job)));
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n').slice(0, 4).join(' | ') : String(error);
        failures.push({ scenario: shot.name, language, reason });
        say(`  not taken: ${shot.name} (${language}): ${reason}`);
        await camera?.close();
        camera = null;
      }
      if (jobs.length % 10 === 0) say(`  ${pictures.length} pictures, ${jobs.length} walks to go`);
    }
  } finally {
    await camera?.close();
  }
}

/** Serves the pages on this machine alone until it is stopped by Ctrl+C. */
async function serve(): Promise<number> {
  const built = await buildGallery(`gallery-${process.pid}`);
  try {
    process.stdout.write(`screens     ${built.page}\ncomponents  ${built.components}\nCtrl+C ends it.\n`);
    await once(process, 'SIGINT');
  } finally {
    await built.stop();
  }
  return 0;
}

/**
 * Photographs what the arguments choose into `out/gallery/`, whose former content goes. Standard output ends with one
 * JSON object: the totals.
 * @returns 0 when every picture was taken and axe found nothing
 */
export async function main(args: readonly string[], environment: GalleryEnvironment): Promise<number> {
  const options = galleryOptions(args);
  if (options.serve) return serve();
  const jobs = jobsOf(options);
  if (jobs.length === 0) throw new RangeError(`no scenario has ${options.filters.join(' or ')} in its name`);
  const out = options.out ?? OUT;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const started = performance.now();
  const built = await buildGallery(options.out === null ? 'gallery' : `gallery-${process.pid}`);
  const [pictures, failures]: [Picture[], Failure[]] = [[], []];
  try {
    say(`Photographing ${jobs.length} walks in ${options.layouts.length * options.modes.length} ways each ...`);
    const settings: CameraSettings = {
      executable: environment.electron.executable,
      appDir: built.appDir,
      page: built.page,
      components: built.components,
      panel: options.panel,
      outDir: out,
      display: environment.display,
    };
    await Promise.all(Array.from({ length: CAMERAS }, () => work(settings, jobs, pictures, failures)));
  } finally {
    await built.stop();
  }
  pictures.sort((a, b) => a.scenario.localeCompare(b.scenario, 'en') || a.file.localeCompare(b.file, 'en'));
  await writeReport(out, pictures, failures);
  const totals = totalsOf(pictures, failures);
  process.stdout.write(summaryOf(pictures, failures));
  process.stdout.write(
    `${join(out, 'index.html')} shows them all; ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
  );
  process.stdout.write(`${JSON.stringify(totals)}\n`);
  const clean =
    !options.strict || pictures.every(({ findings }) => Object.values(findings).every((all) => all.length === 0));
  return totals.axeViolations === 0 && totals.failed === 0 && clean ? 0 : 1;
}
