import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandQueue } from './command-queue.ts';

/** Work that ends when it is told to. */
function work(): { readonly run: () => Promise<string>; readonly end: () => void; begun: boolean } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const made = {
    begun: false,
    end: () => end(),
    run: async () => {
      made.begun = true;
      await ended;
      return 'done';
    },
  };
  return made;
}

const why = (reason: string): string => reason;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the queue of one device', () => {
  it('takes commands first, tells background work to yield, and lets it end before it begins', async () => {
    const queue = new CommandQueue();
    const [probe, command] = [work(), work()];
    let yielded = false;
    const probing = queue.background(
      (signal) => {
        signal.addEventListener('abort', () => (yielded = true));
        return probe.run();
      },
      'refused',
      { urgent: false },
    );
    await settle();
    expect(queue.busy).toBe(false);
    const later = queue.background(async () => 'later', 'refused', { urgent: false });
    const running = queue.run(command.run, why);
    await settle();
    expect([yielded, command.begun, queue.busy]).toEqual([true, false, true]);
    probe.end();
    expect(await probing).toBe('done');
    await settle();
    expect(command.begun).toBe(true);
    command.end();
    expect([await running, await later]).toEqual(['done', 'later']);
    expect(queue.busy).toBe(false);
  });

  it('gives urgent background work its turn among the commands, and tells it that others wait', async () => {
    const queue = new CommandQueue();
    const order: string[] = [];
    const first = work();
    const all = [
      queue.run(first.run, why),
      queue.background(
        async (signal) => {
          await settle();
          order.push(`probe ${signal.aborted}`);
          return '';
        },
        'refused',
        { urgent: true },
      ),
      queue.run(async () => {
        order.push('second');
        return '';
      }, why),
    ];
    first.end();
    await Promise.all(all);
    expect(order).toEqual(['probe true', 'second']);
  });

  it('is bounded', async () => {
    const queue = new CommandQueue(2);
    const first = work();
    const running = queue.run(first.run, why);
    const waiting = [1, 2].map(() => queue.run(async () => 'ran', why));
    expect(await queue.run(async () => 'ran', why)).toBe('full');
    first.end();
    expect(await Promise.all([running, ...waiting])).toEqual(['done', 'ran', 'ran']);
  });

  it('never runs two at once, loses none and goes on, whatever is aborted or throws', async () => {
    const step = fc.record({
      kind: fc.constantFrom('command' as const, 'background' as const, 'urgent' as const),
      abort: fc.boolean(),
      fails: fc.boolean(),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const queue = new CommandQueue();
        let atOnce = 0;
        let most = 0;
        const ended = steps.map(async ({ kind, abort, fails, turns }) => {
          const stop = new AbortController();
          const doing = async (): Promise<string> => {
            atOnce += 1;
            most = Math.max(most, atOnce);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            atOnce -= 1;
            if (fails) throw new Error('bug');
            return 'ran';
          };
          const result =
            kind === 'command'
              ? queue.run(doing, why, stop.signal)
              : queue.background(doing, 'refused', { urgent: kind === 'urgent', signal: stop.signal });
          if (abort) stop.abort();
          return result.catch(() => 'threw');
        });
        const outcomes = await Promise.all(ended);
        expect(outcomes).toHaveLength(steps.length);
        expect(most).toBeLessThanOrEqual(1);
        expect(await queue.run(async () => 'free', why)).toBe('free');
        expect(queue.busy).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
