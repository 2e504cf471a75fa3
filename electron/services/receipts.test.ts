import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { PrintHow, PrintResult } from '../../native/model/receipt-printer.ts';
import type { Ports } from './kiosk.ts';
import { previewOf, Receipts } from './receipts.ts';
import { Visits } from './visits.ts';

/** Just the ports that a test page touches. */
function portsWith(results: PrintResult[]): { readonly ports: Ports; readonly asked: (PrintHow | undefined)[] } {
  const asked: (PrintHow | undefined)[] = [];
  const place = { 'zh-CN': '测试厅', en: 'Test hall' };
  const parts: Partial<Ports> = {
    clock: new FakeClock(),
    translate: (_language, key) => key,
    kiosk: () => ({
      code: 'CH03',
      number: '03',
      hallName: place,
      roomName: place,
      hotline: '12345',
      dutyPhone: '5550124',
      lookupUrl: 'https://hall.example/{tracking}',
      timeZone: 'Asia/Shanghai',
    }),
    sync: { link: () => ({ state: 'down', since: 0 }), clockOffset: () => 0 } as Ports['sync'],
    devices: {
      reports: () => [],
      print: (_document, how) => {
        asked.push(how);
        return Promise.resolve(results.shift() ?? { outcome: 'printed', cause: null });
      },
    } as Partial<Ports['devices']> as Ports['devices'],
  };
  return { ports: parts as Ports, asked };
}

describe('the first print of a process', () => {
  it('warns of half a receipt until something came out: the process before may have died in the middle of one', async () => {
    const cause = { code: 'paper-out', detail: 'paper end' } as const;
    const { ports, asked } = portsWith([{ outcome: 'not-printed', cause }]);
    const receipts = new Receipts(ports, new Visits(ports));
    for (let print = 0; print < 4; print += 1) await receipts.printTest('en');
    expect(asked.map((how) => how?.leftovers)).toEqual([true, true, false, false]);
    const restarted = portsWith([]);
    await new Receipts(restarted.ports, new Visits(restarted.ports)).printTest('en');
    expect(restarted.asked).toEqual([{ leftovers: true }]);
  });
});

describe('the picture of a receipt on the screen', () => {
  it('shows the text of bars, and nothing for a picture', () => {
    const rows = previewOf({
      language: 'en',
      lines: [
        { kind: 'barcode', data: 'A1' },
        { kind: 'picture', width: 8, height: 1, bits: '/w==' },
      ],
    });
    expect(rows).toEqual([
      { kind: 'number', text: 'A1' },
      { kind: 'feed', text: '' },
    ]);
  });
});
