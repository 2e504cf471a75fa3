import { describe, expect, it, vi } from 'vitest';
import { countJourneys, runStages, summary } from './stages.ts';
import type { Stage, StageResult } from './stages.ts';

function stage(name: string, result: StageResult): Stage {
  return { name, title: name, run: async () => result };
}

async function closingLine(...results: StageResult[]): Promise<{ line: string; code: number }> {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const code = summary(await runStages(results.map((result, index) => stage(`s${index}`, result))));
    expect(write).toHaveBeenCalledTimes(1);
    return { line: lines.join(''), code };
  } finally {
    vi.restoreAllMocks();
  }
}

describe('summary of npm test', () => {
  const lint = { good: true, passed: 0, failed: 0 };

  it('counts tests and journeys', async () => {
    const line = await closingLine(lint, { good: true, passed: 120, failed: 0 }, { good: true, passed: 8, failed: 0 });
    expect(line).toEqual({ line: '128 passed, 0 failed\n', code: 0 });
  });

  it('counts a stage that failed without a test as one failure', async () => {
    const line = await closingLine({ ...lint, good: false }, { good: true, passed: 3, failed: 0 });
    expect(line).toEqual({ line: '3 passed, 1 failed\n', code: 1 });
  });

  it('fails when tests failed, and runs the stages after it', async () => {
    const line = await closingLine({ good: false, passed: 3, failed: 2 }, { good: true, passed: 1, failed: 0 });
    expect(line).toEqual({ line: '4 passed, 2 failed\n', code: 1 });
  });
});

describe('counting journeys', () => {
  it.each([
    ['all good', `noise\n{"journeys":[{"name":"a","passed":true},{"name":"b","passed":true}]}\n`, 0, 2, 0],
    ['one failed', `{"journeys":[{"name":"a","passed":true},{"name":"b","passed":false}]}`, 1, 1, 1],
    ['no report', 'killed', 137, 0, 1],
    ['nothing at all', '', 1, 0, 1],
    ['all passed, yet it ended badly', `{"journeys":[{"name":"a","passed":true}]}`, 1, 1, 1],
  ])('%s', (_what, stdout, code, passed, failed) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(countJourneys(stdout, code)).toEqual({ passed, failed });
    vi.restoreAllMocks();
  });
});
