import { laziness } from './sim-files.ts';
import { parseArgs } from 'node:util';
import { AttachmentFolder } from '../../../electron/store/index.ts';
import { deliver, deliverFiles } from './delivery.ts';
import { Dice } from './dice.ts';
import { mark, SpokenHistory, SpokenPlatform } from './marks.ts';
import { laidPickups, People } from './people.ts';
import { plantedSqlite } from './planted-sqlite.ts';
import { openKioskStore, SteppingClock, type QueueStore } from './store-kit.ts';

/*
 * A kiosk's store at work, to be recorded or disturbed: `node store-worker.ts --dir FOLDER --seed SEED --steps N
 * [--pragma 'NAME = VALUE'] [--lazy-files] [--trouble]`. What people are told and what the platform takes is said on standard output at
 * that moment (`marks.ts`). All that it does to the disk it does in its main thread, where it can be followed. With
 * `--trouble` steps may fail, and the last steps tell whether the store works again.
 */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '100' },
    pragma: { type: 'string' },
    'lazy-files': { type: 'boolean', default: false },
    trouble: { type: 'boolean', default: false },
  },
});
const PICKUPS = 6;
const SESSIONS = 3;
/** Steps at the end by which a store must have come round. */
const LAST_STEPS = 30;
/**
 * In this session, after this share of its steps, one store in three forgets: it folds its WAL in and lays a new one. Disks
 * with such a WAL take twice as long to judge.
 */
const FORGETS_IN = 1;
const FORGETS_AFTER = 0.6;
const FORGETFUL = Number(values.seed) % 3 === 0;

const { dir, pragma, trouble } = values;
laziness.files = values['lazy-files'];
const steps = Number(values.steps);
const dice = new Dice(Number(values.seed));
const clock = new SteppingClock();
const platform = new SpokenPlatform();
platform.now = () => clock.now();
const people = new People({
  dice: dice.fork(),
  history: new SpokenHistory(),
  now: () => clock.now(),
  pickups: PICKUPS,
  // Some cases are longer than a page, some are short.
  maxBytes: 9_000,
  files: new AttachmentFolder(dir),
});
process.on('unhandledRejection', (cause) => mark({ fault: `unhandled rejection: ${String(cause)}` }));

async function step(store: QueueStore): Promise<boolean> {
  clock.pass(dice.between(1, 5_000));
  if (dice.chance(0.08)) return (await deliverFiles(store, platform, clock.now(), 2)) >= 0;
  if (dice.chance(0.3)) return (await deliver(store, platform, clock.now(), dice.between(1, 6))) >= 0;
  return people.step(store);
}

let announced = false;
for (let session = 0; session < SESSIONS; session += 1) {
  const opened = openKioskStore(dir, clock, dice.fork(), pragma === undefined ? {} : { sqlite: plantedSqlite(pragma) });
  if (!opened.ok) {
    if (!trouble) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
    continue;
  }
  const { store } = opened.value;
  await store.releaseClaims();
  await store.collectAttachments();
  let worked = false;
  const count = Math.floor(steps / SESSIONS);
  for (let done = 0; done < count; done += 1) {
    if (!announced) announced = (await store.announcePickups(laidPickups(PICKUPS))).ok;
    const forgets = FORGETFUL && session === FORGETS_IN && done === Math.floor(count * FORGETS_AFTER);
    const good = forgets ? (await store.forget(clock.now())).ok : await step(store);
    if (!good && !trouble) throw new Error('a step failed');
    if (done >= count - LAST_STEPS) worked ||= good;
  }
  if (session === SESSIONS - 1) mark({ works: worked });
  await store.close();
}
