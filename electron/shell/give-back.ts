import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 offers under `--expose-gc`. */
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

/**
 * Gives memory that this process no longer needs back to the system: a start or a visit leaves half of the heap empty, and V8
 * keeps it as long as nothing else is done. Compiled code goes too, unless it ran during the collection: V8 would keep it for
 * six collections, which at rest is for ever, and compiles a function anew in less than a millisecond. Stands still for 10 to 30 ms, so only while nobody waits for this process.
 */
export function giveBack(): void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--bytecode-old-age=1');
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** How long after its start a process has done what a start needs, in milliseconds. */
const STARTED_MS = 4_000;

/** Gives back once what the start of this process has left over. */
export function giveBackAfterStart(): void {
  setTimeout(giveBack, STARTED_MS).unref();
}
