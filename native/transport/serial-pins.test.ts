import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PtyCarrier } from '../../test/simulators/pty.ts';
import { openTransport } from './open.ts';
import { pinsError } from './serial.ts';

describe('the input pins of a serial port', () => {
  it.each([
    ['Error: Inappropriate ioctl for device, cannot get', 'unsupported'],
    ['Operation not supported', 'unsupported'],
    ['Error: Input/output error, cannot get', 'io'],
  ])('%s: %s', (text, code) => {
    expect(pinsError(new Error(text)).code).toBe(code);
  });

  // Windows has no pseudo-terminals that a serial library could open.
  it.skipIf(process.platform === 'win32')('are said to be missing by a port that has none', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'h24-pins-'));
    const carrier = await PtyCarrier.open({ dir, name: 'port', baud: 9_600, onBytes: () => undefined });
    try {
      const opened = await openTransport(carrier.address);
      if (!opened.ok) throw new Error(opened.error.detail);
      expect(await opened.value.modemLines?.()).toMatchObject({ ok: false, error: { code: 'unsupported' } });
      await opened.value.close();
      expect(await opened.value.modemLines?.()).toMatchObject({ ok: false, error: { code: 'lost' } });
    } finally {
      await carrier.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
