/** Numbered, append-only. Moments are milliseconds since 1970. */
export const MIGRATIONS: readonly { readonly number: number; readonly statements: readonly string[] }[] = [
  {
    number: 10,
    statements: [
      `CREATE TABLE kiosk (
        code text PRIMARY KEY,
        token_sha256 text NOT NULL,
        code_salt text NOT NULL,
        cells jsonb NOT NULL,
        pickups_version integer NOT NULL DEFAULT 1,
        heartbeats integer NOT NULL DEFAULT 0,
        last_heartbeat jsonb
      )`,
      `CREATE TABLE sealing_key (
        kid text PRIMARY KEY,
        public_key text NOT NULL,
        private_key text NOT NULL,
        created_at bigint NOT NULL
      )`,
      `CREATE TABLE item_pack (
        item_id text NOT NULL,
        version integer NOT NULL,
        pack jsonb NOT NULL,
        withdrawn boolean NOT NULL DEFAULT false,
        PRIMARY KEY (item_id, version)
      )`,
      `CREATE TABLE catalogue (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, sha256 text NOT NULL)`,
      // Kept for the life of the case: the key of a request that came weeks ago must still be known.
      `CREATE TABLE request (
        key text PRIMARY KEY,
        kiosk_code text NOT NULL REFERENCES kiosk,
        body_sha256 text NOT NULL,
        status integer NOT NULL,
        answer text NOT NULL,
        stored_at bigint NOT NULL
      )`,
      `CREATE SEQUENCE case_number`,
      `CREATE TABLE service_case (
        case_id uuid PRIMARY KEY,
        tracking_number text NOT NULL,
        case_number text NOT NULL UNIQUE,
        kiosk_code text NOT NULL REFERENCES kiosk,
        item_id text NOT NULL,
        item_version integer NOT NULL,
        language text NOT NULL,
        sequence integer NOT NULL,
        kept_at bigint NOT NULL,
        received_at bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('received', 'approved', 'refused')),
        decided_at bigint,
        outcome jsonb,
        sha256 text NOT NULL,
        envelope jsonb NOT NULL,
        seal_due_at bigint
      )`,
      `CREATE INDEX service_case_tracking ON service_case (tracking_number)`,
      `CREATE INDEX service_case_seal_due ON service_case (seal_due_at) WHERE seal_due_at IS NOT NULL`,
      `CREATE TABLE pickup (
        pickup_id uuid PRIMARY KEY,
        kiosk_code text NOT NULL REFERENCES kiosk,
        cell text NOT NULL,
        code_digest text NOT NULL,
        holder text NOT NULL,
        contents jsonb NOT NULL,
        valid_from bigint NOT NULL,
        valid_to bigint NOT NULL,
        case_id uuid REFERENCES service_case,
        announced_at bigint NOT NULL,
        withdrawn_at bigint,
        opened_at bigint,
        closed_at bigint,
        UNIQUE (kiosk_code, code_digest)
      )`,
      // One thing lies in a cell at a time.
      `CREATE UNIQUE INDEX pickup_cell ON pickup (kiosk_code, cell) WHERE withdrawn_at IS NULL AND closed_at IS NULL`,
      `CREATE TABLE pickup_event (
        pickup_id uuid NOT NULL REFERENCES pickup,
        sequence integer NOT NULL,
        event text NOT NULL,
        body jsonb NOT NULL,
        received_at bigint NOT NULL,
        PRIMARY KEY (pickup_id, sequence)
      )`,
      `CREATE TABLE rating (
        rating_id uuid PRIMARY KEY,
        subject text NOT NULL,
        subject_id uuid NOT NULL,
        body jsonb NOT NULL,
        received_at bigint NOT NULL,
        UNIQUE (subject, subject_id)
      )`,
    ],
  },
  {
    number: 20,
    statements: [
      `CREATE TABLE attachment (
        attachment_id uuid PRIMARY KEY,
        case_id uuid NOT NULL REFERENCES service_case,
        kiosk_code text NOT NULL REFERENCES kiosk,
        place integer NOT NULL,
        slot text NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL,
        envelope jsonb NOT NULL,
        begun boolean NOT NULL DEFAULT false,
        received bigint NOT NULL DEFAULT 0 CHECK (received <= size),
        held_sha256 text,
        UNIQUE (case_id, place)
      )`,
      // A byte of a file is kept once: its place is the key.
      `CREATE TABLE attachment_chunk (
        attachment_id uuid NOT NULL REFERENCES attachment,
        start bigint NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (attachment_id, start)
      )`,
    ],
  },
  {
    number: 30,
    statements: [
      // The furthest record of the kiosk's evidence chain that was heard of, and what was said against it.
      `ALTER TABLE kiosk ADD COLUMN evidence jsonb`,
      `ALTER TABLE kiosk ADD COLUMN evidence_alarms jsonb NOT NULL DEFAULT '[]'`,
    ],
  },
  {
    number: 40,
    statements: [`CREATE INDEX service_case_by_kiosk ON service_case (kiosk_code, tracking_number)`],
  },
];
