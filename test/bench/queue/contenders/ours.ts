import { join } from 'node:path';
import { loadSqlite, openStore } from '../../../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../../../native/transport/system-clock.ts';
import { must } from '../../../../electron/store/test-kit.ts';
import type { Delivered } from '../../../../electron/services/ports.ts';
import type { OpenContender } from '../contender.ts';
import { fillDatabase } from '../fill.ts';
import { casesAhead } from '../app-rows.ts';

/** The store of the product, in process. Case, act and outbox entry in one transaction; nothing is left out. */
export const open: OpenContender = async (dir) => {
  const opened = openStore({ dir, clock: systemClock, random: systemRandom });
  if (!opened.ok) throw new Error(opened.error.detail);
  const { store } = opened.value;
  let now = Date.now();
  const next = casesAhead();
  let answered: readonly Delivered[] = [];
  const claimed = async (settled: readonly Delivered[], most: number): Promise<readonly Delivered[]> => {
    now += 1;
    const lanes = [{ lane: 'first', requests: 1, entries: most }] as const;
    const turn = must(await store.settleAndClaim(settled, { now, requests: 1, lanes }));
    if (turn.failed.length > 0) throw new Error(turn.failed[0]?.detail);
    const said = { state: 'approved', receivedAt: now, decidedAt: now, outcome: null } as const;
    return (turn.requests[0] ?? []).map(({ entryId, subjectId }) => ({
      entryId,
      outcome: { kind: 'acknowledged', at: now, case: { ...said, caseNumber: `990001-2026-${subjectId.slice(-7)}` } },
    }));
  };
  return {
    async fill(count, bodies) {
      await store.close();
      fillDatabase(new (loadSqlite())(join(dir, 'kiosk.sqlite')), count, bodies);
    },
    async submit() {
      must(await store.submitCase(next()));
    },
    // As the sync has it at each turn: what was answered is settled with the next claim. The first call claims twice.
    async claimAndComplete(most) {
      if (answered.length === 0) answered = await claimed([], most);
      const completed = answered.length;
      answered = await claimed(answered, most);
      return completed;
    },
    async rest(when) {
      // The kiosk lets its store forget a minute after its start, and asks how long the queue is after each submission.
      if (when === 'started') must(await store.forget(0));
      else must(await store.outboxCounts());
    },
    close: () => store.close(),
  };
};
