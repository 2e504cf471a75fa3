import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { PagePrintResult, PagePrinter, PrintPdfOptions } from '../model/page-printer.ts';
import { PAGE_SUBJECTS } from './page-subjects.ts';
import type { Habit, Ill, PageServer, PageSubject } from './page-subjects.ts';

/** What any driver of an A4 printer must hold, whatever the print server does. */

const PDF = new TextEncoder().encode(`%PDF-1.4\n${'synthetic '.repeat(800)}\n%%EOF\n`);

interface Bench {
  readonly clock: FakeClock;
  readonly server: PageServer;
  /** A new line to the server and a driver on it, as after a restart. `loses` and `cutAt` count questions from 0. */
  connect(faults?: { readonly loses?: number; readonly cutAt?: number }): Connection;
}

interface Connection {
  readonly printer: PagePrinter;
  readonly transport: MemoryTransport;
  /** Questions that were asked. */
  asked(): number;
  print(more?: Partial<PrintPdfOptions>): Promise<PagePrintResult>;
}

function bench(subject: PageSubject): Bench {
  const clock = new FakeClock();
  const server = subject.simulate();
  const connect: Bench['connect'] = ({ loses = -1, cutAt = -1 } = {}) => {
    const transport = new MemoryTransport({ kind: 'reports', address: subject.address, baud: null });
    let asked = 0;
    let dropped = false;
    const stop = server.simulator.output.subscribe(({ bytes }) => dropped || transport.deliver(bytes));
    transport.onClosed(() => stop());
    transport.onWrite = (bytes) => {
      const number = asked;
      asked += 1;
      dropped = number === loses;
      server.simulator.receive(bytes);
      if (number === cutAt) transport.lose();
    };
    const printer = subject.definition.create({ transport, clock, options: {} });
    const print = (more: Partial<PrintPdfOptions> = {}): Promise<PagePrintResult> =>
      printer.printPdf({ pdf: PDF, deadlineMs: 20_000, ...more });
    return { printer, transport, asked: () => asked, print };
  };
  return { clock, server, connect };
}

/** The claim fits what came out. */
function expectTruth({ outcome }: PagePrintResult, { printed }: PageServer, what = ''): void {
  expect(printed.length, `${what}: sheets`).toBeLessThanOrEqual(1);
  if (outcome === 'printed') expect(printed, what).toEqual([PDF]);
  if (outcome === 'not-printed') expect(printed, what).toEqual([]);
}

/**
 * A later start of the kiosk, everything well again: nothing is left in the spool. What was being printed may still come out
 * while it is taken back, but nothing after that.
 */
async function expectTidied({ clock, server, connect }: Bench): Promise<void> {
  server.be('prints');
  server.ail('well');
  server.stop(false);
  server.silent(false);
  const { printer, transport } = connect();
  expect(await clock.run(printer.probe())).toMatchObject({ status: 'online' });
  expect(server.jobsLeft()).toBe(0);
  const before = server.printed.length;
  await clock.run(printer.probe());
  expect(server.printed.length).toBe(before);
  printer.dispose();
  await transport.close();
}

it('is asked of every driver of the class', () => {
  const known = driverRegistry['page-printer'].map(({ id }) => id);
  expect(PAGE_SUBJECTS.map(({ definition }) => definition.id).toSorted()).toEqual(known.toSorted());
});

describe.each(PAGE_SUBJECTS.map((subject) => [subject.definition.id, subject] as const))('%s', (_id, subject) => {
  it('prints once, says so, and leaves nothing in the spool', async () => {
    const { clock, server, connect } = bench(subject);
    const ids: number[] = [];
    const result = await clock.run(connect().print({ onJob: (id) => ids.push(id) }));
    expect(result).toEqual({ outcome: 'printed', cause: null, jobId: 1 });
    expect(ids).toEqual([1]);
    expect(server.printed).toEqual([PDF]);
    expect(server.jobsLeft()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it.each<[Ill | 'stopped' | 'silent', string]>([
    ['paper out', 'paper-out'],
    ['jam', 'paper-jam'],
    ['cover open', 'cover-open'],
    ['no toner', 'printer-error'],
    ['stopped', 'printer-error'],
  ])('sends nothing to a busy printer with trouble: %s', async (ill, code) => {
    const { clock, server, connect } = bench(subject);
    server.busy(true);
    if (ill === 'stopped') server.stop(true);
    else if (ill !== 'silent') server.ail(ill);
    expect(await clock.run(connect().print())).toMatchObject({ outcome: 'not-printed', cause: { code }, jobId: null });
    expect(server.jobsMade()).toBe(0);
  });

  it('sends nothing to a server that is silent', async () => {
    const { clock, server, connect } = bench(subject);
    server.silent(true);
    expect(await clock.run(connect().print())).toMatchObject({ outcome: 'not-printed', jobId: null });
    expect(server.jobsMade()).toBe(0);
  });

  it.each<[Habit, string, string]>([
    ['hangs', 'unknown', 'timeout'],
    ['is thrown away', 'not-printed', 'printer-error'],
    ['stops the queue', 'not-printed', 'printer-error'],
    ['waits', 'not-printed', 'timeout'],
    ['is forgotten', 'unknown', 'printer-error'],
    ['cannot be taken back', 'unknown', 'timeout'],
  ])('tells the truth of a job that %s, which is not printed later', async (habit, outcome, code) => {
    const the = bench(subject);
    the.server.be(habit);
    const result = await the.clock.run(the.connect().print());
    expect(result).toMatchObject({ outcome, cause: { code } });
    expectTruth(result, the.server);
    expect(the.clock.pending).toBe(0);
    await expectTidied(the);
    expectTruth(result, the.server, 'later');
  });

  it('is unknown, with the cause, when paper runs out in the middle for good', async () => {
    const { clock, server, connect } = bench(subject);
    server.be('hangs');
    const printing = connect().print({ deadlineMs: 600_000 });
    await clock.advance(2_000);
    server.ail('paper out');
    const before = clock.monotonic();
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-out' } });
    expect(clock.monotonic() - before).toBeLessThan(45_000);
    expect(server.jobsLeft()).toBe(0);
  });

  it('goes on when paper is filled in again', async () => {
    const { clock, server, connect } = bench(subject);
    server.be('hangs');
    const printing = connect().print({ deadlineMs: 60_000 });
    await clock.advance(2_000);
    server.ail('paper out');
    await clock.advance(10_000);
    server.ail('well');
    server.be('prints');
    expect(await clock.run(printing)).toMatchObject({ outcome: 'printed' });
  });

  it('is not sure of a printed job when the printer is in trouble right after', async () => {
    const { clock, server, connect } = bench(subject);
    const printing = connect().print();
    while (server.printed.length === 0) await clock.advance(100);
    server.ail('jam');
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-jam' } });
    expect(server.jobsLeft()).toBe(0);
  });

  it('submits once and claims nothing wrong, whichever answer is lost', async () => {
    const whole = bench(subject);
    const first = whole.connect();
    await whole.clock.run(first.print());
    expect(first.asked()).toBeGreaterThan(5);
    for (let loses = 0; loses < first.asked(); loses += 1) {
      const the = bench(subject);
      const result = await the.clock.run(the.connect({ loses }).print());
      expect(the.server.jobsMade(), `answer ${loses}`).toBeLessThanOrEqual(1);
      expectTruth(result, the.server, `answer ${loses} lost`);
      expect(the.clock.pending).toBe(0);
      await expectTidied(the);
      expectTruth(result, the.server, `later, answer ${loses} lost`);
    }
  });

  it('claims nothing wrong wherever the line is cut, and the next start leaves nothing', async () => {
    const whole = bench(subject);
    const first = whole.connect();
    await whole.clock.run(first.print());
    const outcomes = new Set<string>();
    for (let cutAt = 0; cutAt < first.asked(); cutAt += 1) {
      const the = bench(subject);
      const result = await the.clock.run(the.connect({ cutAt }).print());
      outcomes.add(result.outcome);
      expectTruth(result, the.server, `cut at ${cutAt}`);
      expect(the.clock.pending).toBe(0);
      await expectTidied(the);
      expectTruth(result, the.server, `later, cut at ${cutAt}`);
    }
    expect(outcomes).toContain('unknown');
    expect(outcomes).toContain('not-printed');
  });

  it('asks on by number while the server is away, and does not send again', async () => {
    const { clock, server, connect } = bench(subject);
    server.be('hangs');
    const { print, transport } = connect();
    const printing = print({ deadlineMs: 90_000 });
    await clock.advance(1_200);
    transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    await clock.advance(20_000);
    server.be('prints');
    transport.writeError = null;
    expect(await clock.run(printing)).toMatchObject({ outcome: 'printed', jobId: 1 });
    expect(server.jobsMade()).toBe(1);
  });

  it('is unknown when the server never comes back, and the job is gone when it does', async () => {
    const the = bench(subject);
    const { print, transport } = the.connect();
    the.server.be('hangs');
    const printing = print({ deadlineMs: 10_000 });
    await the.clock.advance(3_000);
    transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await the.clock.run(printing)).toMatchObject({ outcome: 'unknown', jobId: 1 });
    await expectTidied(the);
  });

  it('is cancelled at any moment, and says what is true', async () => {
    for (const afterMs of [0, 100, 500, 1_000, 1_500, 2_000]) {
      for (const habit of ['prints', 'hangs', 'waits'] as const) {
        const the = bench(subject);
        the.server.be(habit);
        const stop = new AbortController();
        const printing = the.connect().print({ deadlineMs: 60_000, signal: stop.signal });
        await the.clock.advance(afterMs);
        stop.abort();
        const result = await the.clock.run(printing);
        expectTruth(result, the.server, `${habit}, cancelled after ${afterMs} ms`);
        if (habit !== 'prints') expect(result).toMatchObject({ cause: { code: 'cancelled' } });
        expect(the.server.jobsLeft()).toBe(0);
      }
    }
  });

  it('settles and forgets at its start what an earlier run left, never printing it', async () => {
    const the = bench(subject);
    the.server.be('hangs');
    const earlier = the.connect();
    const left = earlier.print({ deadlineMs: 60_000 });
    await the.clock.advance(3_000);
    earlier.printer.dispose();
    await the.clock.run(left);
    const { printer } = the.connect();
    expect(await the.clock.run(printer.probe())).toMatchObject({ status: 'online' });
    expect(the.server.jobsLeft()).toBe(0);
    expect(the.server.printed).toEqual([]);
    expect(await the.clock.run(printer.settleJob(1))).toMatchObject({ outcome: 'unknown', jobId: 1 });
    expect(await the.clock.run(printer.settleJob(99))).toMatchObject({ outcome: 'unknown' });
  });

  it('purges by hand', async () => {
    const { clock, server, connect } = bench(subject);
    server.be('waits');
    const { printer, print } = connect();
    void print({ deadlineMs: 60_000 });
    await clock.advance(1_000);
    expect(server.jobsLeft()).toBe(1);
    expect(await clock.run(connect().printer.purge())).toEqual({ ok: true, value: 1 });
    expect(server.jobsLeft()).toBe(0);
    printer.dispose();
  });

  it('refuses what is no PDF, and strange figures', async () => {
    const { clock, server, connect } = bench(subject);
    for (const more of [{ pdf: new Uint8Array(9) }, { deadlineMs: 1 }, { copies: 0 }, { copies: 1.5 }]) {
      const result = await clock.run(connect().print(more));
      expect(result).toMatchObject({ outcome: 'not-printed', cause: { code: 'bad-request' } });
    }
    expect(server.jobsMade()).toBe(0);
  });

  it('tells the truth whatever happens in whatever order', async () => {
    const HABITS = ['prints', 'hangs', 'is thrown away', 'stops the queue', 'waits', 'is forgotten'] as const;
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 4_000 }),
      habit: fc.constantFrom(...HABITS),
      ill: fc.constantFrom(...(['well', 'well', 'paper out', 'jam', 'cover open'] as const)),
      stopped: fc.boolean(),
      away: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.option(fc.nat(20)), async (steps, cut) => {
        const the = bench(subject);
        const { print, transport } = the.connect(cut === null ? {} : { cutAt: cut });
        const printing = print({ deadlineMs: 15_000 });
        for (const { afterMs, habit, ill, stopped, away } of steps) {
          await the.clock.advance(afterMs);
          the.server.be(habit);
          the.server.ail(ill);
          the.server.stop(stopped);
          transport.writeError = away ? { code: 'unreachable', detail: 'away' } : null;
        }
        const result = await the.clock.run(printing);
        expectTruth(result, the.server);
        expect(the.clock.pending).toBe(0);
        await expectTidied(the);
        expectTruth(result, the.server);
      }),
      { numRuns: 60 },
    );
  });
});
