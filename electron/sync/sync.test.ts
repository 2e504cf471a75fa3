import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseRecord, LogPort, StorePort, SyncPort } from '../services/ports.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import { must, newCase, openForTest, pickupList, START, testId } from '../store/test-kit.ts';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { startSync, type RunningSync } from './index.ts';
import { approved, json, problem, TestPlatform, type Manners } from './test-platform.ts';

const KEY_IN_FORCE = {
  kid: 'k1',
  alg: 'HPKE-X25519-SHA256-AES256GCM',
  publicKey: Buffer.alloc(32, 9).toString('base64url'),
  notAfter: null,
} as const;

const silent: LogPort = { event: () => undefined, tail: () => [] };

let dir: string;
let store: StorePort;
let clock: FakeClock;
let platform: TestPlatform;
let sync: SyncPort & RunningSync;
let catalogues: { version: number; items: readonly ItemPack[] }[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hall24-sync-'));
  store = openForTest(dir).store;
  clock = new FakeClock(START);
  platform = new TestPlatform();
  await platform.start();
  catalogues = [];
});

afterEach(async () => {
  await stopSync();
  await store.close();
  await platform.stop();
  rmSync(dir, { recursive: true, force: true });
});

function start(): void {
  sync = startSync({
    store,
    clock,
    random: seededRandom(7),
    log: silent,
    baseUrl: platform.baseUrl,
    token: 'kiosk-token',
    kioskCode: 'CH03',
    version: '0.1.0',
    deviceReport: () => [{ deviceClass: 'receipt-printer', status: 'online' }],
    catalogueVersion: () => catalogues.at(-1)?.version ?? 1,
    onCatalogue: (version, items) => catalogues.push({ version, items }),
  });
}

/** Waits for real sockets without letting the kiosk's time pass. */
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await what()); tries += 1) {
    if (tries > 1000) throw new Error(`never came: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets sockets do what they can; a request that the platform leaves unanswered is not waited for long. */
async function letSocketsWork(): Promise<void> {
  for (let turns = 0; turns < 3 || (platform.underWay > 0 && turns < 15); turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets kiosk time pass second by second, with real sockets in between, until it is so. */
async function passUntil(what: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  for (let passed = 0; !(await what()); passed += 1000) {
    if (passed > limitMs) throw new Error(`not within ${limitMs} ms: ${what.toString()}`);
    await clock.advance(1000);
    await letSocketsWork();
  }
}

async function pass(ms: number): Promise<void> {
  const end = clock.monotonic() + ms;
  await passUntil(() => clock.monotonic() >= end, ms);
}

/** Stops while time passes: a wait of its own must not hold it up. */
async function stopSync(): Promise<void> {
  let stopped = false;
  const stopping = sync.stop().then(() => {
    stopped = true;
  });
  await passUntil(() => stopped, 60_000);
  await stopping;
}

const caseOf = async (number: number): Promise<CaseRecord> => must(await store.findCase({ caseId: testId(number) }));
const isApproved = (number: number) => async (): Promise<boolean> => (await caseOf(number)).state === 'approved';
const isParked = (number: number) => async (): Promise<boolean> => (await caseOf(number)).state === 'parked';
const linkIs = (state: 'up' | 'down') => (): boolean => sync.link().state === state;
const reasonOfFirst = async (): Promise<string | null | undefined> => must(await store.outbox())[0]?.reason;

async function submit(number: number): Promise<void> {
  must(await store.submitCase(newCase(number)));
  sync.wake();
}

describe('a case that is submitted', () => {
  it('is at the platform at once, byte for byte, with its key', async () => {
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(isApproved(1));
    const [request] = platform.to('/v1/cases');
    expect(request!.headers).toMatchObject({
      authorization: 'Bearer kiosk-token',
      'idempotency-key': `case:${testId(1)}:1`,
      'content-type': 'application/json',
    });
    expect(await caseOf(1)).toMatchObject({ caseNumber: expect.stringContaining('P-CH03') as string });
    expect(must(await store.outboxCounts()).waiting).toBe(0);
  });

  it('arrives after messages of others, one of which is poison', async () => {
    start();
    await until(linkIs('up'));
    platform.manners.push(problem('urn:hall24:malformed', 400));
    await submit(1);
    await until(isParked(1));
    await submit(2);
    await until(isApproved(2));
    expect(await caseOf(1)).toMatchObject({ state: 'parked', reason: 'urn:hall24:malformed' });
  });

  it('is sent with three others at most, each subject once at a time', async () => {
    const answers: (() => void)[] = [];
    for (let waiting = 0; waiting < 6; waiting += 1) {
      platform.manners.push((response, good) => answers.push(() => json(response, 201, good())));
    }
    start();
    await until(linkIs('up'));
    for (let number = 1; number <= 6; number += 1) await submit(number);
    await until(() => answers.length === 4);
    await pass(2_000);
    expect(platform.to('/v1/cases')).toHaveLength(4);
    for (let done = 0; done < 6; done += 1) {
      await until(() => answers.length > done);
      answers[done]!();
    }
    await until(async () => must(await store.outboxCounts()).waiting === 0);
  });
});

const html: Manners = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<html>Please log in to the network</html>');
};
const raw =
  (text: string, type = 'application/json', status = 200): Manners =>
  (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  };

const MISBEHAVIOUR: readonly (readonly [string, Manners])[] = [
  ['a page of a captive portal', html],
  ['a redirect', (response) => response.writeHead(302, { location: 'http://portal.example/' }).end()],
  ['a bare 500', raw('Internal Server Error', 'text/plain', 500)],
  ['a 404 page of a proxy', raw('<h1>nginx</h1>', 'text/html', 404)],
  ['an empty 200', raw('')],
  ['half a JSON document', raw('{"caseId":"0199')],
  ['JSON of something else', raw('{"hello":"world"}')],
  ['a refusal that is no problem document', raw('{"error":"no"}', 'application/json', 422)],
  ['a problem of a type not known here', problem('urn:hall24:invented-tomorrow', 422)],
  ['a reset before it was taken', (response) => response.socket!.resetAndDestroy()],
  [
    'a reset after it was taken',
    (response, good) => {
      good();
      response.socket!.resetAndDestroy();
    },
  ],
  [
    'an answer that breaks off',
    (response, good) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write(JSON.stringify(good()).slice(0, 50));
      setImmediate(() => response.socket!.destroy());
    },
  ],
  ['another request still under way', problem('urn:hall24:in-progress', 409)],
  [
    'the answer about another case',
    (response, _good, request) => json(response, 201, { ...approved(request.body), caseId: testId(99) }),
  ],
];

describe('the platform misbehaves once', () => {
  it.each(MISBEHAVIOUR)('%s: the case is sent again and taken once', async (_, manners) => {
    platform.manners.push(manners);
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(async () => (await reasonOfFirst()) !== null);
    expect((await caseOf(1)).state).toBe('kept');
    await passUntil(isApproved(1), 60_000);
    expect(platform.taken.size).toBe(1);
    const bodies = platform.to('/v1/cases').map(({ body }) => body.toString('hex'));
    expect(bodies.length).toBeGreaterThan(1);
    expect(new Set(bodies).size).toBe(1);
  });

  it('no answer at all: the wait ends and the case is sent again', async () => {
    platform.manners.push((_response, good) => good());
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(() => platform.to('/v1/cases').length === 1);
    await passUntil(isApproved(1), 60_000);
    expect(platform.taken.size).toBe(1);
  });

  it('an answer that comes drop by drop does not hold the case for ever', async () => {
    platform.manners.push((response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '9000' });
      response.write('{');
    });
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(() => platform.to('/v1/cases').length === 1);
    await passUntil(isApproved(1), 60_000);
    expect(platform.to('/v1/cases')).toHaveLength(2);
  });

  it('the same answer twice on the wire is harmless', async () => {
    platform.manners.push((response, good) => {
      const text = JSON.stringify(good());
      const one = `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
      response.socket!.end(one + one);
    });
    start();
    await until(linkIs('up'));
    await submit(1);
    await passUntil(isApproved(1), 60_000);
    await submit(2);
    await passUntil(isApproved(2), 60_000);
    expect(platform.taken.size).toBe(2);
  });

  it('asks to wait: nothing is sent before', async () => {
    platform.manners.push(problem('urn:hall24:busy', 429, { 'retry-after': '120' }));
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(async () => (await reasonOfFirst()) === 'urn:hall24:busy');
    await pass(119_000);
    expect(platform.to('/v1/cases')).toHaveLength(1);
    await passUntil(isApproved(1), 5_000);
  });

  it('is busy for everybody: it is not asked row by row, and all goes out when it has time', async () => {
    let busy = true;
    const answer: Manners = (response, good, request) => {
      if (busy) problem('urn:hall24:busy', 503)(response, good, request);
      else json(response, 201, good());
    };
    platform.manners.push(...Array.from({ length: 500 }, () => answer));
    for (let number = 1; number <= 60; number += 1) must(await store.submitCase(newCase(number)));
    start();
    await until(linkIs('up'));
    await pass(60_000);
    expect(platform.to('/v1/cases').length).toBeLessThan(30);
    busy = false;
    await passUntil(async () => must(await store.outboxCounts()).waiting === 0, 45_000);
    expect(platform.taken.size).toBe(60);
  });

  it('names another hash: the case is not called received', async () => {
    platform.manners.push((response, _good, request) =>
      json(response, 201, { ...approved(request.body), sha256: 'f'.repeat(64) }),
    );
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(isParked(1));
    expect(await caseOf(1)).toMatchObject({ reason: 'hash-differs', caseNumber: null });
  });

  it.each([
    ['urn:hall24:item-version-withdrawn', 'refused'],
    ['urn:hall24:key-reused', 'parked'],
  ])('refuses for good with %s: the case is %s', async (type, state) => {
    platform.manners.push(problem(type, 422));
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(async () => (await caseOf(1)).state !== 'kept');
    expect(await caseOf(1)).toMatchObject({ state, reason: type });
    await pass(10_000);
    expect(platform.to('/v1/cases')).toHaveLength(1);
  });
});

describe('the link', () => {
  it('is down until the platform is there; what waited is sent within 5 s of its coming', async () => {
    await platform.stop();
    start();
    for (let number = 1; number <= 10; number += 1) await submit(number);
    await pass(60_000);
    expect(sync.link().state).toBe('down');
    await platform.start();
    await passUntil(() => platform.to('/v1/cases').length > 0, 5_000);
    await until(async () => must(await store.outboxCounts()).waiting === 0);
    expect(platform.taken.size).toBe(10);
    expect(sync.link().state).toBe('up');
  });

  it('goes down and up with the platform, and says since when', async () => {
    start();
    await until(linkIs('up'));
    const told: string[] = [];
    sync.linkChanges.subscribe((state) => told.push(state));
    await pass(10_000);
    await platform.stop();
    await passUntil(linkIs('down'), 60_000);
    expect(sync.link().since).toBeGreaterThanOrEqual(START + 10_000);
    await platform.start();
    await passUntil(linkIs('up'), 5_000);
    expect(told).toEqual(['down', 'up']);
  });

  it('is not called down because one message is choked on, but the line is asked at once', async () => {
    start();
    await until(linkIs('up'));
    const beats = platform.to('/v1/heartbeats').length;
    platform.manners.push(html);
    await submit(1);
    await until(() => platform.to('/v1/heartbeats').length > beats);
    expect(sync.link().state).toBe('up');
  });

  it('shows that the platform holds more than the store, which says so from then on', async () => {
    platform.heartbeat.held = {
      evidence: { seq: 50, hash: 'a'.repeat(64) },
      numbers: [{ localDate: '2026-01-05', last: 30 }],
    };
    start();
    const lastBeat = (): Record<string, unknown> =>
      JSON.parse(platform.to('/v1/heartbeats').at(-1)?.body.toString() ?? '{}') as Record<string, unknown>;
    const told = (): unknown => lastBeat()['storeLoss'];
    await passUntil(() => told() !== undefined, 90_000);
    expect(told()).toMatchObject({ kind: 'platform-newer' });
    const kept = must(await store.submitCase(newCase(1)));
    expect(Number(kept.trackingNumber.split(' ')[2])).toBeGreaterThan(30);
    must(await store.noteLoss(START));
    await passUntil(() => told() === undefined, 90_000);
  });

  it('carries cases although heartbeats fail', async () => {
    platform.heartbeatManners = html;
    start();
    await submit(1);
    await passUntil(isApproved(1), 10_000);
    expect(platform.taken.size).toBe(1);
  });

  it('measures the clocks, and a jump of the kiosk clock delays nothing', async () => {
    platform.heartbeat.now = new Date(START + 3_600_000).toISOString();
    start();
    await until(linkIs('up'));
    await until(() => sync.clockOffset() === 3_600_000);
    platform.manners.push(html);
    await submit(1);
    await until(async () => (await reasonOfFirst()) !== null);
    clock.jumpWall(-10 * 365 * 86_400_000);
    await passUntil(isApproved(1), 10_000);
    expect(platform.to('/v1/cases')).toHaveLength(2);
  });
});

describe('what is pulled', () => {
  it('comes at the start and when a version changes', async () => {
    platform.pickups = pickupList({});
    start();
    await until(async () => (await store.findPickupByDigest('digest-0')).ok);
    await until(async () => must(await store.sealingKey())?.kid === 'k1');
    platform.pickups = { ...pickupList({}, {}), version: 2 };
    platform.heartbeat.pickupsVersion = 2;
    await passUntil(async () => (await store.findPickupByDigest('digest-1')).ok, 40_000);
    expect(platform.to('/v1/kiosks/CH03/pickups')).toHaveLength(2);
  });

  it('does not replace what is there when it is wrong', async () => {
    must(await store.announcePickups(pickupList({})));
    must(await store.saveCatalogue(1, []));
    platform.pickups = { version: 5, codeSalt: 's', pickups: [{ pickupId: 'nonsense' }] };
    platform.keys = { keys: [{ kid: 'k9', alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey: 'AAAA', notAfter: null }] };
    platform.catalogue = { version: 9, items: [{ id: 'Half an item' }] };
    platform.heartbeat.catalogueVersion = 9;
    start();
    await until(() => platform.to('/v1/catalogue').length > 0);
    await until(linkIs('up'));
    await passUntil(() => platform.to('/v1/heartbeats').length > 2, 90_000);
    expect((await store.findPickupByDigest('digest-0')).ok).toBe(true);
    expect(must(await store.sealingKey())).toBeNull();
    expect(must(await store.loadCatalogue())?.version).toBe(1);
    expect(catalogues).toEqual([]);
    expect(platform.to('/v1/catalogue')).toHaveLength(1);
  });
});

describe('asking for a case', () => {
  it('tells what the platform knows, that it knows nothing, or that it is away', async () => {
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(isApproved(1));
    const { trackingNumber } = await caseOf(1);
    const found = await sync.askCase(trackingNumber);
    expect(platform.to('/v1/cases?')[0]!.path).toBe(`/v1/cases?number=${encodeURIComponent(trackingNumber)}`);
    expect(found).toMatchObject({ ok: true, value: { caseId: testId(1), state: 'approved' } });
    expect(await sync.askCase('nobody')).toEqual({ ok: true, value: null });
    await platform.stop();
    expect(await sync.askCase(trackingNumber)).toEqual({ ok: false, error: 'unreachable' });
  });

  it('takes the status of another case for none', async () => {
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(isApproved(1));
    const { trackingNumber } = await caseOf(1);
    expect(await sync.askCase(`p-${trackingNumber.replaceAll(' ', '')}`)).toMatchObject({ ok: true });
    platform.find = () => [...platform.taken.values()][0];
    expect(await sync.askCase('CH03 260105 0002 3')).toEqual({ ok: false, error: 'unreachable' });
  });
});

describe('a platform out of its mind', () => {
  it.each(['0000-01-01T00:00:00Z', '1999-12-31T00:00:00Z', '2100-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'does not set the clock to %s, and a time that was right stays',
    async (now) => {
      platform.heartbeat.now = '2026-01-05T02:00:00Z';
      start();
      await until(() => sync.clockOffset() === 3_600_000);
      platform.heartbeat.now = now;
      const heard = platform.to('/v1/heartbeats').length;
      await passUntil(() => platform.to('/v1/heartbeats').length > heard + 1, 90_000);
      expect(sync.clockOffset()).toBe(3_600_000);
    },
  );

  it('gives a key to which nothing can be sealed: the old one stays', async () => {
    platform.keys = {
      keys: [{ kid: 'k2', alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey: 'A'.repeat(43), notAfter: null }],
    };
    must(await store.saveSealingKey({ ...KEY_IN_FORCE }));
    start();
    await until(() => platform.to('/v1/kiosks/').length > 0);
    expect(must(await store.sealingKey())?.kid).toBe('k1');
  });

  it.each(['application/json ; charset=utf-8', 'Application/JSON;Charset=UTF-8'])(
    'may write its type %s',
    async (type) => {
      platform.manners.push((response, good) => {
        response.writeHead(201, { 'content-type': type });
        response.end(JSON.stringify(good()));
      });
      start();
      await until(linkIs('up'));
      await submit(1);
      await until(isApproved(1));
      expect(platform.to('/v1/cases')).toHaveLength(1);
    },
  );
});

describe('stopping', () => {
  it('ends calls under way and leaves the case to the next start', async () => {
    platform.manners.push(() => undefined);
    start();
    await until(linkIs('up'));
    await submit(1);
    await until(() => platform.to('/v1/cases').length === 1);
    await stopSync();
    expect(clock.pending).toBe(0);
    expect(must(await store.outbox())).toMatchObject([{ state: 'ready' }]);
    start();
    await until(isApproved(1));
  });
});
