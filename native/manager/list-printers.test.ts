import { describe, expect, it } from 'vitest';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { cupsQueues } from '../page-printer/cups-queues.ts';
import { PrintServerSimulator } from '../page-printer/simulator.ts';
import type { PrintServerBehaviour } from '../page-printer/simulator.ts';
import { PRINTER_STATUS } from '../model/spooler.ts';
import { ok } from '../model/result.ts';
import { parseAddress } from '../transport/address.ts';
import { openTransport } from '../transport/open.ts';
import { listWinspoolPrinters } from '../transport/winspool.ts';
import { listPrinters } from './list-printers.ts';

function sources(set: Partial<PrintServerBehaviour> = {}) {
  const server = new PrintServerSimulator();
  Object.assign(server.behaviour, set);
  const transport = new MemoryTransport({ kind: 'reports', address: 'ipp://localhost/', baud: null });
  transport.onWrite = (bytes) => server.receive(bytes);
  server.output.subscribe(({ bytes }) => transport.deliver(bytes));
  return { transport, cups: () => cupsQueues(transport) };
}

describe('the printers of this machine', () => {
  it('are the queues of its print server, the default one first', async () => {
    const listed = await listPrinters(
      [],
      sources({ queues: ['Office', 'A4', 'Annex'], reasons: ['media-empty-error'] }),
    );
    expect(listed).toMatchObject({
      ok: true,
      value: [
        {
          kind: 'printer',
          name: 'Office',
          info: 'Printer Office',
          model: 'Simulated',
          address: 'ipp://localhost/printers/Office',
          driver: 'ipp',
          isDefault: true,
          trouble: 'media-empty-error',
          usedBy: null,
        },
        { name: 'A4', isDefault: false },
        { name: 'Annex' },
      ],
    });
  });

  it('tell which one is in use', async () => {
    const settings = [
      { deviceClass: 'page-printer', driver: 'ipp', address: 'ipp://localhost:631/printers/A4' },
    ] as const;
    const listed = await listPrinters(
      settings.map((one) => ({ ...one, options: {} })),
      sources({ queues: ['A4', 'B'] }),
    );
    expect(listed.ok && listed.value.map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['A4', 'page-printer'],
      ['B', null],
    ]);
  });

  it('are those of the spooler on Windows, by names that may hold anything', async () => {
    const told = { comment: 'by the door', location: '2F', driver: 'Acme PDF', attributes: 0 };
    const windows = async () =>
      ok([
        { ...told, name: '办公室 100%', isDefault: false, status: PRINTER_STATUS.paperOut },
        { ...told, name: String.raw`\\server\A4 left`, isDefault: true, status: 0 },
      ]);
    const listed = await listPrinters([], { windows });
    expect(listed.ok && listed.value).toMatchObject([
      { driver: 'windows-spooler', isDefault: true, model: 'Acme PDF', info: 'by the door', trouble: '' },
      { name: '办公室 100%', trouble: 'paper-out', location: '2F' },
    ]);
    for (const { name, address } of listed.ok ? listed.value : []) {
      expect(parseAddress(address)).toEqual({ ok: true, value: { scheme: 'winspool', printer: name } });
    }
  });

  it.runIf(process.platform !== 'win32')('the spooler is unsupported elsewhere', async () => {
    expect(await listWinspoolPrinters()).toMatchObject({ ok: false, error: { code: 'unsupported' } });
    expect(await openTransport('winspool://A4')).toMatchObject({ ok: false, error: { code: 'unsupported' } });
    expect(parseAddress('winspool://')).toMatchObject({ ok: false, error: { code: 'bad-path' } });
  });

  it('are none where the server has none, and unknown where there is no server', async () => {
    expect(await listPrinters([], sources({ queues: [] }))).toEqual({ ok: true, value: [] });
    const away = sources();
    away.transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await listPrinters([], away)).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    expect(await listPrinters([], sources({ silent: true }))).toMatchObject({ ok: false, error: { code: 'io' } });
  });
});
