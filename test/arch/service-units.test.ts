import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, read } from './source.ts';

const FOLDER = 'assets/linux';
const units = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.service'));
const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('service units', () => {
  it.each(units)('%s leaves no image of memory and nothing in the swap, and is started anew', (name) => {
    const lines = read(`${FOLDER}/${name}`).split('\n');
    for (const line of ['LimitCORE=0', 'MemorySwapMax=0', 'Restart=always', 'StartLimitIntervalSec=0']) {
      expect(lines).toContain(line);
    }
  });

  it('watch over the kiosk', () => {
    expect(read(`${FOLDER}/hall24.service`)).toMatch(/^WatchdogSec=60$/mu);
    expect(read(`${FOLDER}/90-hall24.conf`)).toContain('kernel.core_pattern=|/bin/false');
    expect(read('electron-builder.yml')).toContain('assets/linux');
  });

  it.skipIf(!analyze)('are units to systemd', () => {
    const dir = mkdtempSync(join(tmpdir(), 'h24-units-'));
    try {
      // The programs that a kiosk has and this machine may not.
      mkdirSync(join(dir, 'bin'));
      for (const name of units) {
        const text = read(`${FOLDER}/${name}`).replace(/^ExecStart=(\S+)/mu, (_whole, path: string) => {
          const stand = join(dir, 'bin', path.split('/').at(-1) ?? '');
          writeFileSync(stand, '#!/bin/sh\n');
          chmodSync(stand, 0o755);
          return `ExecStart=${stand}`;
        });
        writeFileSync(join(dir, name), text);
      }
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', '--recursive-errors=no', ...units.map((name) => join(dir, name))],
        { encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
