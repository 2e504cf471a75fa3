import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ROOT } from './paths.ts';
import { readJourneys, readVitest, settle } from './reports.ts';
import type { Failure, Report } from './reports.ts';

function file(name: string, tests: Record<string, string | null>, message = ''): unknown {
  return {
    name: join(ROOT, name),
    status: message !== '' || Object.values(tests).some((reason) => reason !== null) ? 'failed' : 'passed',
    message,
    assertionResults: Object.entries(tests).map(([fullName, reason]) => ({
      fullName,
      status: reason === null ? 'passed' : 'failed',
      failureMessages: reason === null ? [] : [reason],
    })),
  };
}

describe('report of vitest', () => {
  it('names what failed, with the first line of the reason', () => {
    const testResults = [
      file('native/a.test.ts', { good: null, bad: 'AssertionError: expected 1 to be 2\n    at x' }),
      file('native/b.test.ts', {}, 'SyntaxError: no such export'),
    ];
    expect(readVitest(JSON.stringify({ numPassedTests: 1, testResults }))).toEqual({
      passed: 1,
      failures: [
        {
          name: 'native/a.test.ts: bad',
          reason: 'AssertionError: expected 1 to be 2',
          alone: 'native/a.test.ts',
          late: false,
        },
        { name: 'native/b.test.ts', reason: 'SyntaxError: no such export', alone: 'native/b.test.ts', late: false },
      ],
    });
  });

  it.each([
    ['Error: Test timed out in 20000ms.\nIf this is', true],
    ['Error: did not come true within 5000 ms: the card was read', true],
    ['Error: Hook timed out in 30000ms.', true],
    ['AssertionError: expected "x" to be called once\n  after a wait that timed out in 5ms', false],
    ['', false],
  ])('%j is late: %s', (reason, late) => {
    const report = readVitest(
      JSON.stringify({ numPassedTests: 0, testResults: [file('a.test.ts', { a: reason }, 'x')] }),
    );
    expect(report?.failures[0]?.late).toBe(late);
  });

  it.each(['', 'killed', '{}', '{"numPassedTests":1,"testResults":[{}]}'])('%j is none', (text) => {
    expect(readVitest(text)).toBeNull();
  });
});

describe('report of journeys', () => {
  const line = (...journeys: unknown[]): string => `noise\n${JSON.stringify({ journeys })}\n`;

  it('counts and names', () => {
    const report = readJourneys(
      line(
        { name: 'a', passed: true, exactlyOnce: true },
        {
          name: 'b',
          passed: false,
          exactlyOnce: true,
          fault: 'at "card": locator.click: Timeout 20000ms exceeded.\nx',
        },
        { name: 'c', passed: false, exactlyOnce: true, fault: 'at "done": not so: it was printed' },
      ),
    );
    expect(report?.passed).toBe(1);
    expect(report?.failures.map(({ name, late }) => [name, late])).toEqual([
      ['b', true],
      ['c', false],
    ]);
  });

  it('takes nothing for a slow machine that was lost or done twice', () => {
    const report = readJourneys(
      line({ name: 'a', passed: false, exactlyOnce: false, fault: 'did not come true within 5 ms: sent' }),
    );
    expect(report?.failures).toMatchObject([{ name: 'a', late: false }]);
    expect(readJourneys(line({ name: 'a', passed: true, exactlyOnce: false }))?.failures).toHaveLength(1);
  });

  it.each(['', 'killed'])('%j is none', (text) => {
    expect(readJourneys(text)).toBeNull();
  });
});

describe('what ran out of time', () => {
  const failed = (name: string, late: boolean): Failure => ({ name, reason: 'r', alone: name, late });
  const first = (...failures: Failure[]): Report => ({ passed: 10, failures });

  it('is run once more alone, counts when it passes then, and is named', async () => {
    const again = vi.fn(async () => ({ passed: 1, failures: [failed('b', true)] }));
    const settled = await settle(first(failed('a', true), failed('b', true)), again);
    expect(again).toHaveBeenCalledExactlyOnceWith(['a', 'b']);
    expect(settled).toEqual({ passed: 11, failures: [failed('b', true)], late: [failed('a', true)] });
  });

  it.each([
    ['nothing failed', []],
    ['something was wrong besides', [failed('a', true), failed('b', false)]],
    ['much was late', ['a', 'b', 'c', 'd', 'e'].map((name) => failed(name, true))],
  ])('nothing is run again when %s', async (_why, failures) => {
    const again = vi.fn(async () => null);
    expect(await settle(first(...failures), again)).toEqual({ passed: 10, failures, late: [] });
    expect(again).not.toHaveBeenCalled();
  });

  it('stays failed when the second run gives no report', async () => {
    const settled = await settle(first(failed('a', true)), async () => null);
    expect(settled).toEqual({ passed: 10, failures: [failed('a', true)], late: [] });
  });
});
