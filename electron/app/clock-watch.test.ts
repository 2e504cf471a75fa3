import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ClockWatch } from './clock-watch.ts';
import type { EvidenceEntry } from '../domain/evidence.ts';
import type { StorePort } from '../services/ports.ts';
import { ok } from '../../native/model/result.ts';

/** A watch over a fake clock; `lastAt` is the stamp of the last record before the start. */
function start(lastAt: number | null): { clock: FakeClock; kept: EvidenceEntry[]; stop: () => Promise<void> } {
  const clock = new FakeClock();
  const kept: EvidenceEntry[] = [];
  const store = {
    evidenceHead: () => Promise.resolve(ok(lastAt === null ? null : { seq: 1, hash: '', at: lastAt })),
    appendEvidence: (entry: EvidenceEntry) => Promise.resolve(ok(void kept.push(entry))),
  } as unknown as StorePort;
  const watch = new ClockWatch({ clock, store, log: { event: () => undefined, tail: () => [] } });
  return { clock, kept, stop: () => clock.run(watch.stop()) };
}

const YEAR_MS = 365 * 86_400_000;
const said = (kept: EvidenceEntry[]): unknown[] => kept.map(({ what, detail }) => [what, detail['ms']]);

describe('the watch over the clock', () => {
  it.each([1_000, -1_000, 3_600_000, -3_600_000, 10 * YEAR_MS, -10 * YEAR_MS])(
    'puts a jump of %i ms on record, once',
    async (ms) => {
      const { clock, kept, stop } = start(null);
      await clock.advance(60_000);
      clock.jumpWall(ms);
      await clock.advance(60_000);
      expect(said(kept)).toEqual([['clock-jumped', ms]]);
      await stop();
    },
  );

  it('says nothing of a clock that is slowly put right, nor of one that runs', async () => {
    const { clock, kept, stop } = start(Date.UTC(2026, 0, 5, 0, 59, 0));
    for (let step = 0; step < 200; step += 1) {
      // 500 ppm, as time services do it.
      clock.jumpWall(2.5);
      await clock.advance(5_000);
    }
    expect(said(kept)).toEqual([]);
    await stop();
  });

  it('says at the start that the clock is behind the last record', async () => {
    const at = Date.UTC(2026, 0, 5, 1, 0, 0) + 2 * YEAR_MS;
    const { clock, kept, stop } = start(at);
    await clock.advance(1);
    expect(said(kept)).toEqual([['clock-behind', 2 * YEAR_MS]]);
    await stop();
  });

  it('has the jump on record that comes just before the stop', async () => {
    const { clock, kept, stop } = start(null);
    await clock.advance(7_000);
    clock.jumpWall(-5_000);
    await stop();
    expect(said(kept)).toEqual([['clock-jumped', -5_000]]);
  });
});
