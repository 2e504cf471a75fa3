import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/store/index.ts';
import { CURRENT_VERSION, migrate, MIGRATIONS } from '../../electron/store/migrations.ts';
import { rowHash } from '../../electron/store/outbox.ts';
import { APPLICATION_ID, applyPragmas, PAGE_SIZE } from '../../electron/store/pragmas.ts';
import { loadSqlite, type SqliteConstructor } from '../../electron/store/sqlite.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { claim } from '../../electron/store/test-kit.ts';

const Sqlite3 = loadSqlite();
const OLDER = MIGRATIONS.map(({ version }) => version).filter((version) => version < CURRENT_VERSION);
/** A full outbox: entries of about 10 KB, as sealed cases are. */
const ENTRIES = 600;
const KILLS = Number(process.env['HALL24_UPGRADE_KILLS'] ?? 8);
const HOLDER = '测试甲乙**公司';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const bodyOf = (number: number): Buffer => Buffer.alloc(10_240, `case ${number} `);

/** A database as a program of that version left it: cases waiting, and from version 20 on a locker list in plain rows. */
function oldStore(dir: string, version: number): void {
  mkdirSync(dir, { recursive: true });
  const db = new Sqlite3(join(dir, 'kiosk.sqlite'));
  db.pragma(`page_size = ${PAGE_SIZE}`);
  if (applyPragmas(db).length > 0) throw new Error('pragmas');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db, version);
  db.exec('BEGIN');
  const act = db.prepare("INSERT INTO acts VALUES (?, ?, 'submit-case', ?, 'intended', 'kiosk', 1, 1, '{}')");
  const one =
    db.prepare(`INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence,
    item_id, item_version, item_name, language, state, kept_at, act_id, applicant_masked)
    VALUES (?, ?, ?, 'CH03', '2026-01-05', ?, 'rent-filing', 1, '{}', 'en', 'kept', 1, ?, '林*夏')`);
  const entry =
    db.prepare(`INSERT INTO outbox (seq, entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256,
    size, row_sha256, label, state, head, created_at) VALUES (?, ?, 'case', ?, 1, ?, ?, ?, ?, ?, 'CH03', 'ready', 1, 1)`);
  const payload = db.prepare('INSERT INTO outbox_payloads VALUES (?, ?, ?)');
  for (let number = 1; number <= ENTRIES; number += 1) {
    const [caseId, key, body] = [`c${number}`, `case:c${number}:1`, bodyOf(number)];
    const hash = sha256(body);
    act.run(number, `a${number}`, caseId);
    one.run(caseId, `s${number}`, `CH03 260105 ${number}`, number, `a${number}`);
    const row = rowHash({ kind: 'case', subjectId: caseId, sequence: 1, key, sha256: hash });
    entry.run(number, `e${number}`, caseId, key, `a${number}`, hash, body.length, row);
    payload.run(number, hash, body);
  }
  if (version >= 20) {
    db.prepare(
      "INSERT INTO pickups (pickup_id, cell, code_digest, holder, contents, valid_from, valid_to, withdrawn, state) VALUES ('p1', '01', 'digest', ?, '[]', 1, 9, 0, 'opened')",
    ).run(HOLDER);
  }
  db.exec('COMMIT');
  db.close();
}

const KEYS = { current: { id: 'k', bytes: new Uint8Array(32).fill(3) }, older: [] };
const open = (dir: string): ReturnType<typeof openStore> =>
  openStore({ dir, clock: systemClock, random: systemRandom, ballastBytes: 1 << 20, freeBytesWanted: 0, keys: KEYS });

/** Everything that waits, claimed once: keys with the hash of the bytes. */
async function everything(dir: string): Promise<Map<string, string>> {
  const opened = open(dir);
  if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.detail}`);
  const { store } = opened.value;
  try {
    const all = new Map<string, string>();
    await store.releaseClaims();
    for (;;) {
      const claimed = await claim(store, Date.now(), 200);
      if (!claimed.ok) throw new Error(claimed.error.detail);
      if (claimed.value.length === 0) return all;
      for (const { idempotencyKey, body } of claimed.value) {
        if (all.has(idempotencyKey)) throw new Error(`${idempotencyKey} twice`);
        all.set(idempotencyKey, sha256(body));
      }
    }
  } finally {
    await store.close();
  }
}

const wanted = new Map(
  Array.from({ length: ENTRIES }, (_, index) => [`case:c${index + 1}:1`, sha256(bodyOf(index + 1))] as const),
);

/** Opens the store in a process of its own. Says how long the opening took when it was let live. */
function openInChild(
  dir: string,
  killAfterMs: number | null,
): Promise<{ readonly killed: boolean; readonly ms: number }> {
  const program = `
    const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, '../../electron/store/index.ts'))});
    const { systemClock: clock, systemRandom: random } = await import(${JSON.stringify(join(import.meta.dirname, '../../native/transport/system-clock.ts'))});
    process.stdout.write('begin\\n');
    const began = performance.now();
    const opened = openStore({ dir: ${JSON.stringify(dir)}, clock, random, ballastBytes: 1 << 20, freeBytesWanted: 0,
      keys: { current: { id: 'k', bytes: new Uint8Array(32).fill(3) }, older: [] } });
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    process.stdout.write(JSON.stringify({ ms: performance.now() - began, report: opened.value.report }) + '\\n');
    await opened.value.store.close();`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.stdout.on('data', (part: Buffer) => {
      const first = out === '';
      out += part.toString();
      if (first && killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    void once(child, 'close').then(([code, signal]) => {
      const done = /\{.*\}/.exec(out);
      if (signal === 'SIGKILL') resolve({ killed: true, ms: killAfterMs ?? 0 });
      else if (code === 0 && done) resolve({ killed: false, ms: (JSON.parse(done[0]) as { ms: number }).ms });
      else reject(new Error(err));
    });
  });
}

describe('an upgrade with a full outbox', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'h24-upgrade-'));
    for (const version of OLDER) oldStore(join(dir, `v${version}`), version);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** A copy of the old store, to be harmed. */
  const copyOf = (version: number, name: string): string => {
    const place = join(dir, name);
    mkdirSync(place);
    copyFileSync(join(dir, `v${version}`, 'kiosk.sqlite'), join(place, 'kiosk.sqlite'));
    return place;
  };
  const backups = (place: string): string[] => readdirSync(place).filter((name) => name.startsWith('kiosk.before-'));

  it.each(OLDER)('from version %i has everything that waits, byte for byte, once', async (version) => {
    const place = copyOf(version, `all-${version}`);
    expect(await everything(place)).toEqual(wanted);
    expect(backups(place)).toHaveLength(1);
    if (version >= 20) {
      const db = new Sqlite3(join(place, 'kiosk.sqlite'), { readonly: true });
      expect(db.prepare('SELECT holder, state, key_id FROM pickups').get()).toEqual({
        holder: '',
        state: 'opened',
        key_id: 'k',
      });
      db.close();
      expect(readFileSync(join(place, 'kiosk.sqlite')).includes(HOLDER)).toBe(false);
    }
    rmSync(place, { recursive: true });
  });

  it('killed at any moment is made again at the next start, and loses and doubles nothing', async () => {
    const whole = await openInChild(copyOf(10, 'timed'), null);
    const seen = { before: 0, between: 0, after: 0 };
    for (let run = 0; run < KILLS; run += 1) {
      const version = OLDER[run % OLDER.length] ?? 10;
      const place = copyOf(version, `kill-${run}`);
      // Twice in a row: the second start is killed too.
      for (const share of [(run + 0.5) / KILLS, 1 - (run + 0.5) / KILLS])
        await openInChild(place, share * whole.ms * 1.2);
      const db = new Sqlite3(join(place, 'kiosk.sqlite'), { readonly: true });
      const reached = Number(db.pragma('user_version', { simple: true }));
      db.close();
      // Only whole steps are ever there.
      expect([...OLDER, CURRENT_VERSION]).toContain(reached);
      seen[reached === version ? 'before' : reached === CURRENT_VERSION ? 'after' : 'between'] += 1;
      expect(await everything(place)).toEqual(wanted);
      rmSync(place, { recursive: true });
    }
    expect(seen.before + seen.between + seen.after).toBe(KILLS);
  }, 120_000);

  it('without room for the copy before it goes on without one, and says so', async () => {
    const place = copyOf(30, 'narrow');
    // A connection whose disk is full as soon as a copy is to be written.
    const Narrow = function (path: string, options?: BetterSqlite3.Options) {
      const db = new Sqlite3(path, options);
      const prepare = db.prepare.bind(db);
      db.prepare = (sql: string) => {
        if (!sql.startsWith('VACUUM INTO')) return prepare(sql);
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      };
      return db;
    } as unknown as SqliteConstructor;
    const opened = openStore({ dir: place, clock: systemClock, random: systemRandom, ballastBytes: 0, sqlite: Narrow });
    if (!opened.ok) throw new Error(opened.error.code);
    expect(opened.value.report).toMatchObject({ kind: 'migrated', from: 30, backup: null });
    await opened.value.store.close();
    expect(await everything(place)).toEqual(wanted);
    rmSync(place, { recursive: true });
  });
});

describe('a downgrade with a full outbox', () => {
  it('is refused and touches nothing; the newer program finds everything as it was', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'h24-downgrade-'));
    try {
      oldStore(dir, 10);
      await everything(dir);
      const path = join(dir, 'kiosk.sqlite');
      const db = new Sqlite3(path);
      db.pragma(`user_version = ${CURRENT_VERSION + 10}`);
      db.exec('CREATE TABLE of_a_later_program (x)');
      db.close();
      const before = readFileSync(path);
      const names = readdirSync(dir).sort();
      for (let time = 0; time < 3; time += 1) {
        expect(open(dir)).toMatchObject({ ok: false, error: { code: 'newer' } });
      }
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(dir).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(
        names.filter((name) => !/-(wal|shm)$/.test(name)),
      );
      const later = new Sqlite3(path);
      later.exec('DROP TABLE of_a_later_program');
      later.pragma(`user_version = ${CURRENT_VERSION}`);
      later.close();
      expect(await everything(dir)).toEqual(wanted);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('by the copy from before an upgrade has what waited then, and its keys make a repeat harmless', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'h24-downgrade-'));
    try {
      oldStore(dir, 40);
      await everything(dir);
      const [backup = ''] = readdirSync(dir).filter((name) => name.startsWith('kiosk.before-40-'));
      const copy = new Sqlite3(join(dir, backup), { readonly: true });
      expect(copy.pragma('user_version', { simple: true })).toBe(40);
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(copy.prepare('SELECT count(*) AS n FROM outbox').get()).toEqual({ n: ENTRIES });
      copy.close();
      const older = join(dir, 'older');
      mkdirSync(older);
      copyFileSync(join(dir, backup), join(older, 'kiosk.sqlite'));
      expect(await everything(older)).toEqual(wanted);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
