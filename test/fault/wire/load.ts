import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WireFuzzSubject } from './subject.ts';

/** Files of this folder that hold the campaign and no subjects. */
const MACHINERY = ['campaign.ts', 'limits.ts', 'load.ts', 'noise.ts', 'subject.ts'];

/** Every subject of this folder: what the files export as `SUBJECTS`. */
export async function loadSubjects(): Promise<readonly WireFuzzSubject[]> {
  const names = (await readdir(import.meta.dirname))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !MACHINERY.includes(name))
    .toSorted();
  const subjects: WireFuzzSubject[] = [];
  for (const name of names) {
    const exported = (await import(pathToFileURL(join(import.meta.dirname, name)).href)) as {
      readonly SUBJECTS?: readonly WireFuzzSubject[];
    };
    if (exported.SUBJECTS === undefined) throw new Error(`${name} exports no SUBJECTS`);
    subjects.push(...exported.SUBJECTS);
  }
  return subjects;
}
