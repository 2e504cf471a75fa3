import type { ReceiptDocument } from '../model/receipt-document.ts';
import { EXIT, errorFields, failed, neverSent, showStatus } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';

export const RECEIPT_PRINTER: readonly DeviceCommand[] = [
  {
    word: 'status',
    summary: 'says how the printer is: paper, cover, cutter',
    more: 'JSON: {"ok", "status", "paper": "full"|"low"|"out"|"jammed"|"unknown", "cover", "cutter"}',
    prepare: () => printerStatus,
  },
  {
    word: 'print',
    aliases: ['print-test'],
    summary: 'prints a test receipt and says what came of it',
    more: 'JSON: {"ok", "result": "printed"|"not-printed"|"unknown"}. Unknown: look at the paper.',
    prepare: () => printTest,
  },
];

async function printerStatus(session: Session): Promise<number> {
  const { manager, health, ports } = session;
  const asked = await manager.receiptPrinter.run((driver, signal) => driver.readState(signal), { signal: ports.stop });
  const state = asked.ok ? asked.value : { paper: health().paper ?? 'unknown', cover: 'unknown', cutter: 'unknown' };
  return showStatus(health(), state, session);
}

async function printTest(session: Session): Promise<number> {
  const { manager, options, ports } = session;
  const printed = await manager.receiptPrinter.call((driver, signal) => driver.print(TEST_RECEIPT, signal), {
    signal: ports.stop,
  });
  if (!printed.ok) return failed(printed.error, session, neverSent(printed.error) ? 'not-printed' : 'unknown');
  const { outcome, cause } = printed.value;
  const cut = cause ? ` (${cause.code}: ${cause.detail})` : '';
  const told = { ok: outcome === 'printed', result: outcome, ...(cause ? errorFields(cause) : {}) };
  ports.out(options.json ? JSON.stringify(told) : `${outcome}${cut}`);
  return outcome === 'printed' ? EXIT.done : EXIT.failed;
}

/** Everything that a receipt can hold, with characters that printers get wrong. */
export const TEST_RECEIPT: ReceiptDocument = {
  language: 'zh-CN',
  lines: [
    { kind: 'text', text: '打印测试', align: 'center', bold: true, size: 'double' },
    { kind: 'text', text: 'Printer test', align: 'center' },
    { kind: 'rule' },
    { kind: 'state', title: '测试页', detail: 'This page belongs to no case' },
    { kind: 'pair', key: '常用字', value: '天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。' },
    { kind: 'pair', key: '生僻字', value: '㛃 䶮 龘 𠮷 𬭚' },
    { kind: 'pair', key: 'Latin', value: 'The quick brown fox jumps over the lazy dog 0123456789' },
    { kind: 'step', done: true, text: '打印', note: 'done' },
    { kind: 'step', done: false, text: '切纸', note: '见下' },
    { kind: 'number', text: 'TEST-0000-0000' },
    { kind: 'qr', data: 'HALL24 TEST 0000' },
    { kind: 'feed', lines: 2 },
  ],
};
