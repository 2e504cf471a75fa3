import { join } from 'node:path';
import { loadSqlite, openStore } from '../../../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../../../native/transport/system-clock.ts';
import { must } from '../../../../electron/store/test-kit.ts';
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
  return {
    async fill(count, bodies) {
      await store.close();
      fillDatabase(new (loadSqlite())(join(dir, 'kiosk.sqlite')), count, bodies);
    },
    async submit() {
      must(await store.submitCase(next()));
    },
    async claimAndComplete(most) {
      now += 1;
      const claimed = must(await store.claim(now, most, { lane: 'first' }));
      const said = { state: 'approved', receivedAt: now, decidedAt: now, outcome: null } as const;
      const failed = must(
        await store.settleDeliveries(
          claimed.map(({ entryId, subjectId }) => ({
            entryId,
            outcome: {
              kind: 'acknowledged',
              at: now,
              case: { ...said, caseNumber: `990001-2026-${subjectId.slice(-7)}` },
            },
          })),
        ),
      );
      if (failed.length > 0) throw new Error(failed[0]?.detail);
      return claimed.length;
    },
    async rest(when) {
      // The kiosk lets its store forget a minute after its start, and asks how long the queue is after each submission.
      if (when === 'started') must(await store.forget(0));
      else must(await store.outboxCounts());
    },
    close: () => store.close(),
  };
};
