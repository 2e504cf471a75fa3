import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../native/transport/system-clock.ts';
import { createLog } from './log.ts';
import { loadShippedCatalogue } from './shipped-catalogue.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'assets');
let assets: string;

beforeEach(() => {
  assets = mkdtempSync(join(tmpdir(), 'hall24-assets-'));
  cpSync(join(ASSETS, 'catalogue'), join(assets, 'catalogue'), { recursive: true });
});
afterEach(() => rmSync(assets, { recursive: true, force: true }));

const quiet = createLog({ path: null, clock: systemClock });
const ids = async (log = quiet): Promise<string[]> =>
  (await loadShippedCatalogue(assets, log)).items.map((item) => item.id);

describe('the shipped catalogue', () => {
  it('has the items that its list names, in that order', async () => {
    const path = join(assets, 'catalogue', 'catalogue.json');
    const index = JSON.parse(readFileSync(path, 'utf8')) as { items: string[] };
    const named = index.items.map((file) => file.slice('items/'.length, -'.json'.length));
    expect(named.length).toBeGreaterThan(3);
    expect(await ids()).toEqual(named);
    writeFileSync(path, JSON.stringify({ ...index, items: index.items.toReversed().slice(1) }));
    expect(await ids()).toEqual(named.toReversed().slice(1));
  });

  it.each([
    ['no JSON', '{'],
    ['no item pack', '{"id":"rent-filing"}'],
  ])('leaves out a file that is %s and says so', async (_, text) => {
    const all = await ids();
    writeFileSync(join(assets, 'catalogue', 'items', 'rent-filing.json'), text);
    const log = createLog({ path: null, clock: systemClock });
    expect(await ids(log)).toEqual(all.filter((id) => id !== 'rent-filing'));
    expect(log.tail(5).map((line) => line.event)).toEqual(['item-pack-refused']);
  });
});
