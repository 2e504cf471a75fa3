import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { Dice } from '../kit/dice.ts';
import { aftermath, readMarks, toldBy } from '../kit/marks.ts';
import { readOptions } from '../kit/options.ts';
import { inParts, workersOf } from '../kit/parts.ts';
import { inFolder } from '../kit/store-kit.ts';

export const ABOUT =
  'disk full, errors, read-only and slow at the n-th write [--runs 20] [--seed S] [--every E: every E-th n of every kind, E = 1 are 15,956 runs] [--from 0: the first of them] [--workers N]';

interface Trouble {
  readonly name: string;
  /** System calls that are troubled. */
  readonly calls: string;
  /** What strace does to them. */
  readonly what: string;
  /** About so many of these calls are there in a run of the worker. */
  readonly upTo: number;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'full', calls: 'pwrite64,ftruncate,fallocate', what: 'error=ENOSPC', upTo: 5_000 },
  { name: 'write-error', calls: 'pwrite64', what: 'error=EIO', upTo: 5_000 },
  { name: 'sync-error', calls: 'fsync,fdatasync', what: 'error=EIO', upTo: 210 },
  { name: 'read-only', calls: 'pwrite64,ftruncate,unlink,rename', what: 'error=EROFS', upTo: 5_000 },
  { name: 'read-error', calls: 'pread64', what: 'error=EIO', upTo: 520 },
  { name: 'slow-sync', calls: 'fsync,fdatasync', what: 'delay_enter=20000', upTo: 210 },
  { name: 'cannot-open', calls: 'openat', what: 'error=EMFILE', upTo: 16 },
];

/** How long a trouble lasts: one call, one in fifty, a stretch of calls, or to the end of the process. */
const LASTING = ['once', 'now-and-then', 'stretch', 'for-good'] as const;
const STEPS = 150;
/** A run that takes longer hangs; on a busy machine they take minutes. */
const PATIENCE_MS = 900_000;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const options = readOptions(args, 20, ['every', 'from', 'workers']);
  const { runs, seed, own } = options;
  const workers = own['every'] === undefined ? workersOf(options) : 1;
  if (workers > 1) return inParts('disk', { args, ...context }, options, workers);
  const every = own['every'] === undefined ? null : Number(own['every']);
  const campaign = new Campaign('disk', seed, { args, ...context });
  const dice = new Dice(seed);
  const injected: Record<string, number> = {};
  let troubledCalls = 0;
  // Every n of every kind, or one by chance of each kind in turn.
  const all = TROUBLES.flatMap((trouble) =>
    Array.from({ length: every === null ? 0 : Math.ceil(trouble.upTo / every) }, (_, index) => ({
      trouble,
      nth: 1 + index * (every ?? 1),
    })),
  );
  const from = Number(own['from'] ?? 0);
  for (let turn = 0; turn < (every === null ? runs : Math.min(runs, all.length - from)); turn += 1) {
    const kind = TROUBLES[turn % TROUBLES.length] ?? TROUBLES[0];
    if (!kind) throw new Error('no trouble is known');
    const lasting = dice.pick(LASTING);
    const { trouble, nth } = all[from + turn] ?? { trouble: kind, nth: 1 + dice.below(kind.upTo) };
    troubledCalls += await troubled(campaign, { trouble, lasting, nth, seed: dice.below(2 ** 31) });
    injected[trouble.name] = (injected[trouble.name] ?? 0) + 1;
  }
  return campaign.end({ kinds: injected, troubledCalls });
}

interface Run {
  readonly trouble: Trouble;
  readonly lasting: (typeof LASTING)[number];
  readonly nth: number;
  readonly seed: number;
}

/** One kiosk whose disk is troubled from the n-th call on, then a start on the sound disk. Gives how many calls were troubled. */
async function troubled(campaign: Campaign, { trouble, lasting, nth, seed }: Run): Promise<number> {
  return inFolder(async (parent) => {
    const dir = join(parent, 'store');
    await mkdir(dir, { mode: 0o700 });
    const when = {
      once: `${nth}`,
      'now-and-then': `${nth}+50`,
      stretch: `${nth}..${nth + 40}`,
      'for-good': `${nth}+`,
    }[lasting];
    const files = ['kiosk.sqlite', 'kiosk.sqlite-wal', 'kiosk.sqlite-shm', 'ballast'];
    const log = join(parent, 'strace.txt');
    const words = [
      ...['-o', log, '-e', `trace=${trouble.calls}`, '-e', `inject=${trouble.calls}:${trouble.what}:when=${when}`],
      ...files.flatMap((name) => ['-P', join(dir, name)]),
      ...[process.execPath, join(import.meta.dirname, '..', 'kit', 'store-worker.ts'), '--trouble'],
      ...['--dir', dir, '--seed', String(seed), '--steps', String(STEPS)],
    ];
    const name = `${trouble.name} ${lasting} from ${nth}, worker ${seed}`;
    const faults: string[] = [];
    const { stdout } = await promisify(execFile)('strace', words, { maxBuffer: 1 << 28, timeout: PATIENCE_MS }).catch(
      (cause: unknown) => {
        const { stdout: said = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
        const { killed = false } = cause as { killed?: boolean };
        faults.push(killed ? 'the process does not end' : `the process died: ${stderr.slice(-600)}`);
        return { stdout: said };
      },
    );
    const marks = readMarks(stdout);
    // After one bad moment the store works on by itself; a disk that stays bad must only not cost anything.
    const works = marks.find((said) => said.works !== undefined)?.works ?? true;
    if (!works && lasting === 'once') faults.push('does not work again after one failure');
    // SQLite takes a read that failed for damage. One such moment must not lead to a salvage.
    const mayBeSalvaged = trouble.name === 'read-error' && lasting !== 'once';
    const { owed, record, end } = await aftermath(dir, toldBy(marks), mayBeSalvaged);
    campaign.judge(name, owed, record, { ...end, faults: [...end.faults, ...faults] });
    const disturbed = await readFile(log, 'latin1');
    return disturbed.match(/\(INJECTED|\(DELAYED/gu)?.length ?? 0;
  });
}
