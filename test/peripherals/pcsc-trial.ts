import { DeviceManager } from '../../native/manager/device-manager.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { TEST_CARD } from '../../native/social-security-card-reader/test-card.ts';
import { VirtualCard } from '../../native/social-security-card-reader/virtual-card.ts';
import { openTransport } from '../../native/transport/open.ts';
import { listPcscReaders } from '../../native/transport/pcsc.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { Trial, wait } from './trial.ts';
import { PcscService, until } from './virtual-reader.ts';

// A real pcscd with a virtual reader, the product's own device manager above it. Runs in a network of its own.
process.exitCode = await Trial.main('pcsc', async (trial) => {
  const manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    registry: driverRegistry,
    healthIntervalMs: 500,
  });
  const slot = manager.slot('social-security-card-reader');
  const events: string[] = [];
  slot.events.subscribe(({ type }) => events.push(type));
  const configured = await manager.configure([
    { deviceClass: 'social-security-card-reader', driver: 'pcsc', address: 'pcsc://Virtual', options: {} },
  ]);
  trial.expect('the settings are taken', configured.ok, true);
  const read = (deadlineMs = 8_000, signal?: AbortSignal) =>
    slot.run((driver, inner) => driver.readCard({ deadlineMs, signal: inner }), signal ? { signal } : {});
  const status = (word: string): Promise<boolean> => until(() => slot.health().status === word, 12_000);
  const service = new PcscService();
  try {
    await manager.start();
    trial.expect('without the service it is offline', await status('offline'), true);
    trial.expect('and the technician is told why', slot.health().detail, /PC\/SC service does not answer/u);
    trial.expect('a read is refused at once', await read(), { ok: false, error: { code: 'not-connected' } });

    await service.start();
    trial.expect('with the service it comes online by itself', await status('online'), true);
    trial.expect('it says which reader it is', slot.health().identity, 'Virtual PCD 00 00');
    const readers = ['Virtual PCD 00 00', 'Virtual PCD 00 01'];
    trial.expect('both readers are listed', await listPcscReaders(), { ok: true, value: readers });

    for (const habits of [{}, { fetched: true }, { records: 'by-tag' as const }, { p1Zero: true, fetched: true }]) {
      const reading = read();
      await wait(200);
      const card = new VirtualCard(TEST_CARD, habits);
      const inserted = await service.insert(card);
      const result = await reading;
      const expected = { ok: true, value: { type: 'social-security', number: TEST_CARD.number, name: TEST_CARD.name } };
      trial.expect(`reads a card that ${JSON.stringify(habits)}`, result, expected);
      trial.expect('and sent it no PIN command', card.pinCommands, 0);
      inserted.remove();
      await until(() => events.at(-1) === 'card-removed', 3_000);
    }
    trial.expect('cards put in and taken out were told', events.slice(0, 2), ['card-laid', 'card-removed']);

    const other = await service.insert(new VirtualCard(TEST_CARD), { reader: 1 });
    trial.expect('a card in the other reader is not ours', await read(1_500), { error: { code: 'no-card' } });
    other.remove();

    const tries: readonly [string, Parameters<PcscService['insert']>, string][] = [
      ['a bank card', [new VirtualCard(TEST_CARD, { foreign: true })], 'card-wrong-type'],
      ['a card put in the wrong way round', [new VirtualCard(TEST_CARD), { mute: true }], 'card-unreadable'],
      ['a card pulled out in the middle', [new VirtualCard(TEST_CARD), { pulledAfter: 6 }], 'card-moved'],
      ['a card that never responds', [new VirtualCard(TEST_CARD), { stuckAt: 5 }], 'timeout'],
      ['a card with a closed file', [new VirtualCard(TEST_CARD, { holderClosed: true })], 'card-unreadable'],
    ];
    for (const [name, what, code] of tries) {
      const reading = read();
      await wait(100);
      const inserted = await service.insert(...what);
      trial.expect(name, await reading, { ok: false, error: { code } });
      inserted.remove();
      await wait(900);
    }
    const stop = new AbortController();
    const cancelled = read(60_000, stop.signal);
    await wait(300);
    stop.abort();
    trial.expect('a wait is cancelled', await cancelled, { error: { code: 'cancelled' } });

    const waiting = read(30_000);
    await wait(300);
    await service.stop('SIGKILL');
    trial.expect('the service dies: the wait ends', await waiting, { error: { code: 'line-lost' } });
    trial.expect('and the reader is offline', await status('offline'), true);
    await service.start();
    trial.expect('the service is back: online', await status('online'), true);
    const reading = read();
    const last = await service.insert(new VirtualCard(TEST_CARD));
    trial.expect('and it reads', await reading, { ok: true });
    last.remove();
  } finally {
    await manager.stop();
    await service.stop();
  }
});
