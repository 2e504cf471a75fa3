import { describe, expect, it } from 'vitest';
import { heldSince, quietClock, quietMsUnder } from './quiet-clock.ts';
import { mayHold, NO_ENTRY, tapped, TAPS } from './technician-entry.ts';

describe('the quiet clock', () => {
  it('asks after a minute and ends 20 s later', () => {
    expect(quietClock(59_999, true)).toEqual({ phase: 'running', leftMs: 1 });
    expect(quietClock(60_000, true)).toEqual({ phase: 'asking', leftMs: 20_000 });
    expect(quietClock(79_999, true)).toEqual({ phase: 'asking', leftMs: 1 });
    expect(quietClock(80_000, true).phase).toBe('over');
  });
  it('begins anew while it is held, but a question that was asked stays asked', () => {
    expect(heldSince(0, 59_000, 59_250)).toBe(59_250);
    // Asked at 60 s; the voice reads the question for ten seconds: the 20 s begin when it is through, and end.
    let since = 0;
    for (let now = 60_250; now <= 70_000; now += 250) since = heldSince(since, now - 250, now);
    expect(quietClock(70_000 - since, true)).toEqual({ phase: 'asking', leftMs: 20_000 });
    expect(quietClock(90_000 - since, true).phase).toBe('over');
  });
  it('stands still without a visit', () => {
    expect(quietClock(1_000_000, false).phase).toBe('off');
  });
});

describe("the technician's entry", () => {
  const taps = (times: readonly number[]): ReturnType<typeof tapped> => times.reduce(tapped, NO_ENTRY);
  const quick = Array.from({ length: TAPS }, (_, index) => 1_000 + index * 300);
  it('opens after seven quick taps', () => {
    expect(mayHold(taps(quick), 4_000)).toBe(true);
  });
  it('stays shut after six, after slow ones, and when the hold comes late', () => {
    expect(mayHold(taps(quick.slice(1)), 4_000)).toBe(false);
    expect(mayHold(taps(quick.map((time) => time * 10)), 29_000)).toBe(false);
    expect(mayHold(taps(quick), 20_000)).toBe(false);
  });

  it('gives somebody who telephones from the help page three minutes', () => {
    expect(quietClock(179_999, true, quietMsUnder('help')).phase).toBe('running');
    expect(quietClock(60_000, true, quietMsUnder('accessibility')).phase).toBe('asking');
  });
});
