import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { DeviceHealth } from '../../native/manager/driver-types.ts';
import { count } from '../../native/model/device-ledger.ts';
import { Emitter } from '../../native/model/events.ts';
import { Heartbeat } from '../platform-api/messages.ts';
import { DeviceLedgers } from './device-ledgers.ts';
import { FarHistory } from './far-history.ts';
import { heartbeatDevice } from './heartbeat-device.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'h24-ledger-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const HEALTH: DeviceHealth = {
  ...({ deviceClass: 'id-card-reader', driver: 'sdt', address: 'tcp://r:1', status: 'online', detail: '' } as const),
  ...{ fault: null, paper: null, supplies: [], identity: null, since: 1_000, lastAnswerAgoMs: 5 },
};

describe('what devices did', () => {
  const logged: string[] = [];
  const log = { event: (_level: string, event: string) => void logged.push(event), tail: () => [] };

  it('outlives a restart; changes of a moment are written together', async () => {
    const clock = new FakeClock();
    const file = join(dir, 'devices', 'ledgers.json');
    const first = await DeviceLedgers.load(file, clock, log);
    const printer = first.of('receipt-printer');
    for (let print = 0; print < 3; print += 1) count(printer, 'prints');
    await first.stop();
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ 'receipt-printer': { prints: 3 } });
    const second = await DeviceLedgers.load(file, clock, log);
    count(second.of('pickup-locker'), 'opens');
    expect(second.of('receipt-printer').get('prints')).toBe(3);
    await second.stop();
    const kept = JSON.parse(await readFile(file, 'utf8')) as unknown;
    expect(kept).toEqual({ 'receipt-printer': { prints: 3 }, 'pickup-locker': { opens: 1 } });
    expect(logged).toEqual([]);
  });

  it('begins afresh, and says so, where the file is damaged', async () => {
    const file = join(dir, 'damaged.json');
    await writeFile(file, '{"receipt-printer":{"prints":');
    const ledgers = await DeviceLedgers.load(file, new FakeClock(), log);
    expect(ledgers.of('receipt-printer').all()).toEqual({});
    expect(logged.splice(0)).toEqual(['device-ledger-unreadable']);
  });

  it.skipIf(process.platform === 'win32')('begins afresh where a pipe stands in its place', async () => {
    const file = join(dir, 'pipe.json');
    execFileSync('mkfifo', [file]);
    const ledgers = await DeviceLedgers.load(file, new FakeClock(), log);
    expect(ledgers.of('receipt-printer').all()).toEqual({});
    expect(logged).toEqual(['device-ledger-unreadable']);
  });
});

describe('devices that another process works', () => {
  it('keep their history here: changes only, with the time each lasted', () => {
    const healthChanges = new Emitter<unknown>();
    let now = HEALTH;
    const history = new FarHistory({ health: () => [now], healthChanges });
    now = { ...HEALTH, lastAnswerAgoMs: 7 };
    healthChanges.emit(null);
    now = { ...HEALTH, status: 'offline', detail: 'timeout', fault: 'timeout', since: 61_000 };
    healthChanges.emit(null);
    expect(history.of('id-card-reader')).toMatchObject([
      { at: 1_000, status: 'online', lastedMs: 60_000 },
      { at: 61_000, status: 'offline', fault: 'timeout', lastedMs: null },
    ]);
    expect(history.of('receipt-printer')).toBeNull();
  });
});

describe('a device in the heartbeat', () => {
  const report = { ...HEALTH, driver: 'sdt', address: 'tcp://r:1' };
  it('carries fault, supplies with their threshold, and counters, where there are any', () => {
    const low = { name: 'paper', state: 'low', left: 1_840, lowAt: 2_000, unit: 'millimetres' } as const;
    const told = heartbeatDevice({
      ...report,
      deviceClass: 'receipt-printer',
      fault: 'paper-jam',
      supplies: [low],
      counters: { prints: 2 },
    });
    expect(told).toMatchObject({ fault: 'paper-jam', supplies: [low], counters: { prints: 2 } });
    expect(Heartbeat.shape.devices.parse([told])).toEqual([told]);
  });
  it('says nothing that changes without something having happened', () => {
    expect(heartbeatDevice(report)).toEqual(heartbeatDevice({ ...report, lastAnswerAgoMs: 4_000 }));
    expect(Object.keys(heartbeatDevice(report))).toEqual(['deviceClass', 'status', 'since']);
  });
});
