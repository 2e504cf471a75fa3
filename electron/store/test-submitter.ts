import { writeSync } from 'node:fs';
import { claim, must, newCase, openForTest, settle } from './test-kit.ts';

/*
 * A program that the kill test starts and kills: `node test-submitter.ts FOLDER FIRST`. It submits case after case,
 * beginning with number FIRST, delivers some, and prints each tracking number once its submit has returned.
 */
const [dir = '', first = '1'] = process.argv.slice(2);
const { store } = openForTest(dir);
must(await store.releaseClaims());
writeSync(1, 'ready\n');
for (let number = Number(first); ; number += 1) {
  const record = must(await store.submitCase(newCase(number)));
  writeSync(1, `${number} ${record.trackingNumber}\n`);
  if (number % 3 !== 0) continue;
  for (const { entryId } of must(await claim(store, record.keptAt, 2))) {
    must(await settle(store, entryId, { kind: 'acknowledged', at: record.keptAt }));
  }
}
