import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { count } from '../model/device-ledger.ts';
import { FileLedger } from './file-ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a ledger in a file', () => {
  it('is there again after a restart', () => {
    const path = join(folder, 'devices', 'receipt-printer.json');
    const ledger = new FileLedger(path);
    count(ledger, 'prints');
    count(ledger, 'prints');
    count(ledger, 'paperUsedMm', 101.5);
    expect(new FileLedger(path).all()).toEqual({ prints: 2, paperUsedMm: 101.5 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ prints: 2, paperUsedMm: 101.5 });
  });

  it.each(['', '{', '[1]', 'null', '"x"', '{"prints": "many", "cuts": 3}'])('begins anew from %s', (text) => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, text);
    const ledger = new FileLedger(path);
    expect(ledger.get('prints')).toBe(0);
    count(ledger, 'prints');
    expect(new FileLedger(path).get('prints')).toBe(1);
  });

  it('counts on where it cannot write', () => {
    const path = join(folder, 'no-folder');
    writeFileSync(path, '');
    const ledger = new FileLedger(join(path, 'x.json'));
    count(ledger, 'prints');
    expect(ledger.get('prints')).toBe(1);
  });

  it('takes no number that is none', () => {
    const ledger = new FileLedger(join(folder, 'odd.json'));
    ledger.set('paperUsedMm', Number.NaN);
    ledger.set('paperUsedMm', -1);
    expect(ledger.get('paperUsedMm')).toBe(0);
  });
});
