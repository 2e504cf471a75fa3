import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import type { PagePrintResult } from '../model/page-printer.ts';
import { openTransport } from '../transport/open.ts';
import { systemClock } from '../transport/system-clock.ts';
import { ippPrinter } from './index.ts';
import { IPP } from './ipp-codec.ts';
import { PrintServerSimulator } from './simulator.ts';
import type { PrintServerBehaviour } from './simulator.ts';

const PDF = new TextEncoder().encode('%PDF-1.4\nsynthetic\n%%EOF\n');

function bench(set: Partial<PrintServerBehaviour> = {}) {
  const clock = new FakeClock();
  const server = new PrintServerSimulator();
  Object.assign(server.behaviour, set);
  const transport = new MemoryTransport({ kind: 'reports', address: 'ipp://localhost/printers/A4', baud: null });
  transport.onWrite = (bytes) => server.receive(bytes);
  server.output.subscribe(({ bytes }) => transport.deliver(bytes));
  const make = () => ippPrinter.create({ transport, clock, options: {} });
  const printer = make();
  const print = (more: Partial<Parameters<typeof printer.printPdf>[0]> = {}): Promise<PagePrintResult> =>
    clock.run(printer.printPdf({ pdf: PDF, deadlineMs: 20_000, ...more }));
  return { clock, server, transport, printer, print, make };
}

describe('A4 printing', () => {
  it('says printed when the server completed the job, and leaves nothing of it in the spool', async () => {
    const { server, print, clock } = bench();
    const ids: number[] = [];
    expect(await print({ copies: 2, duplex: true, onJob: (id) => ids.push(id) })).toEqual({
      outcome: 'printed',
      cause: null,
      jobId: 1,
    });
    expect(ids).toEqual([1]);
    expect(server.printed).toEqual([PDF]);
    expect(server.jobs.size).toBe(0);
    expect(server.submitted[0]?.attributes.get('copies')).toEqual([2]);
    expect(server.submitted[0]?.attributes.get('sides')).toEqual(['two-sided-long-edge']);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, Partial<PrintServerBehaviour>, string]>([
    ['no paper for another job', { reasons: ['media-empty-error'], busy: true }, 'paper-out'],
    ['a jam in another job', { reasons: ['media-jam-error', 'media-low-warning'], busy: true }, 'paper-jam'],
    ['an open cover', { reasons: ['cover-open'], busy: true }, 'cover-open'],
    ['no toner', { reasons: ['toner-empty-error'], stopped: true }, 'printer-error'],
    ['a stopped queue', { stopped: true }, 'printer-error'],
    ['a queue that refuses', { accepting: false }, 'printer-error'],
    ['a server that is silent', { silent: true }, 'bad-reply'],
  ])('sends nothing to a printer with %s', async (_name, set, code) => {
    const { server, print } = bench(set);
    expect(await print()).toMatchObject({ outcome: 'not-printed', cause: { code }, jobId: null });
    expect(server.submitted).toEqual([]);
  });

  it.each<[string, Partial<PrintServerBehaviour>, string, string]>([
    ['hangs while it prints', { jobs: 'hang' }, 'unknown', 'timeout'],
    ['is given up by the server', { jobs: 'abort' }, 'not-printed', 'printer-error'],
    ['is thrown away by somebody', { jobs: 'cancel' }, 'not-printed', 'printer-error'],
    ['stops the queue', { jobs: 'stop-printer' }, 'not-printed', 'printer-error'],
    ['waits for ever', { jobs: 'wait' }, 'not-printed', 'timeout'],
    ['is of a kind that the server does not take', { noPdf: true }, 'not-printed', 'not-supported'],
    ['is completed and forgotten at once', { noHistory: true }, 'unknown', 'printer-error'],
    ['cannot be taken back', { jobs: 'hang', deafToCancel: true }, 'unknown', 'timeout'],
  ])('tells the truth of a job that %s', async (_name, set, outcome, code) => {
    const { server, print, clock } = bench(set);
    expect(await print()).toMatchObject({ outcome, cause: { code } });
    expect(server.jobs.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('does not let a stopped queue print it later', async () => {
    const { server, print } = bench({ jobs: 'stop-printer' });
    await print();
    Object.assign(server.behaviour, { stopped: false, jobs: 'complete' });
    expect(server.jobs.size).toBe(0);
    expect(server.printed).toEqual([]);
  });

  it('is unknown, with the cause, when paper runs out in the middle', async () => {
    const { clock, server, printer } = bench({ jobs: 'hang' });
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 20_000 });
    await clock.advance(2_000);
    server.behaviour.reasons = ['media-empty-error'];
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-out' } });
    expect(server.jobs.size).toBe(0);
  });

  it('tries an idle printer of which trouble was known last, but not for long', async () => {
    const { clock, server, print } = bench({ reasons: ['media-empty-error'], jobs: 'hang' });
    const before = clock.monotonic();
    expect(await print({ deadlineMs: 600_000 })).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-out' } });
    expect(clock.monotonic() - before).toBeLessThan(35_000);
    expect(server.jobs.size).toBe(0);
  });

  it('goes on when paper is filled in again', async () => {
    const { clock, server, printer } = bench({ jobs: 'hang' });
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 60_000 });
    await clock.advance(2_000);
    server.behaviour.reasons = ['media-empty-error'];
    await clock.advance(10_000);
    Object.assign(server.behaviour, { reasons: ['none'], jobs: 'complete' });
    expect(await clock.run(printing)).toMatchObject({ outcome: 'printed' });
  });

  it('is not sure of a completed job when the printer is in trouble right after', async () => {
    const { clock, server, printer } = bench();
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 20_000 });
    while (server.printed.length === 0) await clock.advance(100);
    server.behaviour.reasons = ['media-jam-error'];
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-jam' } });
  });

  it.each([
    [IPP.createJob, 'not-printed'],
    [IPP.sendDocument, 'printed'],
    [IPP.getJobAttributes, 'unknown'],
  ])('submits once though the answer to %i is lost', async (operation, outcome) => {
    const { server, print } = bench({ losesAnswerTo: operation });
    expect(await print()).toMatchObject({ outcome });
    expect(server.submitted).toHaveLength(1);
    expect(server.printed.length).toBeLessThanOrEqual(1);
    server.behaviour.losesAnswerTo = null;
  });

  it('asks on by number while the server is away, and does not send again', async () => {
    const { clock, server, transport, printer } = bench();
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 60_000 });
    await clock.advance(200);
    transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    await clock.advance(20_000);
    expect(server.printed).toEqual([]);
    transport.writeError = null;
    expect(await clock.run(printing)).toMatchObject({ outcome: 'printed', jobId: 1 });
    expect(server.submitted).toHaveLength(1);
  });

  it('is unknown when the server never comes back, and forgets the job when it does', async () => {
    const { clock, server, transport, printer } = bench({ jobs: 'hang' });
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 10_000 });
    await clock.advance(3_000);
    transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', jobId: 1 });
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'offline' });
    transport.writeError = null;
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'online' });
    expect(server.jobs.size).toBe(0);
  });

  it('is cancelled: taken back, unknown once it was begun', async () => {
    const { clock, server, printer } = bench({ jobs: 'hang' });
    const stop = new AbortController();
    const printing = printer.printPdf({ pdf: PDF, deadlineMs: 60_000, signal: stop.signal });
    await clock.advance(2_000);
    stop.abort();
    expect(await clock.run(printing)).toMatchObject({ outcome: 'unknown', cause: { code: 'cancelled' } });
    expect(server.jobs.size).toBe(0);
  });

  it('settles and forgets at its start what an earlier run left, never printing it', async () => {
    const first = bench({ jobs: 'hang' });
    void first.printer.printPdf({ pdf: PDF, deadlineMs: 60_000 });
    await first.clock.advance(3_000);
    first.printer.dispose();
    const second = first.make();
    expect(await first.clock.run(second.probe())).toMatchObject({ status: 'online' });
    expect(first.server.jobs.size).toBe(0);
    expect(first.server.printed).toEqual([]);
    expect(await first.clock.run(second.settleJob(1))).toMatchObject({ outcome: 'unknown', jobId: 1 });
    expect(await first.clock.run(second.settleJob(99))).toMatchObject({ outcome: 'unknown' });
  });

  it('tells paper, toner, cover and queue', async () => {
    const { clock, printer, server } = bench({ reasons: ['media-low-warning', 'toner-low-report'] });
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'online', paper: 'low' });
    expect(await clock.run(printer.readState())).toMatchObject({
      value: { paper: 'low', toner: 'low', cover: 'closed', queue: 'idle' },
    });
    server.behaviour.reasons = ['media-empty-error'];
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'userError', paper: 'out', fault: 'paper-out' });
  });

  it('refuses what is no PDF, and strange figures', async () => {
    const { print, server } = bench();
    for (const more of [{ pdf: new Uint8Array(9) }, { deadlineMs: 1 }, { copies: 0 }, { copies: 1.5 }]) {
      expect(await print(more)).toMatchObject({ outcome: 'not-printed', cause: { code: 'bad-request' } });
    }
    expect(server.submitted).toEqual([]);
  });

  it('works over HTTP, and notices a server that breaks off', async () => {
    const server = new PrintServerSimulator();
    let breakOff = false;
    const http = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        if (breakOff) return void request.socket.destroy();
        const stop = server.output.subscribe(({ bytes }) => {
          response.writeHead(200, { 'content-type': 'application/ipp' }).end(bytes);
        });
        server.receive(new Uint8Array(Buffer.concat(pieces)));
        stop();
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const opened = await openTransport(`ipp://127.0.0.1:${port}/printers/A4`);
    expect(opened.ok).toBe(true);
    if (!opened.ok) return;
    const printer = ippPrinter.create({ transport: opened.value, clock: systemClock, options: {} });
    expect(await printer.probe()).toMatchObject({ status: 'online' });
    expect(await printer.printPdf({ pdf: PDF, deadlineMs: 20_000 })).toMatchObject({ outcome: 'printed' });
    breakOff = true;
    expect(await printer.probe()).toMatchObject({ status: 'offline' });
    printer.dispose();
    await opened.value.close();
    await new Promise((resolve) => http.close(resolve));
    expect(await openTransport(`ipp://127.0.0.1:${port}/printers/A4`)).toMatchObject({
      error: { code: 'unreachable' },
    });
  });
});
