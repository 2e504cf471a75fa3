import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CellAddress } from '../../../native/model/pickup-locker.ts';
import { Campaign } from '../../fault/wire/campaign.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryLine } from '../../support/memory-transport.ts';
import { encodeAcornOpen, encodeAcornStatus, parseAcorn } from './acorn-frames.ts';
import { acornLocker } from './acorn.ts';
import { AcornSimulator } from './simulator-acorn.ts';

const README = join(import.meta.dirname, '..', '..', '..', 'native', 'ADDING-A-DEVICE.md');
const CELL: CellAddress = { board: 1, lock: 3 };

function bench() {
  const clock = new FakeClock();
  const simulator = new AcornSimulator({ clock, boards: [1] });
  const line = new MemoryLine(simulator, clock, { baud: 9_600 });
  const locker = acornLocker.create({ transport: line.open(), clock, options: { boards: '1' } });
  return { clock, simulator, line, locker };
}

describe('the example of ADDING-A-DEVICE.md', () => {
  it.each(['acorn-frames.ts', 'acorn.ts', 'simulator-acorn.ts'])('prints %s as it is', (name) => {
    const file = readFileSync(join(import.meta.dirname, name), 'utf8')
      .replaceAll("'../../../native/pickup-locker/", "'./")
      .replaceAll("'../../../native/", "'../");
    const blocks = [
      ...readFileSync(README, 'utf8').matchAll(/```ts\n\/\/ native\/pickup-locker\/(\S+)\n([\s\S]*?)```/gu),
    ];
    expect(blocks.find(([, path]) => path === name)?.[2]).toBe(file);
  });

  it("writes the manual's frames", () => {
    expect([...encodeAcornStatus(1)]).toEqual([0xa4, 0x01, 0x01, 0x00, 0xa4]);
    expect([...encodeAcornOpen(1, 3)]).toEqual([0xa4, 0x01, 0x02, 0x03, 0xa4]);
    expect(parseAcorn(Uint8Array.of(0x00, 0xa4, 0x01, 0x81, 0x04, 0x20)).frames).toEqual([{ board: 1, bits: 4 }]);
  });

  it('opens a door with one pulse and tells a stuck one', async () => {
    const { clock, simulator, locker } = bench();
    expect((await clock.run(locker.probe())).status).toBe('online');
    expect((await clock.run(locker.openDoor(CELL))).outcome).toBe('opened');
    expect(simulator.doors.get(CELL)).toMatchObject({ open: true, pulses: 1 });
    simulator.doors.setBehaviour({ board: 1, lock: 2 }, 'stuck');
    expect((await clock.run(locker.openDoor({ board: 1, lock: 2 }))).outcome).toBe('refused');
    simulator.dispose();
    locker.dispose();
  });

  it('does not take noise for a door', () => {
    let held: Uint8Array = new Uint8Array(0);
    const { problems } = new Campaign(
      {
        name: 'example',
        feed: (chunk) => {
          const { frames, rest } = parseAcorn(Uint8Array.from([...held, ...chunk]));
          held = rest;
          return frames.map(({ board, bits }) => Uint8Array.of(0xa4, board, 0x81, bits, 0xa4 ^ board ^ 0x81 ^ bits));
        },
        pending: () => held.length,
        validFrame: (n) => Uint8Array.of(0xa4, (n % 8) + 1, 0x81, n & 15, 0xa4 ^ ((n % 8) + 1) ^ 0x81 ^ (n & 15)),
        reset: () => {
          held = new Uint8Array(0);
        },
      },
      {
        bytes: 100_000,
        seed: 1,
        now: () => 0,
        limit: { check: 'xor8', fixedBits: 24, maxPending: 4, reason: 'header, reply code and XOR' },
      },
    ).run();
    expect(problems).toEqual([]);
  });
});
