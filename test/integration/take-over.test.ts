import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestKiosk } from './app-kit.ts';
import { fileCase, functionNow, unlock } from './steps.ts';

describe('a queue taken over by a technician at the new machine', () => {
  it('is sent once; the machine takes no second one, and the keys are its own', async () => {
    const kiosk = await TestKiosk.start();
    try {
      await kiosk.devicesReady();
      await kiosk.link('up');
      const stick = join(dirname(kiosk.stack.dataDir), 'next', 'hand-over');
      await mkdir(stick, { recursive: true });
      await kiosk.stack.platform.faults.vanish();
      await kiosk.link('down');
      const kept = [(await fileCase(kiosk)).result, (await fileCase(kiosk)).result];
      const old = await unlock(kiosk);
      expect((await kiosk.must('technician.store', { token: old })).takeOver.possible).toBe(false);
      const { copy } = await kiosk.must('technician.handOver', { token: old, folder: stick });
      const file = copy?.file ?? '';
      expect(await kiosk.must('technician.takeOver', { token: old, file })).toEqual({ putBy: false, why: 'not-empty' });
      await kiosk.close();

      const next = join(dirname(stick), 'data');
      expect((await kiosk.tryOpen(next)).ok).toBe(true);
      await kiosk.devicesReady();
      const token = await unlock(kiosk);
      expect((await kiosk.must('technician.store', { token })).takeOver).toEqual({
        possible: true,
        waiting: null,
        taken: null,
      });
      const { copies } = await kiosk.must('technician.copies', { token });
      expect(copies.map((one) => one.file)).toContain(file);
      // Whatever the page names, only what was found is read.
      const wrong = kiosk.stack.configPath;
      expect(await kiosk.must('technician.takeOver', { token, file: wrong })).toEqual({ putBy: false, why: 'gone' });
      expect(await kiosk.must('technician.takeOver', { token, file })).toEqual({ putBy: true, why: null });
      expect((await kiosk.must('technician.store', { token })).takeOver.waiting).toBe(file.split('/').at(-1));
      await kiosk.close();

      await kiosk.stack.platform.faults.restore();
      expect((await kiosk.tryOpen(next)).ok).toBe(true);
      await kiosk.devicesReady();
      await kiosk.link('up');
      await kiosk.drained();
      const { cases, keys } = await kiosk.stack.platform.holdings();
      expect(cases.map((one) => one.trackingNumber).toSorted()).toEqual(
        kept.map((one) => one.trackingNumber).toSorted(),
      );
      expect(keys.every(({ seen }) => seen === 1)).toBe(true);
      const after = await unlock(kiosk);
      const store = await kiosk.must('technician.store', { token: after });
      expect(store).toMatchObject({
        keys: { state: 'held' },
        takeOver: { possible: false, waiting: null, taken: { entries: 2, code: null } },
      });
      expect(await kiosk.must('technician.takeOver', { token: after, file })).toEqual({
        putBy: false,
        why: 'not-empty',
      });
      const { lines } = await kiosk.must('technician.logs', { token: after, limit: 100 });
      expect(lines.map(({ event }) => event)).toContain('audit queue-taken-over');
      expect((await kiosk.must('technician.checkEvidence', { token: after })).verdict?.sound).toBe(true);
      expect((await functionNow(kiosk, 'apply')).state).not.toBe('not-now');
      const fresh = (await fileCase(kiosk)).result;
      expect(kept.map((one) => one.trackingNumber)).not.toContain(fresh.trackingNumber);
      expect(kiosk.bugs).toEqual([]);
    } finally {
      await kiosk.stop();
    }
  }, 60_000);
});
