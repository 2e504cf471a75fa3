import { writeSync } from 'node:fs';
import { makePickupCode } from '../../../electron/domain/pickup-code.ts';
import { hashPin } from '../../../electron/services/pin.ts';
import { Dice } from './dice.ts';
import { simPickups } from './sim-people.ts';
import { simulate } from './sim-run.ts';
import { inFolder } from './store-kit.ts';

/*
 * Simulates seeds one after the other: `node sim-worker.ts FIRST COUNT HOURS all|clock [trace]`. A line of JSON each: the
 * verdict's material, with the hash of the trace. Must be started with UV_THREADPOOL_SIZE=1.
 */
const [first = '1', count = '1', hours = '1', what = 'all', trace] = process.argv.slice(2);
if (process.env['UV_THREADPOOL_SIZE'] !== '1') throw new Error('start this with UV_THREADPOOL_SIZE=1');
// Dear ciphers, made once: they are the same for all seeds.
const pickups = simPickups(['4829130', '9055721', '1186402', '7302543'].map(makePickupCode));
const pinHash = await hashPin('246810', new Dice(1));
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const result = await inFolder((dir) =>
    simulate({
      ...{ seed, hours: Number(hours), dir, pickups, pinHash, clockOnly: what === 'clock' },
      ...(trace === undefined ? {} : { tell: (line: string): void => void writeSync(2, line) }),
    }),
  );
  const { end, ...rest } = result;
  writeSync(1, `${JSON.stringify({ seed, ...rest, end: { ...end, parked: [...end.parked] } })}\n`);
}
process.exit(0);
