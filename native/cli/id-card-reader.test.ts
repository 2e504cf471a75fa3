import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { runCli } from '../cli.ts';
import { SdtReaderSimulator } from '../id-card-reader/simulator.ts';
import { TEST_CARD } from '../id-card-reader/test-card.ts';
import type { TransportOpener } from '../model/transport.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: SdtReaderSimulator;
  readonly line: MemoryLine;
  readonly out: string[];
  readonly err: string[];
  readonly stop: AbortController;
  start(command: string): Promise<number>;
  run(command: string): Promise<number>;
}

/** The tool at a port on which a reader understands its own speed only. */
function bench(): Bench {
  const clock = new FakeClock();
  const simulator = new SdtReaderSimulator();
  const line = new MemoryLine(simulator, clock);
  const out: string[] = [];
  const err: string[] = [];
  const stop = new AbortController();
  const open: TransportOpener = (address) => {
    simulator.hostBaud = Number(/baud=(\d+)/u.exec(address)?.[1]);
    return line.opener(address);
  };
  const start = (command: string): Promise<number> =>
    runCli(command.split(' '), {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      clock,
      random: seededRandom(1),
      open,
      stop: stop.signal,
    });
  return { clock, simulator, line, out, err, stop, start, run: (command) => clock.run(start(command)) };
}

function last({ out }: Bench): unknown {
  return JSON.parse(out.at(-1) ?? '');
}

const PORT = '--port serial:///dev/test?baud=115200';
const SAM_ID = '05.01-20200101-0001234567-0987654321';

describe('npm run device -- id-card-reader', () => {
  it('reads a card with its blocks, and hands the blocks out only when asked', async () => {
    const on = bench();
    on.simulator.layCard(TEST_CARD, 2);
    expect(await on.run(`id-card-reader read-whole ${PORT} --json`)).toBe(0);
    const short = last(on);
    expect(short).toMatchObject({ ok: true, card: { number: TEST_CARD.number }, photoBytes: 1_024, fingerprints: 2 });
    expect(short).not.toHaveProperty('photo');
    expect(short).not.toHaveProperty('fingerprintData');
    expect(await on.run(`id-card-reader read-whole ${PORT} --json --full`)).toBe(0);
    const full = last(on) as { readonly photo: string; readonly fingerprintData: readonly string[] };
    expect(Buffer.from(full.photo, 'base64').length).toBe(1_024);
    expect(full.fingerprintData.map((data) => Buffer.from(data, 'base64').length)).toEqual([512, 512]);
    on.out.length = 0;
    expect(await on.run(`id-card-reader read-whole ${PORT}`)).toBe(0);
    expect(on.out.join('\n')).not.toContain(TEST_CARD.number);
    expect(on.out.join('\n')).toMatch(/photoBytes\s+1024/u);
  });

  it('says that an old reader knows no fingerprints', async () => {
    const on = bench();
    on.simulator.behaviour.noFingerprintCommand = true;
    on.simulator.layCard(TEST_CARD, 2);
    expect(await on.run(`id-card-reader read-whole ${PORT} --json`)).toBe(0);
    expect(last(on)).toMatchObject({ ok: true, photoBytes: 1_024, fingerprints: null });
  });

  it('tells cards as they come and go, also after the cable was pulled', async () => {
    const on = bench();
    const watching = on.start(`id-card-reader watch ${PORT} --json`);
    await on.clock.advance(2_000);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(2_000);
    on.simulator.removeCard();
    await on.clock.advance(2_000);
    on.line.unplug();
    await on.clock.advance(2_000);
    on.line.plug();
    await on.clock.advance(10_000);
    on.simulator.layCard(TEST_CARD);
    await on.clock.advance(3_000);
    on.stop.abort();
    expect(await on.clock.run(watching)).toBe(0);
    const events = on.out.map((text) => (JSON.parse(text) as { readonly event?: string }).event);
    expect(events.filter((event) => event?.startsWith('card'))).toEqual(['card-laid', 'card-removed', 'card-laid']);
    expect(on.out.join('\n')).not.toContain(TEST_CARD.number);
    expect(on.clock.pending).toBe(0);
  });

  it('sets the speed, finds it again and says which address is right now', async () => {
    const on = bench();
    expect(await on.run(`id-card-reader set-baud --to 9600 ${PORT} --json`)).toBe(0);
    const there = { ok: true, baud: 9_600, address: 'serial:///dev/test?baud=9600', samId: SAM_ID };
    expect(last(on)).toEqual(there);
    expect(on.simulator.baud).toBe(9_600);
    expect(await on.run(`id-card-reader status ${PORT} --json`)).toBe(3);
    expect(await on.run(`id-card-reader find-baud ${PORT} --json`)).toBe(0);
    expect(last(on)).toEqual(there);
    expect(await on.run(`id-card-reader status --port ${there.address} --json`)).toBe(0);
    expect(on.line.current?.closed).toBe(true);
  });

  it('says that no speed was found', async () => {
    const on = bench();
    on.simulator.behaviour.silent = true;
    expect(await on.run(`id-card-reader find-baud ${PORT} --json`)).toBe(1);
    expect(last(on)).toMatchObject({ ok: false, error: 'timeout' });
    expect(await on.run(`id-card-reader set-baud --to 9600 ${PORT}`)).toBe(1);
    expect(on.err.join('\n')).toContain('nothing was changed');
  });

  it.each([
    'id-card-reader set-baud --port serial:///dev/test?baud=115200',
    'id-card-reader set-baud --to 4800 --port serial:///dev/test?baud=115200',
    'id-card-reader set-baud --to 9600 --port tcp://h:1',
    'id-card-reader find-baud --port hid://10c4:0007',
    'id-card-reader read --to 9600 --port tcp://h:1',
  ])('does not understand: %s', async (command) => {
    const on = bench();
    expect(await on.run(command)).toBe(2);
    expect(on.line.opened).toBe(0);
  });
});
