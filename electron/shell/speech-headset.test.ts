import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchHeadset } from './speech-headset.ts';

describe('the headset socket', () => {
  it('tells when something is plugged in', async () => {
    const root = await mkdtemp(join(tmpdir(), 'h24-extcon-'));
    await mkdir(join(root, 'extcon0'));
    await writeFile(join(root, 'extcon0', 'state'), 'LINE-OUT=0\nHEADPHONE=1\n');
    const headset = watchHeadset(root);
    try {
      expect(headset.state).toBe('out');
      const next = await new Promise((resolve) => headset.changes.subscribe(resolve));
      expect(next).toBe('in');
      expect(headset.state).toBe('in');
    } finally {
      headset.stop();
      await rm(root, { recursive: true, force: true });
    }
  });
  it('of a machine that cannot be asked is empty', () => {
    const headset = watchHeadset('/nowhere');
    expect(headset.state).toBe('out');
    headset.stop();
  });
});
