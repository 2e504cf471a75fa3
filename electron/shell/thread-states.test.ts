import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { threadStates } from './thread-states.ts';

describe('what the threads of a process do', () => {
  it.runIf(process.platform === 'linux')('tells who waits', async () => {
    const child = spawn('sleep', ['60']);
    try {
      await once(child, 'spawn');
      await expect.poll(() => threadStates(child.pid ?? 0)).toEqual([expect.stringMatching(/^sleep S/u)]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is nothing for a process that is gone', async () => {
    expect(await threadStates(2 ** 30)).toEqual([]);
  });
});
