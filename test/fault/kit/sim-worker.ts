import './sim-files.ts';
import { writeSync } from 'node:fs';
import { hashPin } from '../../../electron/services/pin.ts';
import { Dice } from './dice.ts';
import type { Pace } from './sim-habits.ts';
import { simPickups } from './sim-people.ts';
import { simulate } from './sim-run.ts';
import { inFolder } from './store-kit.ts';

/*
 * Simulates seeds one after the other: `node sim-worker.ts FIRST COUNT HOURS dense|calm|clock [trace]`. A line of JSON
 * each: the verdict's material, with the hash of the trace.
 */
const [first = '1', count = '1', hours = '1', pace = 'dense', trace] = process.argv.slice(2);
// Most errors here are reasons of ended waits; their stacks cost more than all they tell.
if (trace === undefined) Error.stackTraceLimit = 0;
// Dear ciphers, made once: they are the same for all seeds.
const pickups = simPickups(pace === 'calm' ? 64 : 6);
const pinHash = await hashPin('246810', new Dice(1));
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const result = await inFolder((dir) =>
    simulate({
      ...{ seed, hours: Number(hours), dir, pickups, pinHash, pace: pace as Pace },
      ...(trace === undefined ? {} : { tell: (line: string): void => void writeSync(2, line) }),
    }),
  );
  const { end, ...rest } = result;
  writeSync(1, `${JSON.stringify({ seed, ...rest, end: { ...end, parked: [...end.parked] } })}\n`);
}
process.exit(0);
