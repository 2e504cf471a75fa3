import { readFile } from 'node:fs/promises';
import type { ElectronApplication } from 'playwright-core';

/** The `page` at the kiosk, the `page-to-come` that is made ready behind it, the `main` process. */
type Where = 'page' | 'page-to-come' | 'main';

/** What was seen of the main threads. */
export interface TaskReport {
  readonly tasks: number;
  /** Processor time of the longest task of each, in milliseconds. */
  readonly longestMs: Readonly<Record<Where, number>>;
  /** Those of 50 ms and more, the longest first. */
  readonly long: readonly LongTask[];
}

/** A task that kept a main thread for long. Milliseconds. */
export interface LongTask {
  readonly where: Where;
  /** Processor time of its thread, which other programs do not lengthen; as long as it lasted where it is not told. */
  readonly ms: number;
  readonly lastedMs: number;
  /** The journey's step in which it was. */
  readonly step: string;
  /** What it spent its time with, the longest first. */
  readonly parts: readonly string[];
}

/** A task is long from here on, in milliseconds. */
const LONG_MS = 50;
const CATEGORIES = ['toplevel', 'devtools.timeline', 'blink.user_timing', 'v8', '__metadata'];
const BUFFER_KB = 400_000;

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the machine's steady clock. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly type?: string } };
}

/** Microseconds of the clock that traces are stamped with. */
function steadyMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Watches the main threads of a kiosk by the browser's own trace. */
export class TaskWatch {
  readonly #app: ElectronApplication;
  readonly #steps: { readonly at: number; readonly name: string }[] = [];

  private constructor(app: ElectronApplication) {
    this.#app = app;
  }

  static async start(app: ElectronApplication): Promise<TaskWatch> {
    const options = {
      recording_mode: 'record-until-full',
      included_categories: CATEGORIES,
      trace_buffer_size_in_kb: BUFFER_KB,
    } as const;
    await app.evaluate(({ contentTracing }, how) => contentTracing.startRecording(how), {
      ...options,
      included_categories: [...CATEGORIES],
    });
    return new TaskWatch(app);
  }

  /** From now on tasks belong to this step. */
  step(name: string): void {
    this.#steps.push({ at: steadyMicros(), name });
  }

  /** Ends the watch. @param file where the trace goes */
  async stop(file: string): Promise<TaskReport> {
    await this.#app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path), file);
    const { traceEvents } = JSON.parse(await readFile(file, 'utf8')) as { traceEvents: readonly TraceEvent[] };
    return tasksOf(traceEvents, this.#steps);
  }
}

/** The tasks of main threads in the events of a trace. */
function tasksOf(
  events: readonly TraceEvent[],
  steps: readonly { readonly at: number; readonly name: string }[],
): TaskReport {
  const threads = new Map<string, 'renderer' | 'browser'>();
  const shownAt = new Map<number, number>();
  for (const { name, ph, pid, tid, ts, args } of events) {
    if (ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      threads.set(`${pid} ${tid}`, 'renderer');
    if (ph === 'M' && name === 'thread_name' && args?.name === 'CrBrowserMain') threads.set(`${pid} ${tid}`, 'browser');
    if (name === 'page-shown') shownAt.set(pid, ts);
  }
  // The first page was shown before the watch began.
  const first = events.find(({ ph, pid, tid }) => ph === 'X' && threads.get(`${pid} ${tid}`) === 'renderer');
  if (first !== undefined && !shownAt.has(first.pid)) shownAt.set(first.pid, Number.NEGATIVE_INFINITY);
  const timed = events.filter(
    ({ ph, dur, pid, tid }) => ph === 'X' && dur !== undefined && threads.has(`${pid} ${tid}`),
  );
  const longestMs: Record<Where, number> = { page: 0, 'page-to-come': 0, main: 0 };
  const long: LongTask[] = [];
  let tasks = 0;
  for (const task of timed) {
    if (!/^(ThreadControllerImpl::)?RunTask$/.test(task.name)) continue;
    tasks += 1;
    const ms = (task.tdur ?? task.dur ?? 0) / 1_000;
    const shown = shownAt.get(task.pid);
    const isBrowser = threads.get(`${task.pid} ${task.tid}`) === 'browser';
    const where = isBrowser ? 'main' : shown !== undefined && task.ts >= shown ? 'page' : 'page-to-come';
    longestMs[where] = Math.max(longestMs[where], Math.round(ms));
    if (ms < LONG_MS) continue;
    long.push({
      where,
      ms: Math.round(ms),
      lastedMs: Math.round((task.dur ?? 0) / 1_000),
      step: steps.findLast(({ at }) => at <= task.ts)?.name ?? 'start',
      parts: partsOf(task, timed),
    });
  }
  return { tasks, longestMs, long: long.toSorted((a, b) => b.ms - a.ms) };
}

/** The longest things inside a task, by name. */
function partsOf(task: TraceEvent, timed: readonly TraceEvent[]): readonly string[] {
  const end = task.ts + (task.dur ?? 0);
  const sums = new Map<string, number>();
  for (const one of timed) {
    if (one === task || one.pid !== task.pid || one.tid !== task.tid || one.ts < task.ts || one.ts > end) continue;
    const name = one.args?.data?.type === undefined ? one.name : `${one.name}(${one.args.data.type})`;
    sums.set(name, (sums.get(name) ?? 0) + (one.tdur ?? one.dur ?? 0) / 1_000);
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([name, ms]) => `${name} ${Math.round(ms)}`);
}
