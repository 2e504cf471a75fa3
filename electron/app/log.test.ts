import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createLog } from './log.ts';

describe('the log', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'h24-log-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('writes one JSON object a line, with time and level', () => {
    const path = join(dir, 'logs', 'kiosk.log');
    const log = createLog({ path, clock: new FakeClock() });
    log.event('warn', 'door-opening', { cell: '05', outcome: 'refused', cause: undefined });
    const [line = ''] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', event: 'door-opening', cell: '05', outcome: 'refused' });
    expect(log.tail(5)).toMatchObject([{ level: 'warn', event: 'door-opening' }]);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('leaves out what is personal or secret, by its key or by its look', () => {
    const path = join(dir, 'kiosk.log');
    const log = createLog({ path, clock: new FakeClock() });
    log.event('info', 'careless', {
      name: '林测夏',
      idNumber: '990001199003070028',
      phone: '13800000024',
      address: '测试省样例市',
      token: 'secret-token',
      pin: '246810',
      values: { any: 'thing' },
      harmless: 'kept',
      disguised: '13800000024',
      card18: '99000119900307002X',
    });
    const text = readFileSync(path, 'utf8') + JSON.stringify(log.tail(5));
    for (const personal of ['林测夏', '990001', '13800000024', '测试省', 'secret-token', '246810', 'thing']) {
      expect(text).not.toContain(personal);
    }
    expect(text).toContain('kept');
  });

  it('is put aside when it has grown, and keeps three old files at most', () => {
    const path = join(dir, 'kiosk.log');
    const log = createLog({ path, clock: new FakeClock() });
    const filler = 'x'.repeat(500_000);
    for (let index = 0; index < 30; index += 1) log.event('info', `event-${index}`, { filler });
    expect(existsSync(`${path}.3`)).toBe(true);
    expect(existsSync(`${path}.4`)).toBe(false);
    const sizes = [path, `${path}.1`, `${path}.2`, `${path}.3`].map((file) => statSync(file).size);
    for (const size of sizes) expect(size).toBeLessThan(3 * 1024 * 1024);
    expect(readFileSync(path, 'utf8')).toContain('event-29');
  });

  it('goes on in the file that is there', () => {
    const path = join(dir, 'kiosk.log');
    writeFileSync(path, `${'y'.repeat(2 * 1024 * 1024 + 10)}\n`);
    createLog({ path, clock: new FakeClock() }).event('info', 'later');
    expect(statSync(`${path}.1`).size).toBeGreaterThan(2 * 1024 * 1024);
    expect(readFileSync(path, 'utf8')).toContain('later');
  });

  it('that cannot be written stops nothing', () => {
    const blocked = join(dir, 'a-file');
    writeFileSync(blocked, '');
    const log = createLog({ path: join(blocked, 'kiosk.log'), clock: new FakeClock() });
    log.event('error', 'still-there');
    expect(log.tail(1)).toMatchObject([{ event: 'still-there' }]);
  });

  it('remembers the last 500 lines', () => {
    const log = createLog({ path: null, clock: new FakeClock() });
    for (let index = 0; index < 510; index += 1) log.event('info', `event-${index}`);
    expect(log.tail(1_000)).toHaveLength(500);
    expect(log.tail(2).map((line) => line.event)).toEqual(['event-508', 'event-509']);
  });
});
