import { existsSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { copiesOf } from './attachment-copies.ts';
import { checkCopy, isEmpty, restoreCopy, type Restored } from './backup.ts';
import { openStore } from './open.ts';
import { storeFiles, syncFolder } from './files.ts';
import { loadSqlite } from './sqlite.ts';

/** What a take-over works with. */
export interface TakeOverContext {
  readonly clock: Clock;
  readonly random: Random;
}

/** Why a copy could not be put by for the next start. `full`: no room for it here; `unavailable`: cannot be read or written. */
export type PutByError = 'full' | 'unavailable';

/** What became of a copy that was put by: taken over, or refused as the command refuses it. */
export interface TakenOver {
  /** Name of the copy's file as it was on the stick. */
  readonly name: string;
  readonly outcome: Result<Restored, { readonly code: string; readonly detail: string }>;
}

const STAGED = 'queue.sqlite';
const ORDER = 'order.json';

/**
 * Takes a copy over in the place of a store that is new or empty, and puts that on record. Nobody may have the store open.
 * @param dir folder of the store, made when missing
 */
export async function takeOver(
  file: string,
  dir: string,
  context: TakeOverContext,
): Promise<Result<Restored, { readonly code: string; readonly detail: string }>> {
  if (!existsSync(storeFiles(dir).database)) {
    // Makes the folder with the rights that it must have; the empty store is replaced.
    const made = openStore({ ...context, dir });
    if (!made.ok) return made;
    await made.value.store.close();
  }
  const restored = restoreCopy(loadSqlite(), file, dir, context.clock.now());
  if (!restored.ok) return restored;
  const noted = await note(dir, restored.value, context);
  return noted.ok ? restored : noted;
}

async function note(
  dir: string,
  { id, entries }: Restored,
  context: TakeOverContext,
): Promise<Result<void, { readonly code: string; readonly detail: string }>> {
  const opened = openStore({ ...context, dir });
  if (!opened.ok) return opened;
  const { store } = opened.value;
  try {
    const at = context.clock.now();
    const detail = { id, entries };
    return await store.appendEvidence({ at, who: 'technician', what: 'queue-taken-over', subject: '', detail });
  } finally {
    await store.close();
  }
}

/**
 * Puts a copy by, to be taken over at the next start, when nobody has the store open: everything of it comes here first, so
 * that the stick may go. Again for another copy: the one before is forgotten.
 * @param file the copy
 * @param folder folder of its own for it, beside the store
 */
export async function putBy(file: string, folder: string): Promise<Result<void, PutByError>> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const staged = join(folder, STAGED);
    await cp(file, staged);
    if (existsSync(copiesOf(file))) await cp(copiesOf(file), copiesOf(staged), { recursive: true });
    for (const path of [staged, ...(await filesIn(copiesOf(staged)))]) await sync(path);
    syncFolder(folder);
    // The order comes last: without it what lies here means nothing.
    const order = join(folder, ORDER);
    const handle = await open(`${order}.part`, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ name: basename(file) }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${order}.part`, order);
    syncFolder(folder);
    return ok(undefined);
  } catch (cause) {
    const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
    // Anything but the operating system's word is a bug.
    if (code === undefined) throw cause;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    return err(code === 'ENOSPC' ? 'full' : 'unavailable');
  }
}

async function filesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Name of the copy that was put by and is still to be taken over; null when there is none. */
export function putByName(folder: string): string | null {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, ORDER), 'utf8')) as { readonly name?: unknown };
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

/**
 * Takes over what was put by; null when nothing was. Before the store is opened. A death in between repeats it: what was
 * taken over by then is known again by its id. A copy that is refused is forgotten here; it is still on its stick.
 * @param dir folder of the store
 * @param folder where copies are put by
 */
export async function takeOverPutBy(dir: string, folder: string, context: TakeOverContext): Promise<TakenOver | null> {
  const name = putByName(folder);
  if (name === null) return null;
  const staged = join(folder, STAGED);
  const checked = checkCopy(loadSqlite(), staged);
  const there = checked.ok && ownHandOver(dir) === checked.value.id;
  const outcome = there ? checked : await takeOver(staged, dir, context);
  // Only the one that took it over writes this down; a death before that leaves a chain without it, so it is written again.
  if (there && checked.ok) await note(dir, checked.value, context);
  rmSync(folder, { recursive: true, force: true });
  syncFolder(dirname(folder));
  return { name, outcome };
}

/** Id of the hand-over that a store came from; null when it came from none, or cannot be read. */
function ownHandOver(dir: string): string | null {
  try {
    const db = new (loadSqlite())(storeFiles(dir).database, { readonly: true, fileMustExist: true });
    try {
      const row = db.prepare("SELECT value FROM kept_values WHERE name = 'handed-from'").get() as
        | { readonly value: string }
        | undefined;
      return row === undefined ? null : (JSON.parse(row.value) as { readonly id: string }).id;
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

/** Copies of queues in a folder, by the name that `handOver` gives them, newest first. */
export async function copiesIn(
  folder: string,
): Promise<readonly { readonly file: string; readonly bytes: number; readonly at: number }[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /^hall24-.*\.sqlite$/.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const file = join(folder, name);
        const { size, mtimeMs } = await stat(file);
        return { file, bytes: size, at: mtimeMs };
      }),
    );
    return found.toSorted((a, b) => b.at - a.at);
  } catch {
    return [];
  }
}

/** Whether a store has neither cases nor messages, so that it may take a queue over. It may be in use. */
export function isEmptyStore(dir: string): boolean {
  try {
    const db = new (loadSqlite())(storeFiles(dir).database, { readonly: true, fileMustExist: true });
    try {
      return isEmpty(db);
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}
