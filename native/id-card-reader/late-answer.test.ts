import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { SdtReader } from './sdt-driver.ts';
import { SdtReaderSimulator } from './simulator.ts';

describe('a reader that is opened anew', () => {
  it.each([0, 5, 15, 29])(
    'does not take the answer to the question before for a fault (%i ms after it)',
    async (ms) => {
      const clock = new FakeClock();
      const simulator = new SdtReaderSimulator();
      const line = new MemoryLine(simulator, clock);
      const first = line.open();
      const before = new SdtReader(first, clock);
      void before.readCard({ deadlineMs: 60_000 });
      // In the middle of a question for a card: its answer, that there is none, is still to come.
      const written: Uint8Array[] = [];
      const pass = first.onWrite;
      first.onWrite = (bytes) => {
        written.push(bytes);
        pass?.(bytes);
      };
      while (written.length === 0) await clock.advance(1);
      await clock.advance(ms);
      before.dispose();
      const after = new SdtReader(first, clock);
      expect(await clock.run(after.probe())).toMatchObject({ status: 'online' });
      after.dispose();
    },
  );

  it('says a fault that the module means', async () => {
    const clock = new FakeClock();
    const simulator = new SdtReaderSimulator();
    simulator.behaviour.selfTestFailed = true;
    const reader = new SdtReader(new MemoryLine(simulator, clock).open(), clock);
    expect(await clock.run(reader.probe())).toMatchObject({ status: 'hardwareError', fault: 'reader-refused' });
  });
});
