import { createReadStream, createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { EvidenceHead, EvidenceVerdict } from '../domain/evidence.ts';
import { checkCopy, foldForUse } from './backup.ts';
import { evidenceLine, evidenceOf, verifyDatabase, verifyLines } from './evidence.ts';
import { APPLICATION_ID, readHeader } from './pragmas.ts';
import { openStore } from './open.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { takeOver } from './take-over.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err } from '../../native/model/result.ts';

/** What the tool works with; a test turns it. */
export interface ToolContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (line: string) => void;
}

const EVIDENCE_HELP = `Usage: npm run evidence -- verify PATH [--head SEQ:SHA256]... [--json]
       npm run evidence -- export PATH FILE
PATH is the data folder of a kiosk, its store's folder, a database, or an export (one JSON record a line).
--head names a record that somebody else knows, e.g. the platform from a heartbeat; may be given several times.
Exit code 0: the chain is whole. 1: it is not. 2: it could not be looked at.`;

const QUEUE_HELP = `Usage: npm run queue -- backup DATADIR FILE [--json]   hands the unsent queue over: this machine sends nothing any more
       npm run queue -- check FILE [--json]             reads a copy through
       npm run queue -- restore FILE DATADIR [--json]   takes a copy over on a machine that is new or empty
The kiosk must not run. Payloads in the copy are sealed for the platform, as they are on the machine.`;

/** Database of a data folder, a store's folder or a path to the file itself; null when there is none. */
function databaseIn(path: string): string | null {
  const places = [join(path, 'store', 'kiosk.sqlite'), join(path, 'kiosk.sqlite'), path];
  return places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true) ?? null;
}

const isDatabase = (path: string): boolean =>
  readFileSync(path, { flag: 'r' }).subarray(0, 15).toString('latin1') === 'SQLite format 3';

/** `npm run evidence`. Gives the exit code. */
export async function evidenceTool(args: readonly string[], { say }: Pick<ToolContext, 'say'>): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { head: { type: 'string', multiple: true }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [what, path, file] = positionals;
  const known = (values.head ?? []).map(headOf);
  if (
    values.help === true ||
    path === undefined ||
    known.includes(null) ||
    !['verify', 'export'].includes(what ?? '')
  ) {
    say(EVIDENCE_HELP);
    return values.help === true ? 0 : 2;
  }
  const place = databaseIn(path);
  if (place === null) return fail(say, `no database or export at ${path}`);
  const heads = known.filter((head) => head !== null);
  if (what === 'export') return file === undefined ? fail(say, EVIDENCE_HELP) : exportChain(place, file, say);
  const verdict = isDatabase(place) ? verifyFile(place, heads) : verifyLines(await linesOf(place), heads);
  if (typeof verdict === 'string') return fail(say, verdict);
  say(values.json === true ? JSON.stringify(verdict) : inWords(verdict));
  return verdict.sound ? 0 : 1;
}

function headOf(text: string): EvidenceHead | null {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  return match ? { seq: Number(match[1]), hash: match[2] ?? '' } : null;
}

function fail(say: (line: string) => void, why: string): number {
  say(why);
  return 2;
}

/** Looks at a database without changing it. */
function withDatabase<T>(path: string, use: (db: Sqlite) => T): T | string {
  const db = new (loadSqlite())(path, { readonly: true });
  try {
    const { applicationId, version } = readHeader(db);
    if (applicationId !== APPLICATION_ID) return 'not a database of a kiosk';
    if (version < 60) return `version ${version} of the database has no evidence chain yet`;
    return use(db);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'not readable';
  } finally {
    db.close();
  }
}

const verifyFile = (path: string, known: readonly EvidenceHead[]): EvidenceVerdict | string =>
  withDatabase(path, (db) => verifyDatabase(db, known));

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) lines.push(line);
  return lines;
}

async function exportChain(path: string, file: string, say: (line: string) => void): Promise<number> {
  if (existsSync(file)) return fail(say, `${file} is there already`);
  const lines = withDatabase(path, (db) => [...evidenceOf(db)].map(evidenceLine));
  if (typeof lines === 'string') return fail(say, lines);
  const out = createWriteStream(file, { mode: 0o600 });
  for (const line of lines) if (!out.write(`${line}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  say(`${lines.length} records`);
  return 0;
}

const FAULT_WORDS = {
  changed: 'is not the record that was written',
  missing: 'follows on records that are gone',
  order: 'stands in the wrong place',
  'tail-missing': 'and what followed it is gone',
  'head-differs': 'is not the record that others know',
} as const;

function inWords(verdict: EvidenceVerdict): string {
  const head = verdict.head === null ? 'empty' : `last ${verdict.head.seq}:${verdict.head.hash}`;
  const faults = verdict.faults.map(({ seq, kind }) => `record ${seq} ${FAULT_WORDS[kind]}`);
  return [
    `${verdict.records} records, ${head}`,
    verdict.sound ? 'The chain is whole.' : 'The chain is broken:',
    ...faults,
  ].join('\n');
}

/** `npm run queue`: hands the unsent queue of a stopped kiosk over to another machine. Gives the exit code. */
export async function queueTool(args: readonly string[], context: ToolContext): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [what, from = '', to = ''] = positionals;
  const { say } = context;
  const tell = (outcome: { readonly ok: boolean }): number => {
    say(JSON.stringify(outcome, null, values.json === true ? 0 : 1));
    return outcome.ok ? 0 : 1;
  };
  if (what === 'check' && from !== '') return tell(checkCopy(loadSqlite(), from));
  if (what === 'backup' && to !== '') return tell(await backup(from, to, context));
  if (what === 'restore' && to !== '') return tell(await restore(from, to, context));
  say(QUEUE_HELP);
  return values.help === true ? 0 : 2;
}

async function backup(dataDir: string, file: string, context: ToolContext): Promise<{ readonly ok: boolean }> {
  const place = databaseIn(dataDir);
  if (place === null) return err({ code: 'unavailable', detail: 'no store there' });
  if (existsSync(file)) return err({ code: 'unavailable', detail: 'the file is there already' });
  const idle = foldForUse(loadSqlite(), place);
  if (!idle.ok) return idle;
  const opened = openStore({ ...context, dir: join(place, '..') });
  if (!opened.ok) return opened;
  const { store } = opened.value;
  try {
    const id = Buffer.from(context.random.bytes(8)).toString('hex');
    return await store.handOver({ id, at: context.clock.now(), path: file });
  } finally {
    await store.close();
  }
}

function restore(file: string, dataDir: string, context: ToolContext): ReturnType<typeof takeOver> {
  const place = databaseIn(dataDir);
  return takeOver(file, place === null ? join(dataDir, 'store') : join(place, '..'), context);
}
