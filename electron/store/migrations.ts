import type { Sqlite } from './sqlite.ts';

/** One step of the schema. Never edited after release; a change is a new step with a higher number. */
export interface Migration {
  /** Becomes `user_version`. Steps of ten leave room for a fix between two releases. */
  readonly version: number;
  readonly sql: string;
  /**
   * CHECK constraints that now allow more, done before `sql`: in the text of `table`, `from` becomes `to`. Rows stay as
   * they are, so that it costs the same at any size (SQLite's documentation of ALTER TABLE, changes that do not affect
   * the content on disk).
   */
  readonly widen?: readonly Rewording[];
  /** Constraints that go, done after `widen` and before `sql`; costs no more than dropping their indexes. */
  readonly loosen?: readonly Loosening[];
}

/** A change of a table's text that leaves its rows as they are. */
interface Rewording {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** UNIQUE constraints of a table that go together with their automatic indexes. */
interface Loosening {
  readonly table: string;
  readonly texts: readonly Omit<Rewording, 'table'>[];
  /** Place of each automatic index among those of the table, from 1, and what it is on. */
  readonly unique: readonly { readonly place: number; readonly on: string }[];
}

const CASES_AND_OUTBOX = `
CREATE TABLE acts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  act_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('submit-case', 'open-door', 'print-receipt', 'rate')),
  subject_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intended', 'sent', 'confirmed', 'refused', 'unknown')),
  owner TEXT NOT NULL CHECK (owner IN ('kiosk', 'duty-staff')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;
CREATE INDEX acts_by_subject ON acts (subject_id, seq);
CREATE INDEX acts_open ON acts (seq) WHERE state IN ('intended', 'sent', 'unknown');

CREATE TABLE cases (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id TEXT NOT NULL UNIQUE,
  submission_id TEXT NOT NULL UNIQUE,
  tracking_number TEXT NOT NULL UNIQUE,
  kiosk_code TEXT NOT NULL,
  local_date TEXT NOT NULL,
  day_sequence INTEGER NOT NULL,
  item_id TEXT NOT NULL,
  item_version INTEGER NOT NULL,
  item_name TEXT NOT NULL CHECK (json_valid(item_name)),
  language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('kept', 'received', 'approved', 'refused', 'parked')),
  kept_at INTEGER NOT NULL,
  received_at INTEGER,
  case_number TEXT,
  decided_at INTEGER,
  outcome TEXT CHECK (outcome IS NULL OR json_valid(outcome)),
  reason TEXT,
  act_id TEXT NOT NULL UNIQUE REFERENCES acts (act_id),
  applicant_masked TEXT NOT NULL,
  UNIQUE (kiosk_code, local_date, day_sequence)
) STRICT;
CREATE INDEX cases_by_number ON cases (case_number) WHERE case_number IS NOT NULL;

CREATE TABLE tracking_counters (
  kiosk_code TEXT NOT NULL,
  local_date TEXT NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kiosk_code, local_date)
) STRICT;

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('case', 'pickup', 'rating')),
  subject_id TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence >= 1),
  idempotency_key TEXT NOT NULL UNIQUE,
  act_id TEXT REFERENCES acts (act_id),
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  row_sha256 TEXT NOT NULL,
  label TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'parked', 'acknowledged')),
  head INTEGER NOT NULL CHECK (head IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  UNIQUE (subject_id, sequence)
) STRICT;
CREATE INDEX outbox_due ON outbox (next_try_at, seq) WHERE state = 'ready' AND head = 1;
CREATE INDEX outbox_open ON outbox (seq) WHERE state <> 'acknowledged';
CREATE INDEX outbox_sending ON outbox (seq) WHERE state = 'sending';
CREATE INDEX outbox_parked ON outbox (seq) WHERE state = 'parked';
CREATE INDEX outbox_by_act ON outbox (act_id) WHERE act_id IS NOT NULL;

CREATE TABLE outbox_payloads (
  seq INTEGER PRIMARY KEY REFERENCES outbox (seq),
  sha256 TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
`;

const PICKUPS_AND_RATINGS = `
CREATE TABLE pickups (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  pickup_id TEXT NOT NULL UNIQUE,
  cell TEXT NOT NULL,
  code_digest TEXT NOT NULL,
  holder TEXT NOT NULL,
  contents TEXT NOT NULL CHECK (json_valid(contents)),
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('ready', 'opening', 'opened', 'collected', 'withdrawn')),
  opened_at INTEGER,
  closed_at INTEGER,
  events INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pickups_by_digest ON pickups (code_digest);

CREATE TABLE ratings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  rating_id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL CHECK (subject IN ('case', 'pickup')),
  subject_id TEXT NOT NULL UNIQUE,
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
  channel TEXT NOT NULL CHECK (channel IN ('keypad', 'screen')),
  at INTEGER NOT NULL,
  act_id TEXT NOT NULL UNIQUE REFERENCES acts (act_id)
) STRICT;
`;

const SMALL_THINGS = `
CREATE TABLE kept_values (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
`;

/**
 * `discarded` ends an entry without a delivery. First tries and repeated tries have an index each, so that neither hides
 * the other. `answered_commands` are first answers by command, in a ring.
 */
const COMMANDS_AND_LANES = `
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (next_try_at, seq) WHERE state = 'ready' AND head = 1 AND attempts = 0;
CREATE INDEX outbox_again ON outbox (next_try_at, seq) WHERE state = 'ready' AND head = 1 AND attempts > 0;
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (seq) WHERE state IN ('ready', 'sending', 'parked');

CREATE TABLE answered_commands (
  slot INTEGER PRIMARY KEY,
  command_id TEXT NOT NULL,
  answer TEXT NOT NULL
) STRICT;
`;

/**
 * The evidence chain, which is only added to. Locker contents and digests of their codes are guarded by the local data key:
 * then `holder` and `contents` are empty and `code_digest` is a token that nobody without the key can make.
 */
const EVIDENCE_AND_GUARD = `
CREATE TABLE evidence (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is only added to'); END;
CREATE TRIGGER evidence_is_final BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is only added to'); END;

ALTER TABLE pickups ADD COLUMN guarded BLOB;
ALTER TABLE pickups ADD COLUMN key_id TEXT;
CREATE INDEX cases_named ON cases (seq) WHERE applicant_masked <> '' AND state NOT IN ('kept', 'parked');
`;

/** Files of cases. Nothing references them and they reference nothing, so that each is salvaged by itself. */
const ATTACHMENTS = `
CREATE TABLE attachments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  attachment_id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  place INTEGER NOT NULL CHECK (place >= 1),
  slot TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  chunks TEXT NOT NULL CHECK (json_valid(chunks)),
  row_sha256 TEXT NOT NULL,
  label TEXT NOT NULL,
  act_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'ready', 'sending', 'parked', 'acknowledged', 'discarded')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  UNIQUE (case_id, place)
) STRICT;
CREATE INDEX attachments_due ON attachments (next_try_at, seq) WHERE state = 'ready';
CREATE INDEX attachments_open ON attachments (case_id, state) WHERE state IN ('held', 'ready', 'sending', 'parked');
`;

/**
 * A submit writes every page that it touches to the WAL, so each index of a fresh row costs a page. What stays leads to rows
 * that are looked up while a person waits, or holds what nothing else does:
 * - the number of a case says kiosk, day and sequence, and its act is the one that its outbox entry names;
 * - new ids of outbox entries say the row's number (`entryIdOf`), so only older ones need an index;
 * - the key of a case says subject and sequence, which are unique together;
 * - an act of a case is found by its case, an open one by its outbox entry; the other acts keep their indexes;
 * - what is open is what is due, tried again, under way, parked or behind another of its subject.
 */
const LEAN_SUBMIT = `
DROP INDEX acts_by_subject;
CREATE INDEX acts_by_subject ON acts (subject_id, seq) WHERE kind <> 'submit-case';
DROP INDEX acts_open;
CREATE INDEX acts_open ON acts (seq) WHERE state IN ('intended', 'sent', 'unknown') AND kind <> 'submit-case';
CREATE INDEX acts_untraced ON acts (seq) WHERE state = 'unknown' AND kind = 'submit-case';
DROP INDEX outbox_by_act;
DROP INDEX outbox_open;
CREATE INDEX outbox_behind ON outbox (seq) WHERE state = 'ready' AND head = 0;
CREATE UNIQUE INDEX outbox_by_entry ON outbox (entry_id) WHERE substr(entry_id, 1, 24) <> '68313234-0000-8000-8000-';
CREATE UNIQUE INDEX outbox_by_key ON outbox (idempotency_key) WHERE kind <> 'case';
`;

/**
 * Cases that are kept, in the order in which they came, until they are brought into their tables: `kept` is everything that
 * their rows will say, `seq` the number of their entry in the outbox, under which the bytes of the message lie already.
 */
const INTAKE = `
CREATE TABLE intake (
  seq INTEGER PRIMARY KEY,
  kept TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
`;

export const MIGRATIONS: readonly Migration[] = [
  { version: 10, sql: CASES_AND_OUTBOX },
  { version: 20, sql: PICKUPS_AND_RATINGS },
  { version: 30, sql: SMALL_THINGS },
  {
    version: 40,
    sql: COMMANDS_AND_LANES,
    widen: [
      {
        table: 'outbox',
        from: "CHECK (state IN ('ready', 'sending', 'parked', 'acknowledged'))",
        to: "CHECK (state IN ('ready', 'sending', 'parked', 'acknowledged', 'discarded'))",
      },
    ],
  },
  { version: 60, sql: EVIDENCE_AND_GUARD },
  {
    version: 70,
    sql: ATTACHMENTS,
    widen: [
      {
        table: 'acts',
        from: "CHECK (kind IN ('submit-case', 'open-door', 'print-receipt', 'rate'))",
        to: "CHECK (kind IN ('submit-case', 'open-door', 'print-receipt', 'rate', 'upload-attachment'))",
      },
    ],
  },
  {
    version: 90,
    sql: LEAN_SUBMIT,
    loosen: [
      {
        table: 'cases',
        texts: [
          { from: 'act_id TEXT NOT NULL UNIQUE REFERENCES acts (act_id)', to: 'act_id TEXT NOT NULL' },
          { from: 'TEXT NOT NULL,\n  UNIQUE (kiosk_code, local_date, day_sequence)', to: 'TEXT NOT NULL' },
        ],
        unique: [
          { place: 4, on: 'act_id' },
          { place: 5, on: 'kiosk_code, local_date, day_sequence' },
        ],
      },
      {
        table: 'outbox',
        texts: [
          { from: 'entry_id TEXT NOT NULL UNIQUE', to: 'entry_id TEXT NOT NULL' },
          { from: 'idempotency_key TEXT NOT NULL UNIQUE', to: 'idempotency_key TEXT NOT NULL' },
          { from: 'act_id TEXT REFERENCES acts (act_id)', to: 'act_id TEXT' },
        ],
        unique: [
          { place: 1, on: 'entry_id' },
          { place: 2, on: 'idempotency_key' },
        ],
      },
    ],
  },
  {
    version: 100,
    sql: INTAKE,
    widen: [
      {
        table: 'outbox_payloads',
        from: 'seq INTEGER PRIMARY KEY REFERENCES outbox (seq)',
        to: 'seq INTEGER PRIMARY KEY',
      },
    ],
  },
];

/** Version that this program writes. */
export const CURRENT_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Runs what is missing, each step with its new version number in one transaction: a death in between leaves the last
 * complete step. Throws what SQLite throws.
 * @param upTo highest version to run, for databases of older programs in tests
 */
export function migrate(db: Sqlite, upTo: number = CURRENT_VERSION): void {
  const from = Number(db.pragma('user_version', { simple: true }));
  for (const step of MIGRATIONS) {
    if (step.version <= from || step.version > upTo) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      if (step.widen) rewriteSchema(db, () => step.widen?.forEach((change) => reword(db, change)));
      for (const change of step.loosen ?? []) loosen(db, change);
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
      db.exec('COMMIT');
    } finally {
      if (db.inTransaction) db.exec('ROLLBACK');
    }
  }
}

/** Takes constraints out of a table's text; their indexes become ordinary ones, which are then dropped. */
function loosen(db: Sqlite, { table, texts, unique }: Loosening): void {
  const gone = unique.map(({ place }) => `loosened_${table}_${place}`);
  rewriteSchema(db, () => {
    for (const text of texts) reword(db, { table, ...text });
    const name = (place: number): string => `sqlite_autoindex_${table}_${place}`;
    const automatic = db
      .prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NULL")
      .pluck()
      .get(table) as number;
    const rename = db.prepare('UPDATE sqlite_schema SET name = ?, sql = ? WHERE name = ?');
    let kept = 0;
    for (let place = 1; place <= automatic; place += 1) {
      const at = unique.findIndex((one) => one.place === place);
      const index = gone[at];
      // Automatic indexes are told apart by their numbers, in the order of the constraints.
      if (index === undefined) rename.run(name((kept += 1)), null, name(place));
      else rename.run(index, `CREATE UNIQUE INDEX ${index} ON ${table} (${unique[at]?.on})`, name(place));
    }
  });
  for (const index of gone) db.exec(`DROP INDEX ${index}`);
}

function reword(db: Sqlite, { table, from, to }: Rewording): void {
  const { changes } = db
    .prepare(
      "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
    )
    .run(from, to, table, from);
  if (changes !== 1) throw new Error(`the text of ${table} is not the expected one`);
}

function rewriteSchema(db: Sqlite, change: () => void): void {
  db.unsafeMode(true);
  try {
    db.pragma('writable_schema = ON');
    change();
  } finally {
    // Reads the schema anew as well.
    db.pragma('writable_schema = RESET');
    db.unsafeMode(false);
  }
}
