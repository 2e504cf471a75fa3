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
  readonly widen?: readonly { readonly table: string; readonly from: string; readonly to: string }[];
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
      for (const change of step.widen ?? []) widen(db, change);
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
      db.exec('COMMIT');
    } finally {
      if (db.inTransaction) db.exec('ROLLBACK');
    }
  }
}

function widen(db: Sqlite, { table, from, to }: { table: string; from: string; to: string }): void {
  db.unsafeMode(true);
  try {
    db.pragma('writable_schema = ON');
    const changed = db
      .prepare(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
      )
      .run(from, to, table, from).changes;
    if (changed !== 1) throw new Error(`the text of ${table} is not the expected one`);
  } finally {
    // Reads the schema anew as well.
    db.pragma('writable_schema = RESET');
    db.unsafeMode(false);
  }
}
