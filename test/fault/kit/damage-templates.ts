import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../../electron/domain/case-payload.ts';
import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import type { OutboxKind, StorePort } from '../../../electron/services/ports.ts';
import { CURRENT_VERSION, migrate, MIGRATIONS } from '../../../electron/store/migrations.ts';
import { rowHash } from '../../../electron/store/outbox.ts';
import { APPLICATION_ID, applyPragmas, PAGE_SIZE } from '../../../electron/store/pragmas.ts';
import { loadSqlite } from '../../../electron/store/sqlite.ts';
import type { Files } from './damages.ts';
import { deliver } from './delivery.ts';
import type { Dice } from './dice.ts';
import { History, type Owed } from './history.ts';
import { hash, MemoryPlatform, type Answer } from './memory-platform.ts';
import { laidPickups, People, sealedCase } from './people.ts';
import type { OpenedStore } from '../../../electron/store/index.ts';
import { inFolder, openKioskStore, SteppingClock, type QueueStore } from './store-kit.ts';

/** A message that reached the platform before the damage. */
export interface Took {
  readonly kind: OutboxKind;
  readonly key: string;
  readonly body: Uint8Array;
}

/** The files of a kiosk's store, and what people and the platform know of it. */
export interface Template {
  readonly name: string;
  /** Whether damages are tried on it; the others are wrong as they are. */
  readonly sound: boolean;
  readonly expect: 'open' | 'refused';
  readonly files: Files;
  /** The same store's files after an earlier clean end; empty for those that are wrong as they are. */
  readonly earlier: Files;
  readonly owed: readonly Owed[];
  readonly took: readonly Took[];
  /** Tracking numbers that people hold. */
  readonly numbers: ReadonlySet<string>;
}

class NotingPlatform extends MemoryPlatform {
  readonly took: Took[] = [];

  override take(kind: OutboxKind, key: string, body: Uint8Array): Answer {
    this.took.push({ kind, key, body: Uint8Array.from(body) });
    return super.take(kind, key, body);
  }
}

/** Databases to be damaged: closed, and cut off with their WAL; and such as are wrong by themselves. */
export async function makeTemplates(dice: Dice): Promise<Template[]> {
  return [
    await busy(dice.fork(), 'closed'),
    await busy(dice.fork(), 'cut-off'),
    await busy(dice.fork(), 'closed'),
    await busy(dice.fork(), 'cut-off'),
    await older(dice.fork()),
    await foreign(),
    text(),
  ];
}

const PICKUPS = 4;

/** A kiosk in the middle of its work. */
async function busy(dice: Dice, end: 'closed' | 'cut-off'): Promise<Template> {
  return inFolder(async (parent) => {
    const dir = join(parent, 'store');
    const clock = new SteppingClock();
    const history = new History();
    const platform = new NotingPlatform();
    const numbers = new Set<string>();
    const people = new People({ dice: dice.fork(), history, now: () => clock.now(), pickups: PICKUPS });
    const open = async (): Promise<OpenedStore> => {
      const opened = openKioskStore(dir, clock, dice.fork());
      if (!opened.ok) throw new Error(opened.error.detail);
      await opened.value.store.releaseClaims();
      return opened.value;
    };
    const work = async (given: QueueStore, steps: number): Promise<void> => {
      const store = noting(given, numbers);
      for (let step = steps; step > 0; step -= 1) {
        clock.pass(dice.between(1, 5_000));
        if (dice.chance(0.15)) await deliver(store, platform, clock.now(), dice.between(1, 5), dice.chance(0.8));
        else await people.step(store);
      }
    };
    const before = await open();
    await before.store.announcePickups(laidPickups(PICKUPS));
    await work(before.store, dice.between(0, 40));
    await before.store.close();
    const earlier = await filesOf(dir);
    const opened = await open();
    await work(opened.store, dice.between(40, 120));
    if (end === 'closed') await opened.store.close();
    const files = await filesOf(dir);
    if (end === 'cut-off') await opened.store.close();
    const { acknowledged: owed } = history;
    return { name: end, sound: true, expect: 'open', files, earlier, owed, took: platform.took, numbers };
  });
}

const NO_FILES: Files = new Map();

/** The same store, noting the numbers that it gives out. */
function noting<S extends Pick<StorePort, 'submitCase'>>(store: S, numbers: Set<string>): S {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const result = (await Reflect.apply(value, target, args)) as {
          ok?: boolean;
          value?: { trackingNumber?: string };
        };
        if (name === 'submitCase' && result.ok && result.value?.trackingNumber)
          numbers.add(result.value.trackingNumber);
        return result;
      };
    },
  });
}

/** A database of an older program, with cases waiting. */
async function older(dice: Dice): Promise<Template> {
  const versions = MIGRATIONS.map(({ version }) => version).filter((version) => version < CURRENT_VERSION);
  const version = dice.pick(versions);
  return inFolder(async (dir) => {
    const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
    db.pragma(`page_size = ${PAGE_SIZE}`);
    applyPragmas(db);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(db, version);
    const owed: Owed[] = [];
    const numbers = new Set<string>();
    const count = dice.between(1, 40);
    for (let number = 1; number <= count; number += 1) {
      const entry = sealedCase(dice, number, 1, 2_000);
      const sha256 = hash(canonicalEnvelope(entry.envelope));
      const trackingNumber = `CH03 260105 ${String(number).padStart(4, '0')} 0`;
      const { caseId, actId, kioskCode, itemId, itemVersion, itemCode, language, envelope } = entry;
      const rest = { kioskCode, itemId, itemVersion, itemCode, language };
      const keptAt = '2026-01-05T01:00:00.000Z';
      const body = canonicalJson({
        ...rest,
        caseId,
        trackingNumber,
        sequence: 1,
        keptAt,
        sha256,
        envelope: { ...envelope },
      });
      const key = `case:${caseId}:1`;
      const whole = rowHash({ kind: 'case', subjectId: caseId, sequence: 1, key, sha256: hash(body) });
      db.prepare("INSERT INTO acts VALUES (?, ?, 'submit-case', ?, 'intended', 'kiosk', 1, 1, '{}')").run(
        number,
        actId,
        caseId,
      );
      db.prepare(
        `INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence, item_id,
           item_version, item_name, language, state, kept_at, act_id, applicant_masked)
         VALUES (?, ?, ?, 'CH03', '2026-01-05', ?, 'rent-filing', 1, '{}', 'en', 'kept', 1, ?, 'x')`,
      ).run(caseId, entry.submissionId, trackingNumber, number, actId);
      db.prepare(
        `INSERT INTO outbox (entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256, label,
           state, head, created_at) VALUES (?, 'case', ?, 1, ?, ?, ?, ?, ?, 'CH03', 'ready', 1, 1)`,
      ).run(`e${number}`, caseId, key, actId, hash(body), body.length, whole);
      db.prepare('INSERT INTO outbox_payloads VALUES (?, ?, ?)').run(number, hash(body), Buffer.from(body));
      owed.push({ subjectId: caseId, sequence: 1, sha256 });
      numbers.add(trackingNumber);
    }
    db.prepare("INSERT INTO tracking_counters VALUES ('CH03', '2026-01-05', ?)").run(count);
    db.close();
    return {
      name: 'older',
      sound: false,
      expect: 'open',
      files: await filesOf(dir),
      earlier: NO_FILES,
      owed,
      took: [],
      numbers,
    };
  });
}

/** Somebody else's database. */
async function foreign(): Promise<Template> {
  return inFolder(async (dir) => {
    const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
    db.exec("CREATE TABLE addresses (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO addresses (text) VALUES ('x');");
    db.close();
    const files = await filesOf(dir);
    const nothing = { earlier: NO_FILES, owed: [], took: [], numbers: new Set<string>() };
    return { name: 'foreign', sound: false, expect: 'refused', files, ...nothing };
  });
}

/** No database at all. */
function text(): Template {
  const files: Files = new Map([['kiosk.sqlite', Buffer.from('This is not a database.\n'.repeat(400))]]);
  const nothing = { earlier: NO_FILES, owed: [], took: [], numbers: new Set<string>() };
  return { name: 'text', sound: false, expect: 'open', files, ...nothing };
}

async function filesOf(dir: string): Promise<Files> {
  await mkdir(dir, { recursive: true });
  const names = (await readdir(dir)).filter((name) => !name.endsWith('-shm'));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const)));
}
