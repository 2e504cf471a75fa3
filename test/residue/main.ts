import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KioskEnvironment } from '../dev/run.ts';
import { startStack } from '../dev/stack.ts';
import { Kiosk } from '../e2e/kiosk.ts';
import { searchDisk } from './disk.ts';
import { needlesOf, NeedleSet, type Needle } from './needles.ts';
import { inventPerson, secretsOf } from './people.ts';
import { canReadMemory, lives, processesOf, searchMemory, type KioskProcess } from './processes.ts';
import { prepareItems, visit, VISIT_KINDS, type VisitKind } from './visits.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A picture of where a visit came to nothing, and the kiosk's log. */
const OUT = join(ROOT, 'out', 'residue');
const SIZE = { width: 1080, height: 1920 };
/** In the environment of every process of the kiosk: a search that does not find it there finds nothing. */
const CANARY = 'HALL24_RESIDUE_CANARY';
/** Folders of the machine where a program may leave something. */
const COMMON_FOLDERS = ['/tmp', '/var/tmp', '/dev/shm', '/var/spool', '/var/crash', '/var/lib/systemd/coredump'];
/** How long a visit's processes may take to end, in milliseconds. */
const END_MS = 5_000;

type Counts = Record<string, number>;

/** What was found after one visit. */
interface VisitReport {
  readonly visit: string;
  /** Copies while the person was there, by kind of process: the proof that the search sees them. */
  readonly during: Counts;
  /** Copies after the visit, by kind of process and by what they are. */
  readonly after: Counts;
  readonly traces: readonly string[];
}

function add(counts: Counts, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

function option(args: readonly string[], name: string, fallback: number): number {
  const index = args.indexOf(name);
  const value = index === -1 ? fallback : Number(args[index + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} wants a whole number from 1`);
  return value;
}

/** The kinds of visit that `--kinds a,b` names; all of them without it. */
function kindsOf(args: readonly string[]): readonly VisitKind[] {
  const index = args.indexOf('--kinds');
  if (index === -1) return VISIT_KINDS;
  return (args[index + 1] ?? '').split(',').map((name) => {
    const kind = VISIT_KINDS.find((one) => one === name);
    if (kind === undefined) throw new Error(`no visits of kind ${name}; there are ${VISIT_KINDS.join(', ')}`);
    return kind;
  });
}

/** A kiosk under search. */
class Search {
  readonly #kiosk: Kiosk;
  readonly #canary: NeedleSet;
  /** Whether the canary was found, by kind of process. */
  readonly seen = new Map<string, boolean>();
  bytes = 0;

  constructor(kiosk: Kiosk, canary: string) {
    this.#kiosk = kiosk;
    this.#canary = new NeedleSet(needlesOf('test', 'canary', canary));
  }

  async processes(): Promise<readonly KioskProcess[]> {
    return processesOf(this.#kiosk.pid, await this.#kiosk.helperNames());
  }

  /** Looks for the canary in every process there is now. */
  async proveSight(): Promise<void> {
    for (const { pid, kind } of await this.processes()) {
      const found = await searchMemory(pid, this.#canary);
      if (found) this.seen.set(kind, (this.seen.get(kind) ?? false) || found.hits.length > 0);
    }
  }

  /** Copies of the needles in each process, by kind of process, and where they are. */
  async look(needles: readonly Needle[]): Promise<{ readonly counts: Counts; readonly traces: string[] }> {
    const set = new NeedleSet(needles);
    const counts: Counts = {};
    const traces: string[] = [];
    for (const { pid, kind } of await this.processes()) {
      const found = await searchMemory(pid, set);
      if (!found) continue;
      this.bytes += found.bytes;
      for (const { needle, around } of found.hits) {
        add(counts, kind);
        traces.push(`${kind}: ${needle.owner}, ${needle.what} as ${needle.form}: ${around}`);
      }
    }
    return { counts, traces };
  }
}

/**
 * Runs scripted visits and looks for what is left of them. `--kinds a,b` of which kinds (all unless told), `--visits N` how
 * many (one of each kind unless told), `--json`, `--traces` says where each finding lies.
 * @returns 0 when nothing was left behind and the search was seen to work
 */
export async function main(args: readonly string[], environment: KioskEnvironment): Promise<number> {
  if (!canReadMemory()) throw new Error('the memory of other processes cannot be read here');
  const kinds = kindsOf(args);
  const visits = option(args, '--visits', kinds.length);
  const say = (text: string): void => void (args.includes('--json') || process.stderr.write(`${text}\n`));
  const begun = Date.now();
  const dir = await mkdtemp(join(tmpdir(), 'hall24-residue-'));
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  await prepareItems(stack);
  // Only who hears alone hears what is private.
  await writeFile(stack.configPath, JSON.stringify({ ...stack.config, headset: 'always' }));
  const [home, temporary] = [join(dir, 'home'), join(dir, 'tmp')];
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true });
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const kiosk = await Kiosk.start({
    executable: environment.electron.executable,
    appDir: environment.appDir,
    display: { ...environment.display, [CANARY]: canary, HOME: home, TMPDIR: temporary },
    stack,
    picturesDir: join(dir, 'pictures'),
    size: SIZE,
  });
  const search = new Search(kiosk, canary);
  const reports: VisitReport[] = [];
  const everybody: Needle[] = [];
  let fault: string | null = null;
  let stayed = 0;
  let disk = { files: 0, bytes: 0, hits: [] as readonly { path: string; needle: Needle; around: string }[] };
  let final: { counts: Counts; traces: string[] } = { counts: {}, traces: [] };
  try {
    for (let index = 0; index < visits; index += 1) {
      const kind = kinds[index % kinds.length] ?? 'case-online';
      const owner = `visit ${index + 1}, ${kind}`;
      const person = inventPerson();
      const needles = Object.entries(secretsOf(person)).flatMap(([what, text]) => needlesOf(owner, what, text));
      let during: Counts = {};
      let page = 0;
      say(`${owner} ...`);
      await visit(kind, {
        kiosk,
        stack,
        person,
        step: () => undefined,
        secret: (what, text) => needles.push(...needlesOf(owner, what, text)),
        atHeight: async () => {
          await search.proveSight();
          page = await kiosk.pageProcess();
          during = (await search.look(needles)).counts;
        },
      });
      if (!(await ended(page))) stayed += 1;
      everybody.push(...needles);
      const { counts, traces } = await search.look(needles);
      reports.push({ visit: owner, during, after: counts, traces });
      say(`  during ${JSON.stringify(during)}, after ${JSON.stringify(counts)}`);
      if (args.includes('--traces')) for (const trace of traces) say(`    ${trace}`);
    }
    say('everything, once more, with the disk');
    final = await search.look(everybody);
    const own = [stack.dataDir, home, temporary];
    const set = new NeedleSet(everybody);
    const user = process.env['HOME'] ?? '/root';
    const folders = [...own, ...['.config', '.cache', '.local'].map((name) => join(user, name)), ...COMMON_FOLDERS];
    // The simulators' own papers and ports are no part of the kiosk, its data folder below them is; nor is the cache of
    // the runtimes that it is started with.
    disk = await searchDisk(folders, set, begun, [dir, join(user, '.cache', 'hall24')]);
    for (const { path, needle, around } of disk.hits) {
      say(`  ${path}: ${needle.owner}, ${needle.what} as ${needle.form}: ${around}`);
    }
    if (kiosk.faults.length > 0) fault = kiosk.faults.join('; ');
  } catch (cause) {
    fault = cause instanceof Error ? cause.message : String(cause);
    await mkdir(OUT, { recursive: true });
    await kiosk.page.screenshot({ path: join(OUT, 'failed.png') }).catch(() => undefined);
    await copyFile(join(stack.dataDir, 'logs', 'kiosk.log'), join(OUT, 'failed.log')).catch(() => undefined);
  } finally {
    await kiosk.stop();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
  const blind = [...search.seen].filter(([, seen]) => !seen).map(([kind]) => kind);
  const unseen = reports.filter(({ during }) => Object.keys(during).length === 0).map((report) => report.visit);
  const hits: Counts = {};
  for (const { after } of reports) for (const [kind, count] of Object.entries(after)) add(hits, kind, count);
  for (const [kind, count] of Object.entries(final.counts)) add(hits, `${kind}, at the end`, count);
  if (disk.hits.length > 0) hits['disk'] = disk.hits.length;
  const passed =
    fault === null &&
    stayed === 0 &&
    reports.length === visits &&
    Object.keys(hits).length === 0 &&
    search.seen.size > 0 &&
    blind.length === 0 &&
    unseen.length === 0;
  const result = {
    passed,
    visits: reports.length,
    hits,
    /** Pages of a visit that lived on after it. */
    pagesThatStayed: stayed,
    control: { processKinds: Object.fromEntries(search.seen), visitsNotSeen: unseen },
    searched: { memoryBytes: search.bytes, files: disk.files, fileBytes: disk.bytes, needles: everybody.length },
    byVisit: reports.map(({ visit: name, during, after, traces }) => ({
      visit: name,
      during,
      after,
      what: [...new Set(traces.map((trace) => trace.replace(/: .*?, visit|visit \d+, /g, '').slice(0, 60)))].slice(
        0,
        8,
      ),
    })),
    ...(fault === null ? {} : { fault }),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return passed ? 0 : 1;
}

/** Waits until the process that drew the visit has ended. */
async function ended(pid: number): Promise<boolean> {
  const limit = performance.now() + END_MS;
  while (lives(pid)) {
    if (performance.now() > limit) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
