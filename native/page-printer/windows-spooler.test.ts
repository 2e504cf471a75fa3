import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { decodeSpoolerRequest } from '../codec/spooler-messages.ts';
import type { PagePrintResult, PrintPdfOptions } from '../model/page-printer.ts';
import { JOB_STATUS, PRINTER_ATTRIBUTE, PRINTER_STATUS } from '../model/spooler.ts';
import { windowsSpooler } from './index.ts';
import { SpoolerSimulator } from './simulator-spooler.ts';
import type { SpoolerBehaviour } from './simulator-spooler.ts';
import { spoolerState } from './spooler-states.ts';

const PDF = new TextEncoder().encode(`%PDF-1.4\n${'synthetic '.repeat(1_000)}\n%%EOF\n`);

function bench(set: Partial<SpoolerBehaviour> = {}, options: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  const spooler = new SpoolerSimulator();
  Object.assign(spooler.behaviour, set);
  const transport = new MemoryTransport({ kind: 'reports', address: 'winspool://A4', baud: null });
  const asked: string[] = [];
  transport.onWrite = (bytes) => {
    const request = decodeSpoolerRequest(bytes);
    if (request.ok) asked.push(request.value.message.ask);
    spooler.receive(bytes);
  };
  spooler.output.subscribe(({ bytes }) => transport.deliver(bytes));
  const printer = windowsSpooler.create({ transport, clock, options });
  const print = (more: Partial<PrintPdfOptions> = {}): Promise<PagePrintResult> =>
    clock.run(printer.printPdf({ pdf: PDF, deadlineMs: 20_000, ...more }));
  return { clock, spooler, transport, printer, print, asked };
}

describe('A4 printing by the Windows spooler', () => {
  it('sends the document in pieces that every line carries, as RAW or as the technician chose', async () => {
    const { print, spooler, transport } = bench();
    await print();
    expect(spooler.printed).toEqual([PDF]);
    expect(Math.max(...transport.written.map(({ length }) => length))).toBeLessThanOrEqual(4_096);
    expect(spooler.submitted).toEqual(['RAW']);
    const newer = bench({}, { datatype: 'XPS_PASS' });
    await newer.print();
    expect(newer.spooler.submitted).toEqual(['XPS_PASS']);
  });

  it.each<[string, Partial<SpoolerBehaviour>, string, string]>([
    ['was sent and never said to be printed', { jobs: 'sent-only' }, 'unknown', 'timeout'],
    ['is stuck before the first sheet', { jobs: 'error' }, 'not-printed', 'printer-error'],
    ['is deleted by somebody while it prints', { jobs: 'delete-printing' }, 'unknown', 'printer-error'],
    ['only seems to be paused', { jobs: 'wait', deafTo: 'pause' }, 'unknown', 'timeout'],
    ['is stuck at a printer that is switched off', { jobTrouble: JOB_STATUS.offline }, 'unknown', 'printer-error'],
    ['the driver cannot print', { jobs: 'wait', jobTrouble: JOB_STATUS.blocked }, 'not-printed', 'printer-error'],
    ['wants somebody', { jobs: 'wait', jobTrouble: JOB_STATUS.userIntervention }, 'not-printed', 'printer-error'],
    ['has no paper, as only the job says', { jobs: 'hang', jobTrouble: JOB_STATUS.paperOut }, 'unknown', 'paper-out'],
  ])('tells the truth of a job that %s', async (_name, set, outcome, code) => {
    const { spooler, print, clock } = bench(set);
    expect(await print({ deadlineMs: 60_000 })).toMatchObject({ outcome, cause: { code } });
    expect(spooler.jobs.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('releases a retained job that cannot be deleted otherwise', async () => {
    for (const jobs of ['complete', 'wait'] as const) {
      const { spooler, print } = bench({ clings: true, jobs });
      expect(await print()).toMatchObject({ outcome: jobs === 'complete' ? 'printed' : 'not-printed' });
      expect(spooler.jobs.size).toBe(0);
    }
  });

  it.each(['start', 'write', 'end'] as const)('gives up a document of which the %s is refused', async (refuses) => {
    const { spooler, print, asked } = bench({ refuses });
    expect(await print()).toMatchObject({ outcome: 'not-printed', cause: { code: 'printer-error' } });
    expect(spooler.jobs.size).toBe(0);
    expect(spooler.printed).toEqual([]);
    if (refuses !== 'start') expect(asked).toContain('abort');
  });

  it('works where a job cannot be retained, and then cannot say that it was printed', async () => {
    const { spooler, print } = bench({ forgets: true });
    expect(await print()).toMatchObject({ outcome: 'unknown', cause: { code: 'printer-error' } });
    expect(spooler.printed).toEqual([PDF]);
  });

  it("leaves other people's jobs alone, also one that got the number of ours", async () => {
    const { spooler, printer, clock, print } = bench();
    const others = { document: 'annual report', pieces: [], status: 0, pagesPrinted: 0, retained: false, left: 2 };
    spooler.jobs.set(7, { id: 7, ...others });
    expect(await clock.run(printer.settleJob(7))).toMatchObject({ outcome: 'unknown', jobId: 7 });
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'online' });
    expect(await print()).toMatchObject({ outcome: 'printed' });
    expect(await clock.run(printer.purge())).toEqual({ ok: true, value: 0 });
    expect([...spooler.jobs.keys()]).toEqual([7]);
  });

  it('prints one copy on one side, and says so before anything is sent', async () => {
    const { print, spooler } = bench();
    for (const more of [{ copies: 2 }, { duplex: true }]) {
      expect(await print(more)).toMatchObject({ outcome: 'not-printed', cause: { code: 'not-supported' } });
    }
    expect(spooler.submitted).toEqual([]);
  });

  it.each<[Partial<SpoolerBehaviour>, object]>([
    [{}, { status: 'online', paper: 'unknown' }],
    [{ status: PRINTER_STATUS.paperOut }, { status: 'userError', fault: 'paper-out', paper: 'out' }],
    [{ status: PRINTER_STATUS.offline }, { status: 'hardwareError', fault: 'printer-error', detail: 'offline' }],
    [{ workOffline: true }, { status: 'hardwareError', fault: 'printer-error' }],
    [{ status: PRINTER_STATUS.tonerLow }, { status: 'online' }],
    [{ fails: 'no-printer' }, { status: 'offline', detail: 'not-connected: no-printer: as told' }],
    [{ fails: 'denied' }, { status: 'offline', detail: 'printer-error: denied: as told' }],
    [{ fails: 'away' }, { status: 'offline', detail: 'timeout: away: as told' }],
    [{ silent: true }, { status: 'offline' }],
  ])('shows a printer as it is: %o', async (set, state) => {
    const { clock, printer } = bench(set);
    expect(await clock.run(printer.probe())).toMatchObject(state);
  });

  it.each<[Partial<SpoolerBehaviour>]>([[{ workOffline: true }], [{ status: PRINTER_STATUS.offline }]])(
    'sends nothing to a printer that keeps jobs for later: %o',
    async (set) => {
      const { spooler, print } = bench(set);
      expect(await print()).toMatchObject({ outcome: 'not-printed', jobId: null });
      expect(spooler.submitted).toEqual([]);
    },
  );

  it('hears of changes', async () => {
    const { clock, printer, spooler } = bench();
    const seen: string[] = [];
    printer.events.subscribe(({ state }) => seen.push(state.paper));
    await clock.run(printer.readState());
    await clock.run(printer.readState());
    spooler.behaviour.status = PRINTER_STATUS.paperJam;
    await clock.run(printer.readState());
    expect(seen).toEqual(['jammed']);
  });

  it('is not led astray by answers that nobody asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), async (noise) => {
        const { clock, printer, transport, spooler } = bench();
        const printing = printer.printPdf({ pdf: PDF, deadlineMs: 20_000 });
        for (const bytes of noise) {
          await clock.advance(100);
          transport.deliver(bytes);
        }
        expect(await clock.run(printing)).toMatchObject({ outcome: 'printed' });
        expect(spooler.printed).toEqual([PDF]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('bits of the spooler', () => {
  const printer = { status: 0, attributes: 0, driver: '', port: '', jobs: 0 };
  it.each<[number, object]>([
    [0, { paper: 'unknown', toner: 'unknown', cover: 'unknown', queue: 'idle', reasons: [] }],
    [PRINTER_STATUS.paperJam | PRINTER_STATUS.error, { paper: 'jammed', reasons: ['error', 'paper-jam'] }],
    [PRINTER_STATUS.doorOpen, { cover: 'open' }],
    [PRINTER_STATUS.noToner, { toner: 'out' }],
    [PRINTER_STATUS.tonerLow, { toner: 'low' }],
    [PRINTER_STATUS.busy, { queue: 'printing' }],
    [PRINTER_STATUS.paused | PRINTER_STATUS.printing, { queue: 'stopped' }],
    [PRINTER_STATUS.notAvailable, { queue: 'stopped' }],
    [PRINTER_STATUS.pendingDeletion, { queue: 'refusing' }],
    [0x8000_0000, { queue: 'idle', reasons: [] }],
  ])('%i', (status, state) => {
    expect(spoolerState({ ...printer, status })).toMatchObject(state);
  });

  it('the job knows what the printer does not tell', () => {
    const job = { id: 1, document: '', pagesPrinted: 0, status: JOB_STATUS.paperOut };
    expect(spoolerState(printer, job)).toMatchObject({ paper: 'out', reasons: ['paper-out'] });
    expect(spoolerState({ ...printer, attributes: PRINTER_ATTRIBUTE.workOffline })).toMatchObject({ queue: 'stopped' });
  });
});
