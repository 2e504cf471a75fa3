import { readFile } from 'node:fs/promises';
import type { ElectronApplication } from 'playwright-core';

/** A task that kept a main thread for long. Milliseconds. */
export interface LongTask {
  /** `page` at the kiosk, `page-to-come` that is made ready behind it, `main` process. */
  readonly where: 'page' | 'page-to-come' | 'main';
  /** Processor time of its thread, which other programs do not lengthen; as long as it lasted where it is not told. */
  readonly ms: number;
  readonly lastedMs: number;
  /** The journey's step in which it was. */
  readonly step: string;
  /** What it spent its time with, the longest first. */
  readonly parts: readonly string[];
}

/** A task is long from here on, in milliseconds. */
export const LONG_MS = 50;
/** Tasks that lasted so long are worth a look even where their processor time is not told. */
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

  /** Ends the watch; the longest task first. @param file where the trace goes */
  async stop(file: string): Promise<readonly LongTask[]> {
    await this.#app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path), file);
    const { traceEvents } = JSON.parse(await readFile(file, 'utf8')) as { traceEvents: readonly TraceEvent[] };
    return longTasks(traceEvents, this.#steps);
  }
}

/** The tasks of main threads that took at least `LONG_MS`, in the events of a trace. */
export function longTasks(
  events: readonly TraceEvent[],
  steps: readonly { readonly at: number; readonly name: string }[],
): readonly LongTask[] {
  const threads = new Map<string, 'renderer' | 'browser'>();
  const shownAt = new Map<number, number>();
  for (const { name, ph, pid, tid, ts, args } of events) {
    if (ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      threads.set(`${pid} ${tid}`, 'renderer');
    if (ph === 'M' && name === 'thread_name' && args?.name === 'CrBrowserMain') threads.set(`${pid} ${tid}`, 'browser');
    if (name === 'page-shown') shownAt.set(pid, ts);
  }
  const long: LongTask[] = [];
  const timed = events.filter(
    ({ ph, dur, pid, tid }) => ph === 'X' && dur !== undefined && threads.has(`${pid} ${tid}`),
  );
  for (const task of timed) {
    if (!/^(ThreadControllerImpl::)?RunTask$/.test(task.name)) continue;
    const micros = task.tdur ?? task.dur ?? 0;
    if (micros < LONG_MS * 1_000) continue;
    const thread = threads.get(`${task.pid} ${task.tid}`);
    const shown = shownAt.get(task.pid);
    long.push({
      where: thread === 'browser' ? 'main' : shown !== undefined && task.ts >= shown ? 'page' : 'page-to-come',
      ms: Math.round(micros / 1_000),
      lastedMs: Math.round((task.dur ?? 0) / 1_000),
      step: steps.findLast(({ at }) => at <= task.ts)?.name ?? 'start',
      parts: partsOf(task, timed),
    });
  }
  return long.toSorted((a, b) => b.ms - a.ms);
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
