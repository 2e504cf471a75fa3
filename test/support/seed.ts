// Runs before every test file. Property tests draw the same values at each run, so that one that fails fails again;
// HALL24_SEED=N takes another seed, HALL24_SEED=random a new one for each file, which is how new faults are looked for.
import { configureGlobal } from 'fast-check';

const DEFAULT_SEED = 20261122;

const wanted = process.env['HALL24_SEED'];
if (wanted !== 'random') {
  const seed = wanted === undefined ? DEFAULT_SEED : Number(wanted);
  if (!Number.isInteger(seed)) throw new Error(`HALL24_SEED is a whole number or "random", not "${wanted}".`);
  configureGlobal({ seed });
}
