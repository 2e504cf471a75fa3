import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { changeReaderBaud, findReaderBaud } from './reader-baud.ts';
import type { BaudPorts } from './reader-baud.ts';
import { SdtReader } from './sdt-driver.ts';
import { SDT_BAUDS } from './sdt-frame.ts';
import { SdtReaderSimulator } from './simulator.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: SdtReaderSimulator;
  readonly line: MemoryLine;
  readonly tried: number[];
  readonly ports: BaudPorts;
}

/** A port that a reader speaks at one speed of, and that garbles all others. */
function bench(): Bench {
  const clock = new FakeClock();
  const simulator = new SdtReaderSimulator();
  const line = new MemoryLine(simulator, clock);
  const tried: number[] = [];
  const open: BaudPorts['open'] = async (baud) => {
    simulator.hostBaud = baud;
    return line.opener(`serial:///dev/memory?baud=${baud}`);
  };
  return { clock, simulator, line, tried, ports: { open, clock, onTry: (baud) => tried.push(baud) } };
}

async function set(on: Bench, baud: number): Promise<void> {
  expect(await on.clock.run(changeReaderBaud(on.ports, { from: 115_200, to: baud }))).toMatchObject({ ok: true });
  on.tried.length = 0;
}

describe('speed of a reader', () => {
  it.each(SDT_BAUDS)('is changed to %i and heard there', async (to) => {
    const on = bench();
    const changed = await on.clock.run(changeReaderBaud(on.ports, { from: 115_200, to }));
    expect(changed).toEqual({ ok: true, value: { baud: to, identity: '05.01-20200101-0001234567-0987654321' } });
    expect(on.simulator.baud).toBe(to);
    expect(on.line.current?.closed).toBe(true);
    expect(on.clock.pending).toBe(0);
    if (to !== 115_200) {
      const back = await on.clock.run(changeReaderBaud(on.ports, { from: to, to: 115_200 }));
      expect(back).toMatchObject({ ok: true, value: { baud: 115_200 } });
    }
  });

  it.each(SDT_BAUDS)('is found when it is %i', async (baud) => {
    const on = bench();
    await set(on, baud);
    expect(await on.clock.run(findReaderBaud(on.ports))).toMatchObject({ ok: true, value: { baud } });
    expect(on.tried).toEqual(SDT_BAUDS.slice(0, SDT_BAUDS.indexOf(baud) + 1));
    expect(on.line.current?.closed).toBe(true);
  });

  it('is not changed when the reader does not answer at the speed it is said to have', async () => {
    const on = bench();
    await set(on, 9_600);
    const changed = await on.clock.run(changeReaderBaud(on.ports, { from: 115_200, to: 57_600 }));
    expect(changed).toMatchObject({ ok: false, error: { code: 'timeout', detail: /nothing was changed/u } });
    expect(on.simulator.baud).toBe(9_600);
  });

  it('is told truly when the reader refuses', async () => {
    const on = bench();
    on.simulator.behaviour.selfTestFailed = true;
    const changed = await on.clock.run(changeReaderBaud(on.ports, { from: 115_200, to: 9_600 }));
    expect(changed).toMatchObject({ ok: false, error: { code: 'reader-refused', detail: /heard at 115200 baud/u } });
  });

  it('is found out when the answer to the change was lost', async () => {
    const on = bench();
    const changing = changeReaderBaud(on.ports, { from: 115_200, to: 19_200 });
    on.simulator.activity.subscribe((text) => {
      if (text.startsWith('speaks at')) on.line.behaviour = { ...GOOD_LINE, mute: true };
    });
    while (on.simulator.baud === 115_200) await on.clock.advance(1);
    // The answer is on its way when the line goes mute; it comes back before the speeds are tried.
    void on.clock.sleep(1_500).then(() => {
      on.line.behaviour = GOOD_LINE;
    });
    expect(await on.clock.run(changing)).toMatchObject({ ok: true, value: { baud: 19_200 } });
  });

  it('is told to be unknown when nobody answers any more', async () => {
    const on = bench();
    on.simulator.activity.subscribe((text) => {
      if (text.startsWith('speaks at')) on.simulator.behaviour.silent = true;
    });
    const changed = await on.clock.run(changeReaderBaud(on.ports, { from: 115_200, to: 19_200 }));
    expect(changed).toMatchObject({ ok: false, error: { code: 'timeout', detail: /none of .* off and on/u } });
    expect(new Set(on.tried)).toEqual(new Set(SDT_BAUDS));
    expect(on.clock.pending).toBe(0);
  });

  it('cannot be looked for on a port that is not there, and looking can be ended', async () => {
    const on = bench();
    on.line.unplug();
    expect(await on.clock.run(findReaderBaud(on.ports))).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    const stop = new AbortController();
    const silent = bench();
    silent.simulator.behaviour.silent = true;
    const looking = findReaderBaud({ ...silent.ports, signal: stop.signal });
    await silent.clock.advance(1_000);
    stop.abort();
    expect(await silent.clock.run(looking)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(silent.tried).toEqual([115_200]);
  });

  it('makes the line useless for the driver that set it', async () => {
    const on = bench();
    const reader = new SdtReader(on.line.open(), on.clock);
    expect(await on.clock.run(reader.setBaud(9_600))).toEqual({ ok: true, value: undefined });
    expect(await on.clock.run(reader.probe())).toMatchObject({ status: 'offline', detail: /set to 9600 baud/u });
    expect(await on.clock.run(reader.readCard({ deadlineMs: 1_000 }))).toMatchObject({ error: { code: 'line-lost' } });
  });

  it('is one that the reader has, over a serial port, while no card is waited for', async () => {
    const on = bench();
    const reader = new SdtReader(on.line.open(), on.clock);
    expect(await on.clock.run(reader.setBaud(4_800))).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    const reading = reader.readCard({ deadlineMs: 2_000 });
    expect(await on.clock.run(reader.setBaud(9_600))).toMatchObject({ ok: false, error: { code: 'busy' } });
    await on.clock.run(reading);
    const network = new MemoryLine(on.simulator, on.clock, { baud: null, address: 'tcp://memory:1' });
    const behind = new SdtReader(network.open(), on.clock);
    expect(await on.clock.run(behind.setBaud(9_600))).toMatchObject({ ok: false, error: { code: 'not-supported' } });
    expect(on.simulator.baud).toBe(115_200);
  });
});
