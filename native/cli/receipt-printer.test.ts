import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { runCli } from '../cli.ts';
import type { SimulatedReceipt } from '../receipt-printer/simulator.ts';
import { ReceiptPrinterSimulator, receiptText, TOFU } from '../receipt-printer/simulator.ts';

const PORT = '--port serial:///dev/test?baud=115200';
const folder = mkdtempSync(join(tmpdir(), 'h24-receipt-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bench(simulator = new ReceiptPrinterSimulator({ glyphs: 'gbk' })) {
  const clock = new FakeClock();
  const line = new MemoryLine(simulator, clock);
  const out: string[] = [];
  const err: string[] = [];
  const pieces: SimulatedReceipt[] = [];
  simulator.receipts.subscribe((piece) => pieces.push(piece));
  const ports = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    clock,
    random: seededRandom(1),
    open: line.opener,
    stop: new AbortController().signal,
  };
  const json = (): unknown => JSON.parse(out.at(-1) ?? 'null');
  const run = (command: string): Promise<number> => clock.run(runCli(command.split(' '), ports));
  return { simulator, out, err, pieces, run, json, ports };
}

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('npm run device -- receipt-printer', () => {
  it('draws on the test page what the printer lacks', async () => {
    const { run, pieces } = bench();
    expect(await run(`receipt-printer print-test ${PORT}`)).toBe(0);
    const [page] = pieces;
    expect(receiptText(page!).join('')).not.toContain(TOFU);
    expect(page!.elements.some(({ kind }) => kind === 'barcode')).toBe(true);
    expect(page!.elements.some((element) => element.kind === 'raster' && element.scaleX === 1)).toBe(true);
  });

  it('prints a receipt from a file', async () => {
    const { run, pieces, json } = bench();
    const path = file('one.json', '{"language": "en", "lines": [{"kind": "text", "text": "hello"}]}');
    expect(await run(`receipt-printer print --file ${path} ${PORT} --json`)).toBe(0);
    expect(json()).toEqual({ ok: true, result: 'printed' });
    expect(receiptText(pieces[0]!)).toEqual(['hello']);
  });

  it.each([
    ['not JSON', '{'],
    ['no lines', '{"language": "en"}'],
    ['line 1 has no kind', '{"language": "en", "lines": [{"kind": "poem"}]}'],
    ['line 2 (pair) needs value', '{"language": "en", "lines": [{"kind": "rule"}, {"kind": "pair", "key": "x"}]}'],
    ['size is one of', '{"language": "en", "lines": [{"kind": "text", "text": "x", "size": "huge"}]}'],
    ['(rule) has no colour', '{"language": "en", "lines": [{"kind": "rule", "colour": "red"}]}'],
  ])('says what is wrong with a file: %s', async (what, content) => {
    const { run, err, pieces } = bench();
    expect(await run(`receipt-printer print --file ${file('bad.json', content)} ${PORT}`)).toBe(2);
    if (content !== '{' && !what.startsWith('no ')) expect(err.join()).toContain(what);
    expect(pieces).toEqual([]);
  });

  it.each(['80', '58'])('draws a preview for %s mm without a printer', async (width) => {
    const { ports, json } = bench();
    const path = join(folder, `${width}.png`);
    const command = `receipt-printer preview --out ${path} --width ${width} --json`;
    expect(await runCli(command.split(' '), ports)).toBe(0);
    const { width: dots, height } = PNG.sync.read(readFileSync(path));
    expect(json()).toEqual({ ok: true, file: path, width: dots, height });
    expect(dots).toBe(Number(width) * 8);
  });

  it('refuses a width that no paper has, and a preview to nowhere', async () => {
    const { run } = bench();
    expect(await run('receipt-printer preview --out x.png --width 100')).toBe(2);
    expect(await run('receipt-printer preview')).toBe(2);
  });

  it('cuts off what hangs in the printer', async () => {
    const { run, json, simulator, pieces } = bench();
    simulator.receive(new TextEncoder().encode('half\n'));
    expect(await run(`receipt-printer cut ${PORT} --json`)).toBe(0);
    expect(json()).toEqual({ ok: true, result: 'printed' });
    expect(pieces.map((piece) => receiptText(piece))).toEqual([['half']]);
  });

  it('recovers from a cutter error, or says that it is still there', async () => {
    const { run, json, simulator, pieces } = bench();
    simulator.failCutter('once');
    expect(await run(`receipt-printer print ${PORT} --json`)).toBe(1);
    expect(json()).toMatchObject({ ok: false, result: 'not-printed', error: 'cutter-error' });
    expect(await run(`receipt-printer recover ${PORT} --json`)).toBe(0);
    expect(json()).toEqual({ ok: true, paper: 'full', cover: 'closed', cutter: 'ok' });
    expect(pieces).toEqual([]);
    simulator.failCutter('stuck');
    await run(`receipt-printer print ${PORT} --json`);
    expect(await run(`receipt-printer recover ${PORT} --json`)).toBe(1);
    expect(json()).toMatchObject({ ok: false, error: 'cutter-error' });
  });
});
