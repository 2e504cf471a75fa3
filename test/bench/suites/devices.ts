import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SuiteContext } from '../../support/suites.ts';
import { medianRound, quietestRound, rounded } from '../devices/figures.ts';
import type { Measured } from '../devices/figures.ts';
import { idleCost } from '../devices/idle.ts';
import { CARD_FRAME, cardFrame, commandReply, rawExchange } from '../devices/latency.ts';
import { scanToOpen } from '../devices/scan-to-open.ts';
import type { ScanToOpen } from '../devices/scan-to-open.ts';

export const ABOUT =
  'what the drivers add to the wire, and what they cost when idle  [--rounds N=3] [--idle-seconds N=20]';

/** Limits in milliseconds at p99, and in percent of one core. */
const LIMITS = { command: 2, card: 3, scan: 30, idle: 1 } as const;
const COMMANDS = 200;
const CARDS = 40;

/**
 * Measures on pseudo-terminals; a figure is the middle one of several rounds. `ours` and `raw` are without the time for
 * which other programs had the processors, `...AsSeen` with it: on a machine at rest they are the same. Where `raw`
 * itself needs more than half of the limit the machine is `disturbed`, and the quietest round is judged instead.
 */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      'idle-seconds': { type: 'string', default: '20' },
    },
  });
  const [rounds, seconds] = [values.rounds, values['idle-seconds']].map(Number);
  if (![rounds, seconds].every((value) => Number.isInteger(value) && Number(value) > 0)) {
    throw new Error('--rounds and --idle-seconds are whole numbers');
  }
  const dir = await mkdtemp(join(tmpdir(), 'h24-bench-'));
  const results: boolean[] = [];
  let everDisturbed = false;
  const tell = (measure: string, more: { readonly passed: boolean } & Readonly<Record<string, unknown>>): void => {
    results.push(more.passed);
    report({ suite: 'devices', measure, ...more });
  };
  try {
    for (const { measure, limit, ours, raw } of [
      {
        measure: 'command of 6 bytes and its answer, beyond the wire',
        limit: LIMITS.command,
        ours: () => commandReply(dir, COMMANDS),
        raw: () => rawExchange(dir, 19_200, 6, COMMANDS),
      },
      {
        measure: 'card frame of 1,295 bytes decoded and delivered, beyond the wire',
        limit: LIMITS.card,
        ours: () => cardFrame(dir, CARDS),
        raw: () => rawExchange(dir, 115_200, CARD_FRAME, CARDS),
      },
    ]) {
      const [own, bare]: [Measured[], Measured[]] = [[], []];
      for (let round = 0; round < (rounds ?? 1); round += 1) {
        say(`${measure}: round ${round + 1}`);
        bare.push(await raw());
        own.push(await ours());
      }
      const [middle, base] = [medianRound(own), medianRound(bare)];
      const disturbed = base.own.p99 > limit / 2;
      everDisturbed ||= disturbed;
      const judged = disturbed ? quietestRound(own) : middle;
      tell(measure, {
        unit: 'ms',
        ours: middle.own,
        raw: base.own,
        ratio: rounded(middle.own.p50 / base.own.p50),
        roundsP99: own.map((one) => one.own.p99),
        oursAsSeen: middle.asSeen,
        rawAsSeen: base.asSeen,
        disturbed,
        judgedP99: judged.own.p99,
        limit,
        passed: judged.own.p99 <= limit,
      });
    }
    say('scanned code to opening command');
    const scans: ScanToOpen[] = [];
    for (let round = 0; round < (rounds ?? 1); round += 1) scans.push(await scanToOpen(dir));
    const ours = scans.map((one) => one.ours);
    const middle = medianRound(ours);
    const judged = everDisturbed ? quietestRound(ours) : middle;
    tell('scanned code to the opening command on the line, beyond the wire', {
      unit: 'ms',
      ours: middle.own,
      raw: null,
      ratio: null,
      roundsP99: ours.map((one) => one.own.p99),
      oursAsSeen: middle.asSeen,
      codeCheckAsSeen: medianRound(scans.map((one) => one.codeCheck)).asSeen,
      wholeAsSeen: medianRound(scans.map((one) => one.whole)).asSeen,
      disturbed: everDisturbed,
      judgedP99: judged.own.p99,
      limit: LIMITS.scan,
      passed: judged.own.p99 <= LIMITS.scan,
    });
    say('idle');
    const idle = await idleCost(dir, seconds ?? 20);
    tell('processor time of all devices connected and idle', {
      unit: 'percent of one core',
      ours: idle.ours,
      raw: idle.bare,
      ratio: null,
      devices: idle.devices,
      seconds: idle.seconds,
      limit: LIMITS.idle,
      passed: idle.ours < LIMITS.idle,
    });
    const passed = results.every(Boolean);
    report({ suite: 'devices', measures: results.length, failed: results.filter((good) => !good).length, passed });
    return passed;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
