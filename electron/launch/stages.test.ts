import { describe, expect, it, vi } from 'vitest';
import { runStages, summary } from './stages.ts';
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

  it('names what failed and what was late on its last lines', async () => {
    const failure = { name: 'a.test.ts: adds', reason: 'expected 1 to be 2', alone: 'a.test.ts', late: false };
    const slow = { name: 'case-online', reason: 'did not come true within 9 ms', alone: 'case-online', late: true };
    const said: string[] = [];
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const stages = [
      stage('unit', { good: false, passed: 3, failed: 1, failures: [failure] }),
      stage('e2e', { good: true, passed: 1, failed: 0, late: [slow] }),
    ];
    summary(await runStages(stages));
    vi.restoreAllMocks();
    const end = said.join('').split('\n').slice(-5).join('\n');
    expect(end).toContain('FAILED: a.test.ts: adds\n  expected 1 to be 2');
    expect(end).toContain('late, passed alone: case-online');
  });
});
