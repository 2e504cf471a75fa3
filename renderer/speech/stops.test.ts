import { describe, expect, it } from 'vitest';
import { withPauses } from './stops.ts';

describe('parts that stand apart', () => {
  it('are heard with a pause, and a Western sign keeps its space', () => {
    const parts = '\uE000Receipt may not have come out\uE000\uE000Look in the slot.\uE000\uE000Print again\uE000';
    expect(withPauses(parts)).toBe('Receipt may not have come out，Look in the slot. Print again');
  });

  it('need no second pause after a sign', () => {
    expect(withPauses('\uE000没有的话再打一次。\uE000\uE000再打一次\uE000')).toBe('没有的话再打一次。再打一次');
    expect(withPauses('Open\uE001Collect')).toBe('Open，Collect');
    expect(withPauses('Is it there?\uE001No')).toBe('Is it there? No');
  });

  it('without a letter are no parts', () => {
    expect(withPauses('Apply\uE000 \uE000 › \uE000')).toBe('Apply ›');
  });
});
