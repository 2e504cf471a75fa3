import { readdir, readFile } from 'node:fs/promises';

/** What a program and everything that it started use. */
export interface Footprint {
  /** Sum of the proportional set sizes in MB: shared pages are counted once. */
  readonly pssMb: number;
  /** Of that what is no file's: heaps, stacks, pictures. Does not change with what else runs of the same program. */
  readonly ownMb: number;
  readonly processes: number;
  /** Open files, sockets and pipes of all of them. */
  readonly handles: number;
  /** Processor time so far in ms. */
  readonly cpuMs: number;
  /** How often a thread of them went to sleep so far: what woke it is work that a machine at rest need not do. */
  readonly sleeps: number;
  /** Processor time so far in ms and how often threads slept, of each process. */
  readonly each: ReadonlyMap<number, { readonly cpuMs: number; readonly sleeps: number; readonly name: string }>;
}

/** Clock ticks of /proc are hundredths of a second on every Linux that Electron runs on. */
const TICK_MS = 10;

async function statOf(pid: number): Promise<{ readonly parent: number; readonly cpuMs: number } | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return null;
  }
}

/** Looks at a process and all below it. */
export async function footprint(root: number): Promise<Footprint> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = new Map<number, { readonly parent: number; readonly cpuMs: number }>();
  for (const pid of pids) {
    const stat = await statOf(pid);
    if (stat) stats.set(pid, stat);
  }
  const family = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, { parent }] of stats) {
      if (family.has(parent) && !family.has(pid)) {
        family.add(pid);
        grown = true;
      }
    }
  }
  let [pssKb, ownKb, handles, cpuMs, sleeps] = [0, 0, 0, 0, 0];
  const each = new Map<number, { readonly cpuMs: number; readonly sleeps: number; readonly name: string }>();
  for (const pid of family) {
    const slept = await sleepsOf(pid);
    sleeps += slept;
    each.set(pid, { cpuMs: stats.get(pid)?.cpuMs ?? 0, sleeps: slept, name: await nameOf(pid) });
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    pssKb += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    for (const kind of ['Pss_Anon', 'Pss_Shmem'])
      ownKb += Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
    handles += (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;
    cpuMs += stats.get(pid)?.cpuMs ?? 0;
  }
  const megabytes = (kb: number): number => Math.round(kb / 102.4) / 10;
  const [pssMb, ownMb] = [megabytes(pssKb), megabytes(ownKb)];
  return { pssMb, ownMb, processes: family.size, handles, cpuMs, sleeps, each };
}

async function sleepsOf(pid: number): Promise<number> {
  let sum = 0;
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '');
    sum += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return sum;
}

/** What a process of Chromium is for, from its command line. */
async function nameOf(pid: number): Promise<string> {
  // Chromium writes the line of some processes anew, with spaces.
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(/[\0 ]/);
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  return value('utility-sub-type') ?? value('type') ?? 'main';
}
