import { createHash } from 'node:crypto';
import type { Campaign } from './campaign.ts';
import { DAMAGES, type Damage, type Files } from './damages.ts';
import { makeTemplates, type Template } from './damage-templates.ts';
import type { Dice } from './dice.ts';
import { damaged, noTally } from '../suites/damage.ts';

/** What a flawed witness would have left, made of what the real one left. */
type Flaw = (files: Files, earlier: Files) => void;

const isWitness = (name: string): boolean => name.startsWith('witness.');

/** Bugs of the witness beside the database, as a store that was written in a hurry would have them. */
export const PLANTED_WITNESSES: Readonly<Record<string, Flaw>> = {
  'witness not written': (files, earlier) => {
    for (const name of [...files.keys()].filter(isWitness)) files.delete(name);
    // It was made once, and never again.
    for (const [name, bytes] of earlier) if (isWitness(name)) files.set(name, Buffer.from(bytes));
  },
  'numbers not reserved': (files) => {
    for (const name of ['witness.1', 'witness.2']) {
      const [text] = (files.get(name) ?? Buffer.alloc(0)).toString('latin1').split('\n');
      if (!text) continue;
      const record = JSON.stringify({ ...(JSON.parse(text) as object), reserved: [] });
      files.set(name, Buffer.from(`${record}\n${createHash('sha256').update(record).digest('hex')}\n`));
    }
  },
};

/** Puts an old copy in the place of databases whose witness is flawed, or is not (null). */
export async function runPlantedWitness(campaign: Campaign, dice: Dice, flaw: Flaw | null): Promise<void> {
  const old = DAMAGES.find(({ name }) => name === 'an old copy in its place');
  if (!old) throw new Error('no such damage');
  const damage: Damage = {
    ...old,
    apply: (files, own, earlier) => {
      flaw?.(files, earlier);
      old.apply(files, own, earlier);
    },
  };
  const templates: readonly Template[] = await makeTemplates(dice.fork());
  for (const template of templates.filter(({ sound }) => sound)) {
    await damaged(campaign, template, damage, dice.fork(), noTally());
  }
}
