import { openSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startAndTidy } from './null-descriptors.ts';

const open = (): number => readdirSync('/proc/self/fd').length;

describe.skipIf(process.platform !== 'linux')('descriptors of /dev/null', () => {
  it('that a start leaves are closed when it runs, and no others', () => {
    const own = openSync('/dev/null', 'w');
    const before = open();
    const [started, tidy] = startAndTidy(() => {
      openSync('/dev/null', 'w');
      return 'it runs';
    });
    expect([started, open()]).toEqual(['it runs', before + 1]);
    tidy();
    expect(open()).toBe(before);
    const later = openSync('/dev/null', 'w');
    tidy();
    expect(open()).toBe(before + 1);
    expect(later).not.toBe(own);
  });
});
