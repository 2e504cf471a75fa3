import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, testId, withFolder } from './test-kit.ts';

const KILLS = 15;

interface Acknowledged {
  readonly number: number;
  readonly trackingNumber: string;
}

/** Lets the submitter run until it has acknowledged `enough` cases, then kills it at once. */
async function runAndKill(dir: string, first: number, enough: number): Promise<Acknowledged[]> {
  const program = join(import.meta.dirname, 'test-submitter.ts');
  const child = spawn(process.execPath, [program, dir, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const closed = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > enough + 1) child.kill('SIGKILL');
  });
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // A line that was cut off was acknowledged to nobody.
  return output
    .split('\n')
    .slice(1, -1)
    .map((line) => ({ number: Number(line.split(' ')[0]), trackingNumber: line.slice(line.indexOf(' ') + 1) }));
}

describe('kill -9 in the middle of submitting', () => {
  it(
    'loses no acknowledged case and doubles none',
    withFolder(async (dir) => {
      const acknowledged: Acknowledged[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        // Every run begins above anything that the one before may have kept without saying so.
        const cases = await runAndKill(dir, 1 + kill * 10_000, 1 + ((kill * 7) % 40));
        acknowledged.push(...cases);
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS * 10);
      expect(new Set(acknowledged.map(({ trackingNumber }) => trackingNumber)).size).toBe(acknowledged.length);

      const { store, report } = openForTest(dir);
      expect(report).toEqual({ kind: 'opened' });
      for (const { number, trackingNumber } of acknowledged) {
        expect(must(await store.findCase({ number: trackingNumber })).caseId).toBe(testId(number));
      }
      // Asking again for a case that was cut off gives what was kept, not a second one.
      const again = must(await store.submitCase(newCase(acknowledged.at(-1)!.number)));
      expect(again.trackingNumber).toBe(acknowledged.at(-1)!.trackingNumber);
      must(await store.releaseClaims());
      const waiting = must(await claim(store, START, 100_000)).length;
      await store.close();

      const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'), { readonly: true });
      const one = (sql: string): unknown => db.prepare(sql).pluck().get();
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.pragma('foreign_key_check')).toEqual([]);
      const kept = one('SELECT count(*) FROM cases');
      expect(kept).toBeGreaterThanOrEqual(acknowledged.length);
      // Each case has exactly one message and one act, and is either delivered or waiting with its bytes.
      expect(one("SELECT count(*) FROM outbox WHERE kind = 'case'")).toBe(kept);
      expect(one('SELECT count(*) FROM outbox JOIN cases ON subject_id = case_id')).toBe(kept);
      expect(one("SELECT count(*) FROM acts WHERE kind = 'submit-case'")).toBe(kept);
      expect(one('SELECT count(*) FROM outbox_payloads')).toBe(waiting);
      expect(one("SELECT count(*) FROM cases WHERE state = 'received'")).toBe((kept as number) - waiting);
      expect(one("SELECT count(*) FROM acts WHERE state = 'confirmed'")).toBe((kept as number) - waiting);
      db.close();
    }),
    90_000,
  );
});
