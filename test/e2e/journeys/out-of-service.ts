import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORDS } from '../citizen.ts';
import { expect, type Journey } from '../journey.ts';

/** A kiosk whose configuration is damaged says so on a whole page, and works again once it is put right. */
export const outOfService: Journey = {
  name: 'out-of-service',
  async run({ kiosk, stack, step }) {
    step('works');
    await kiosk.see('button', WORDS.start);
    await kiosk.stop();
    step('configuration damaged');
    const dir = join(stack.dataDir, 'config');
    const files = (await readdir(dir)).filter((name) => /^kiosk\.\d+\.json$/.test(name));
    expect(files.length > 0, 'there is a configuration to damage');
    for (const name of files) await writeFile(join(dir, name), '{"format":1,"version":');
    await kiosk.restart();
    await kiosk.seeText(/K107/);
    await kiosk.shot('out-of-service');
    await kiosk.stop();
    step('put right');
    for (const name of files) await writeFile(join(dir, name), JSON.stringify(stack.config));
    await kiosk.restart();
    await kiosk.see('button', WORDS.start);
    await kiosk.shot('works-again');
    step('database of a later program');
    await kiosk.stop();
    await makeNewer(join(stack.dataDir, 'store'));
    await kiosk.restart();
    await kiosk.seeText(/K103/);
    await kiosk.seeText(stack.config.kiosk.dutyPhone);
    await kiosk.shot('newer-database');
  },
};

/** Sets the schema version of the store's database beyond what any program of today writes. */
async function makeNewer(dir: string): Promise<void> {
  const [name] = (await readdir(dir)).filter((file) => file.endsWith('.sqlite'));
  if (name === undefined) throw new Error('no database');
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(join(dir, name));
  database.pragma('user_version = 999999');
  database.close();
}
