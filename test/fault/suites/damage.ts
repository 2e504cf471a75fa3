import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import type { StorePort } from '../../../electron/services/ports.ts';
import { Campaign } from '../kit/campaign.ts';
import { DAMAGES, type Damage, type Files } from '../kit/damages.ts';
import { drain, endOf } from '../kit/delivery.ts';
import { Dice } from '../kit/dice.ts';
import type { KioskEnd, Owed } from '../kit/history.ts';
import { MemoryPlatform } from '../kit/memory-platform.ts';
import { makeTemplates, type Template } from '../kit/damage-templates.ts';
import { readOptions } from '../kit/options.ts';
import { sealedCase } from '../kit/people.ts';
import { inFolder, openKioskStore, SteppingClock } from '../kit/store-kit.ts';

export const ABOUT =
  'damaged, lost, replaced, foreign, older and newer databases: seen before anything is sent, and said [--runs 200] [--seed S]';

/** Runs made of one set of databases. */
const RUNS_OF_ONE = 400;
/** Starts that a damaged kiosk is given to come round. */
const STARTS = 3;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed } = readOptions(args, 200);
  const campaign = new Campaign('damage', seed, { args, ...context });
  const dice = new Dice(seed);
  const kinds: Record<string, Tally> = {};
  while (campaign.runs < runs) {
    const templates = await makeTemplates(dice.fork());
    for (let turn = 0; turn < RUNS_OF_ONE && campaign.runs < runs; turn += 1) {
      const template = dice.pick(templates);
      const damage = template.sound ? dice.pick(DAMAGES) : NONE;
      const key = damage === NONE ? template.name : damage.name;
      const tally = (kinds[key] ??= noTally());
      await damaged(campaign, template, damage, dice.fork(), tally);
    }
  }
  const sum = (of: (tally: Tally) => number): number => Object.values(kinds).reduce((all, one) => all + of(one), 0);
  return campaign.end({
    vanished: sum((one) => one.vanished),
    vanishedUnseen: sum((one) => one.vanishedUnseen),
    numbersTwice: sum((one) => one.numbersTwice),
    kinds,
  });
}

const NONE: Damage = { name: 'none', expect: 'open', apply: () => undefined };

/** A tally before the first run. */
export function noTally(): Tally {
  return {
    runs: 0,
    owed: 0,
    arrived: 0,
    parked: 0,
    salvagedRuns: 0,
    saidRuns: 0,
    vanished: 0,
    vanishedUnseen: 0,
    numbersTwice: 0,
  };
}

/** What became of what was owed, over all runs with one kind of damage. */
export interface Tally {
  runs: number;
  owed: number;
  arrived: number;
  parked: number;
  salvagedRuns: number;
  /** Runs in which the start said that the store is not what it was, besides those with a salvage. */
  saidRuns: number;
  /** Messages that are neither at the platform nor parked, and those of them of which nothing was said. */
  vanished: number;
  vanishedUnseen: number;
  /** Tracking numbers that were given out again. */
  numbersTwice: number;
}

/** Damages one kiosk's files and starts it on them. */
export async function damaged(
  campaign: Campaign,
  template: Template,
  damage: Damage,
  dice: Dice,
  tally: Tally,
): Promise<void> {
  const name = `${template.name}, ${damage.name}`;
  await inFolder(async (parent) => {
    const dir = join(parent, 'store');
    await mkdir(dir, { mode: 0o700 });
    const files: Files = new Map([...template.files].map(([file, bytes]) => [file, Buffer.from(bytes)]));
    damage.apply(files, dice, template.earlier);
    for (const [file, bytes] of files) await writeFile(join(dir, file), bytes);
    const clock = new SteppingClock();
    clock.pass(86_400_000);
    const opened = openKioskStore(dir, clock, dice.fork());
    tally.runs += 1;
    if (template.expect === 'refused' || damage.expect === 'refused') {
      const faults: string[] = [];
      if (opened.ok) {
        faults.push(`was opened (${opened.value.report.kind}) and should have been refused`);
        await opened.value.store.close();
      } else if (!['newer', 'foreign'].includes(opened.error.code)) faults.push(`refused as ${opened.error.code}`);
      if (!(await untouched(dir, files))) faults.push('was touched');
      campaign.judge(name, [], [], { parked: new Set(), waiting: 0, faults });
      return;
    }
    const platform = new MemoryPlatform();
    for (const { kind, key, body } of template.took) platform.take(kind, key, body);
    if (!opened.ok) {
      const faults = [`does not open: ${opened.error.code} ${opened.error.detail}`];
      campaign.judge(name, template.owed, platform.record, { parked: new Set(), waiting: 0, faults });
      return;
    }
    const faults: string[] = [];
    const kinds = new Set<string>();
    let end: KioskEnd = { parked: new Set(), waiting: 0, faults };
    // Damage that is met while the store works ends the process; the next one salvages.
    for (let start = 0; start < STARTS; start += 1) {
      const again = start === 0 ? opened : openKioskStore(dir, clock, dice.fork());
      if (!again.ok) {
        faults.push(`does not open: ${again.error.code} ${again.error.detail}`);
        break;
      }
      const { store, report, loss } = again.value;
      kinds.add(report.kind);
      if (loss !== null) {
        kinds.add('loss');
        if (!(await isOnRecord(store))) faults.push(`${loss.kind} is not on record`);
      }
      let met = false;
      again.value.onDamage(() => (met = true));
      await drain(store, platform, clock.now());
      // The kiosk works on: a new person's case is kept, under a number that nobody holds.
      const fresh = await store.submitCase(sealedCase(dice, 900_000 + start, clock.now(), 500));
      if (fresh.ok && template.numbers.has(fresh.value.trackingNumber)) {
        tally.numbersTwice += 1;
        faults.push(`number given twice: ${fresh.value.trackingNumber}`);
      }
      await drain(store, platform, clock.now());
      const last = await endOf(store);
      await store.close();
      if (met && start < STARTS - 1) continue;
      // A rating stands behind what is parked of its subject.
      const parked = new Set([...last.parked].flatMap((subject) => [subject, `rating:${subject}`]));
      end = { ...last, parked, faults: [...last.faults, ...faults] };
      if (!fresh.ok) end = { ...end, faults: [...end.faults, `takes no new case: ${fresh.error.detail}`] };
      break;
    }
    // What was in the part that is gone cannot come back; then the start must have said so and kept what it found.
    const said = kinds.has('salvaged') || kinds.has('loss');
    const arrived = new Set(platform.record.map(({ subjectId, sequence }) => `${subjectId}#${sequence}`));
    const there = (one: Owed): boolean => arrived.has(`${one.subjectId}#${one.sequence}`);
    const vanished = template.owed.filter((one) => !there(one) && !end.parked.has(one.subjectId)).length;
    tally.owed += template.owed.length;
    tally.arrived += template.owed.filter(there).length;
    tally.parked += template.owed.filter((one) => !there(one) && end.parked.has(one.subjectId)).length;
    if (kinds.has('salvaged')) tally.salvagedRuns += 1;
    else if (said) tally.saidRuns += 1;
    tally.vanished += vanished;
    if (!said) tally.vanishedUnseen += vanished;
    campaign.judge(name, said ? template.owed.filter(there) : template.owed, platform.record, end);
  });
}

/** Whether staff can see the loss: as a fault that stands, and in the technician's log. */
async function isOnRecord(store: StorePort): Promise<boolean> {
  const [loss, trail] = [await store.storeLoss(), await store.auditTail(20)];
  const words = ['store-rolled-back', 'store-witness-lost'];
  return loss.ok && loss.value !== null && trail.ok && trail.value.some(({ what }) => words.includes(what));
}

/** Whether the files lie there as they did. SQLite's shared memory, which holds nothing, does not count. */
async function untouched(dir: string, files: Files): Promise<boolean> {
  const names = (await readdir(dir)).filter((name) => !name.endsWith('-shm'));
  for (const name of names) {
    const bytes = await readFile(join(dir, name));
    const before = files.get(name);
    if (before ? !before.equals(bytes) : bytes.length > 0) return false;
  }
  return [...files.keys()].every((name) => name.endsWith('-shm') || names.includes(name));
}
