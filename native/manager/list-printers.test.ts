import { describe, expect, it } from 'vitest';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { cupsQueues } from '../page-printer/cups-queues.ts';
import { PrintServerSimulator } from '../page-printer/simulator.ts';
import type { PrintServerBehaviour } from '../page-printer/simulator.ts';
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

  it('are none where the server has none, and unknown where there is no server', async () => {
    expect(await listPrinters([], sources({ queues: [] }))).toEqual({ ok: true, value: [] });
    const away = sources();
    away.transport.writeError = { code: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await listPrinters([], away)).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    expect(await listPrinters([], sources({ silent: true }))).toMatchObject({ ok: false, error: { code: 'io' } });
  });
});
