import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../test/support/fake-clock.ts';
import { MemoryLine } from '../test/support/memory-transport.ts';
import { runCli } from './cli.ts';
import { ScannerSimulator } from './code-scanner/simulator.ts';
import { SdtReaderSimulator } from './id-card-reader/simulator.ts';
import { TEST_CARD, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023, TEST_PERMIT } from './id-card-reader/test-card.ts';
import type { DeviceSimulator } from './model/simulator.ts';
import { Cu48Simulator } from './pickup-locker/simulator-cu48.ts';
import { ReceiptPrinterSimulator } from './receipt-printer/simulator.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly line: MemoryLine;
  readonly out: string[];
  readonly err: string[];
  readonly stop: AbortController;
  run(command: string): Promise<number>;
}

function bench(simulator: DeviceSimulator, clock = new FakeClock()): Bench {
  const line = new MemoryLine(simulator, clock);
  const out: string[] = [];
  const err: string[] = [];
  const stop = new AbortController();
  return {
    clock,
    line,
    out,
    err,
    stop,
    run: (command) =>
      clock.run(
        runCli(command.split(' '), {
          out: (text) => out.push(text),
          err: (text) => err.push(text),
          clock,
          random: seededRandom(1),
          open: line.opener,
          stop: stop.signal,
        }),
      ),
  };
}

const PORT = '--port serial:///dev/test?baud=9600';

describe('npm run device', () => {
  it('shows the state of a device, as text and as JSON', async () => {
    const { run, out, line } = bench(new SdtReaderSimulator());
    expect(await run(`id-card-reader status ${PORT}`)).toBe(0);
    expect(out[0]).toContain('online');
    expect(out[0]).toContain('05.01-20200101-0001234567-0987654321');
    expect(await run(`id-card-reader status ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out[1] ?? '')).toEqual({
      ok: true,
      status: 'online',
      detail: '',
      identity: '05.01-20200101-0001234567-0987654321',
    });
    expect(line.current?.closed).toBe(true);
  });

  it('reads a card and masks it unless all is asked for', async () => {
    const simulator = new SdtReaderSimulator();
    simulator.layCard(TEST_CARD);
    const { run, out } = bench(simulator);
    expect(await run(`id-card-reader read ${PORT}`)).toBe(0);
    expect(out.join('\n')).not.toContain(TEST_CARD.number);
    expect(out.join('\n')).not.toContain(TEST_CARD.name);
    expect(out.join('\n')).toContain('990***********0028');
    expect(await run(`id-card-reader read ${PORT} --full`)).toBe(0);
    expect(out.join('\n')).toContain(TEST_CARD.number);
    expect(await run(`id-card-reader read ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({
      ok: true,
      card: { type: 'resident', number: TEST_CARD.number, name: TEST_CARD.name, birthDate: TEST_CARD.birthDate },
    });
    expect(await run(`id-card-reader sam-id ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toEqual({ ok: true, samId: '05.01-20200101-0001234567-0987654321' });
  });

  it.each([TEST_PERMIT, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023])('reads a card of kind $type', async (card) => {
    const simulator = new SdtReaderSimulator();
    simulator.layCard(card);
    const { run, out } = bench(simulator);
    expect(await run(`id-card-reader read ${PORT}`)).toBe(0);
    const { name, number, birthDate, englishName, permitNumber } = card;
    for (const text of [name, number, birthDate, englishName, permitNumber]) {
      if (text !== undefined) expect(out.join('\n')).not.toContain(text);
    }
    expect(await run(`id-card-reader read ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toEqual({ ok: true, card: { nation: '', ...card } });
  });

  it('reads the address that was appended last', async () => {
    const simulator = new SdtReaderSimulator();
    simulator.layCard(TEST_CARD);
    const { run, out, err } = bench(simulator);
    expect(await run(`id-card-reader new-address ${PORT}`)).toBe(0);
    expect(out.at(-1)).toBe('no address was appended');
    expect(await run(`id-card-reader new-address ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toEqual({ ok: true, card: { newAddress: null } });
    simulator.appendAddress('测试省新址路2号');
    expect(await run(`id-card-reader new-address ${PORT}`)).toBe(0);
    expect(out.at(-1)).toBe('测试省*****');
    expect(await run(`id-card-reader new-address ${PORT} --full`)).toBe(0);
    expect(out.at(-1)).toBe('测试省新址路2号');
    expect(await run(`id-card-reader new-address ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toEqual({ ok: true, card: { newAddress: '测试省新址路2号' } });
    simulator.removeCard();
    expect(await run(`id-card-reader new-address ${PORT} --wait 2`)).toBe(1);
    expect(err.at(-1)).toMatch(/^no-card/u);
  });

  it('says why no card was read', async () => {
    const { run, err, out } = bench(new SdtReaderSimulator());
    expect(await run(`id-card-reader read ${PORT} --wait 2`)).toBe(1);
    expect(err.at(-1)).toMatch(/^no-card/u);
    expect(await run(`id-card-reader read ${PORT} --wait 2 --json`)).toBe(1);
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ ok: false, error: 'no-card' });
  });

  it('says not-connected with its own exit code', async () => {
    const { run, line, out, err } = bench(new SdtReaderSimulator());
    line.unplug();
    expect(await run(`id-card-reader status ${PORT}`)).toBe(3);
    expect(out[0]).toContain('not-found');
    expect(await run(`id-card-reader read ${PORT}`)).toBe(3);
    expect(err.at(-1)).toMatch(/^not-connected/u);
  });

  it('opens exactly one door', async () => {
    const clock = new FakeClock();
    const simulator = new Cu48Simulator({ clock, boards: [0] });
    const { run, out } = bench(simulator, clock);
    const port = '--port serial:///dev/test?baud=19200 --driver kerong-cu48';
    expect(await run(`pickup-locker open --cell 3 ${port} --json`)).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toEqual({ ok: true, result: 'opened', cell: { board: 0, lock: 3 } });
    expect(simulator.doors.get({ board: 0, lock: 3 })?.pulses).toBe(1);
    expect(await run(`pickup-locker open --cell 3 ${port} --json`)).toBe(0);
    expect(JSON.parse(out[1] ?? '')).toMatchObject({
      ok: true,
      result: 'opened',
      message: expect.stringContaining('no pulse') as string,
    });
    expect(await run(`pickup-locker status ${port} --json`)).toBe(0);
    expect(JSON.parse(out[2] ?? '')).toMatchObject({ ok: true, doors: { '1': 'closed', '3': 'open', '48': 'closed' } });
    expect(await run(`pickup-locker status --board 4 ${port} --json`)).toBe(1);
    expect(JSON.parse(out[3] ?? '')).toMatchObject({ ok: false, error: 'timeout' });
    simulator.dispose();
  });

  it('prints a test receipt', async () => {
    const simulator = new ReceiptPrinterSimulator();
    const receipts: unknown[] = [];
    simulator.receipts.subscribe((receipt) => receipts.push(receipt));
    const { run, out, line } = bench(simulator);
    expect(await run(`receipt-printer print-test ${PORT}`)).toBe(0);
    expect(out).toEqual(['printed']);
    expect(receipts).toHaveLength(1);
    expect(await run(`receipt-printer print ${PORT} --json`)).toBe(0);
    expect(JSON.parse(out[1] ?? '')).toEqual({ ok: true, result: 'printed' });
    simulator.openCover();
    expect(await run(`receipt-printer status ${PORT} --json`)).toBe(1);
    expect(JSON.parse(out[2] ?? '')).toMatchObject({
      ok: true,
      status: 'userError',
      paper: 'full',
      cover: 'open',
      cutter: 'ok',
    });
    expect(await run(`receipt-printer print ${PORT} --json`)).toBe(1);
    expect(JSON.parse(out[3] ?? '')).toEqual({
      ok: false,
      result: 'not-printed',
      error: 'cover-open',
      message: 'cover open',
    });
    line.unplug();
    expect(await run(`receipt-printer print ${PORT} --json`)).toBe(3);
    expect(JSON.parse(out[4] ?? '')).toMatchObject({ ok: false, result: 'not-printed', error: 'not-connected' });
  });

  it('watches until it is stopped', async () => {
    const simulator = new ScannerSimulator();
    const { run, out, stop, clock } = bench(simulator);
    const watching = run(`code-scanner watch ${PORT}`);
    await clock.settle();
    simulator.scan('HALL24-1');
    stop.abort();
    expect(await watching).toBe(0);
    expect(out).toContain('{"event":"code","text":"HALL24-1"}');
  });

  it.each([
    '--bogus',
    'teapot',
    'id-card-reader fly --port tcp://h:1',
    'id-card-reader status',
    'id-card-reader status --port nowhere',
    'id-card-reader status --port serial:///dev/x?baud=300',
    'id-card-reader status extra --port tcp://h:1',
    'pickup-locker status --port tcp://h:1',
    'pickup-locker open --port tcp://h:1 --driver bcc-8a',
    'pickup-locker open --cell 0 --port tcp://h:1 --driver bcc-8a',
    'code-scanner status --port tcp://h:1 --option tail',
    'code-scanner status --port tcp://h:1 --option tail=bell',
    'id-card-reader read --port tcp://h:1 --wait soon',
  ])('refuses "%s" as wrong use without opening anything', async (command) => {
    const { run, err, line, out } = bench(new SdtReaderSimulator());
    expect(await run(command)).toBe(2);
    expect(err[0]).toContain('--help');
    expect(line.opened).toBe(0);
    expect(await run(`${command} --json`)).toBe(2);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ ok: false, error: 'bad-request' });
  });

  it('helps, and lists its drivers', async () => {
    const { run, out } = bench(new SdtReaderSimulator());
    expect(await run('--help')).toBe(0);
    expect(out[0]).toContain('exit code');
    expect(await run('drivers --json')).toBe(0);
    expect(out.slice(1).map((line) => (JSON.parse(line) as { id: string }).id)).toContain('sdt');
  });
});
