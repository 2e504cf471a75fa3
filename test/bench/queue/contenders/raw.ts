import { join } from 'node:path';
import { loadSqlite, openStore } from '../../../../electron/store/index.ts';
import { applyPragmas } from '../../../../electron/store/pragmas.ts';
import { systemClock, systemRandom } from '../../../../native/transport/system-clock.ts';
import type { OpenContender } from '../contender.ts';
import { fillDatabase } from '../fill.ts';
import { RawWriter } from '../raw-writer.ts';

/** The raw limit: a hand-written loop on the product's own tables and pragmas. */
export const open: OpenContender = async (dir) => {
  const opened = openStore({ dir, clock: systemClock, random: systemRandom });
  if (!opened.ok) throw new Error(opened.error.detail);
  await opened.value.store.close();
  const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
  if (applyPragmas(db).length > 0) throw new Error('pragmas do not take');
  const writer = new RawWriter(db);
  const localDate = '2025-11-01';
  let number = Number(
    db.prepare('SELECT coalesce(max(last), 0) FROM tracking_counters WHERE local_date = ?').pluck().get(localDate),
  );
  const ready: ReturnType<RawWriter['prepare']>[] = [];
  const due = db.prepare(
    `SELECT seq, act_id, subject_id FROM outbox INDEXED BY outbox_due
     WHERE state = 'ready' AND head = 1 AND attempts = 0 AND next_try_at <= ? ORDER BY next_try_at, seq LIMIT ?`,
  );
  const body = db.prepare('SELECT body FROM outbox_payloads WHERE seq = ?');
  const take = db.prepare("UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE seq = ?");
  const send = db.prepare("UPDATE acts SET state = 'sent', updated_at = ? WHERE act_id = ?");
  const done = db.prepare("UPDATE outbox SET state = 'acknowledged', head = 0, settled_at = ? WHERE seq = ?");
  const drop = db.prepare('DELETE FROM outbox_payloads WHERE seq = ?');
  const confirm = db.prepare("UPDATE acts SET state = 'confirmed', updated_at = ? WHERE act_id = ?");
  const received = db.prepare(
    "UPDATE cases SET state = 'approved', received_at = ?, case_number = ?, decided_at = ? WHERE case_id = ?",
  );
  return {
    fill(count, bodies) {
      db.close();
      fillDatabase(new (loadSqlite())(join(dir, 'kiosk.sqlite')), count, bodies);
      return Promise.resolve();
    },
    submit() {
      // What a row says is made ahead, a hundred at a time: it is no part of the limit.
      if (ready.length === 0)
        for (let ahead = 0; ahead < 100; ahead += 1) ready.push(writer.prepare((number += 1), localDate));
      const row = ready.shift();
      if (!row) throw new Error('nothing prepared');
      writer.begin();
      writer.write(row);
      writer.commit();
      return Promise.resolve();
    },
    claimAndComplete(most) {
      const now = Date.now();
      writer.begin();
      const rows = due.all(now, most) as { seq: number; act_id: string; subject_id: string }[];
      for (const { seq, act_id } of rows) {
        body.get(seq);
        take.run(seq);
        send.run(now, act_id);
      }
      writer.commit();
      writer.begin();
      for (const { seq, act_id, subject_id } of rows) {
        done.run(now, seq);
        drop.run(seq);
        confirm.run(now, act_id);
        received.run(now, `990001-2026-${subject_id.slice(-7)}`, now, subject_id);
      }
      writer.commit();
      return Promise.resolve(rows.length);
    },
    close() {
      db.close();
      return Promise.resolve();
    },
  };
};
