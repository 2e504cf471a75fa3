import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from 'node:net';
import { request } from 'undici';
import { FakeClock } from '../support/fake-clock.ts';
import { CheckedClient } from './checked-client.ts';
import { startControl, startPlatform, type ControlServer, type ReferencePlatform } from './index.ts';
import { SAMPLE_ITEMS, sampleCase, type SampleCase } from './samples.ts';

const TOKEN = 'token-of-ch03';

/** Code of the network's error; `answered` when there was none. */
function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}
const CUT = /^(UND_ERR_SOCKET|ECONNRESET)$/;

describe('a platform in trouble', () => {
  const clock = new FakeClock(Date.UTC(2026, 2, 18, 2, 14, 7));
  let platform: ReferencePlatform;
  let control: ControlServer;
  let client: CheckedClient;
  let sample: SampleCase;

  beforeAll(async () => {
    platform = await startPlatform({ kiosks: [{ code: 'CH03', token: TOKEN }], items: SAMPLE_ITEMS, clock });
    control = await startControl(platform);
    client = new CheckedClient(platform.url, TOKEN);
  });
  afterEach(() => platform.faults.restore());
  afterAll(async () => {
    await control.stop();
    await platform.stop();
  });

  const submit = async (): Promise<{ status: number; type: string; text: string }> => {
    const response = await request(`${platform.url}/v1/cases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'idempotency-key': sample.key },
      body: JSON.stringify(sample.submission),
    });
    return {
      status: response.statusCode,
      type: String(response.headers['content-type']),
      text: await response.body.text(),
    };
  };
  const keptTimes = async (): Promise<number> =>
    (await platform.holdings()).cases.filter(({ caseId }) => caseId === sample.submission.caseId).length;
  const seen = async (): Promise<number | undefined> =>
    (await platform.holdings()).keys.find(({ key }) => key === sample.key)?.seen;
  const fresh = async (): Promise<void> => {
    sample = await sampleCase(platform.sealingKey, 'sample-instant');
  };

  it('refuses with a problem type of the document, without keeping anything, as often as told', async () => {
    await fresh();
    platform.faults.refuse('urn:hall24:busy', { times: 2 });
    for (let time = 0; time < 2; time += 1) {
      const answer = await client.call('submitCase', { key: sample.key, body: sample.submission });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { type: 'urn:hall24:busy' } });
    }
    expect(await keptTimes()).toBe(0);
    expect(platform.faults.state().fault).toBeNull();
    expect((await submit()).status).toBe(201);
    expect(await seen()).toBe(3);
  });

  it('refuses with a bare status', async () => {
    await fresh();
    platform.faults.refuse(500);
    const answer = await submit();
    expect(answer).toMatchObject({ status: 500, type: expect.stringContaining('problem+json') as string });
    expect(JSON.parse(answer.text)).toMatchObject({ type: 'about:blank', status: 500 });
    expect(await keptTimes()).toBe(0);
  });

  it('answers with a web page and keeps nothing', async () => {
    await fresh();
    platform.faults.html();
    expect(await submit()).toMatchObject({ status: 200, type: expect.stringContaining('text/html') as string });
    expect(await keptTimes()).toBe(0);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('drops the connection %s keeping the request', async (when, kept) => {
    await fresh();
    platform.faults.drop(when, { times: 1 });
    expect(await failure(submit())).toMatch(CUT);
    expect(await keptTimes()).toBe(kept);
    expect((await submit()).status).toBe(201);
    expect(await keptTimes()).toBe(1);
  });

  it('answers nothing at all, until it is gone', async () => {
    await fresh();
    platform.faults.silent();
    const never = failure(submit());
    await vi.waitFor(async () => expect(await seen()).toBe(1));
    await platform.faults.vanish();
    expect(await never).toMatch(CUT);
    expect(await keptTimes()).toBe(0);
  });

  it('answers with an empty body, though the request was kept', async () => {
    await fresh();
    platform.faults.emptyAnswer({ times: 1 });
    expect(await submit()).toMatchObject({ status: 201, text: '' });
    expect(await keptTimes()).toBe(1);
  });

  it('sends its answer twice on one connection', async () => {
    await fresh();
    platform.faults.twice({ times: 1 });
    const body = JSON.stringify(sample.submission);
    const head = `POST /v1/cases HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nIdempotency-Key: ${sample.key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const bytes = await new Promise<string>((resolve, reject) => {
      let got = '';
      const socket = connect(Number(new URL(platform.url).port), '127.0.0.1', () => socket.write(head + body));
      socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
      socket.once('close', () => resolve(got));
      socket.once('error', reject);
    });
    expect(bytes.match(/HTTP\/1\.1 201/g)).toHaveLength(2);
    expect(await keptTimes()).toBe(1);
  });

  it('is slow, only where told', async () => {
    await fresh();
    platform.faults.slow(5000, { routes: ['submitCase'] });
    const waiting = clock.pending;
    let answered = false;
    const slow = submit().then((answer) => {
      answered = true;
      return answer;
    });
    await vi.waitFor(() => expect(clock.pending).toBe(waiting + 1));
    expect((await client.call('getSealingKeys')).status).toBe(200);
    await clock.advance(4999);
    expect(answered).toBe(false);
    expect(await keptTimes()).toBe(0);
    await clock.advance(1);
    expect((await slow).status).toBe(201);
  });

  it('forgets a slow request whose connection was dropped meanwhile, even when it is back at once', async () => {
    await fresh();
    platform.faults.slow(5000);
    const waiting = clock.pending;
    const slow = failure(submit());
    await vi.waitFor(() => expect(clock.pending).toBe(waiting + 1));
    await platform.faults.vanish();
    await platform.faults.restore();
    expect(await slow).toMatch(CUT);
    await clock.settle();
    expect(await keptTimes()).toBe(0);
    expect((await submit()).status).toBe(201);
  });

  it('vanishes and comes back at the same address with all that it had', async () => {
    await fresh();
    await submit();
    await platform.faults.vanish();
    expect(platform.faults.state().vanished).toBe(true);
    expect(await failure(submit())).toBe('ECONNREFUSED');
    await platform.faults.restore();
    expect((await submit()).status).toBe(201);
    expect(await keptTimes()).toBe(1);
    expect(await seen()).toBe(2);
  });

  describe('under control from outside', () => {
    const order = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const response = await request(control.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.statusCode, body: (await response.body.json()) as Record<string, unknown> };
    };
    const look = async (path: string): Promise<unknown> => (await request(control.url + path)).body.json();

    it('goes and comes back on command', async () => {
      expect((await order('/faults', { kind: 'vanish' })).body).toMatchObject({ vanished: true });
      expect(await failure(client.call('getSealingKeys'))).toBe('ECONNREFUSED');
      expect(await look('/state')).toMatchObject({ url: platform.url, vanished: true });
      expect((await order('/faults', { kind: 'restore' })).body).toMatchObject({ vanished: false, fault: null });
      expect((await client.call('getSealingKeys')).status).toBe(200);
    });

    it.each([
      [{ kind: 'refuse', what: 'urn:hall24:busy', times: 1 }, { fault: { kind: 'refuse', what: 'urn:hall24:busy' } }],
      [{ kind: 'slow', ms: 50 }, { slowMs: 50 }],
      [{ kind: 'drop', when: 'after', routes: ['rate'] }, { fault: { kind: 'drop', when: 'after' } }],
      [{ kind: 'twice' }, { fault: { kind: 'twice' } }],
    ])('sets %j', async (what, state) => {
      expect(await order('/faults', what)).toMatchObject({ status: 200, body: state });
    });

    it('refuses orders that it does not know', async () => {
      expect((await order('/faults', { kind: 'explode' })).status).toBe(400);
      expect((await order('/faults', { kind: 'refuse', what: 200 })).status).toBe(400);
      expect((await order('/pickups', { cell: '01' })).status).toBe(400);
      expect((await order('/pickups/x/withdraw', {})).status).toBe(400);
      expect((await order('/faults', { kind: 'vanish' }, { host: 'page.example' })).status).toBe(403);
      expect(platform.faults.state()).toEqual({ slowMs: 0, fault: null, vanished: false });
    });

    it('announces, takes back and shows what is held', async () => {
      const pickup = { kioskCode: 'CH03', cell: '09', holder: '林*夏', contents: [], validFrom: 0, validTo: 1 };
      const announced = await order('/pickups', pickup);
      expect(announced).toMatchObject({ status: 201, body: { code: expect.stringMatching(/^\d{8}$/) as string } });
      expect((await order('/pickups', pickup)).status).toBe(409);
      const { pickupId } = announced.body as { pickupId: string };
      expect((await order(`/pickups/${pickupId}/withdraw`, {})).body).toEqual({ withdrawn: true });
      expect(await look('/holdings')).toMatchObject({ pickups: [{ pickupId, state: 'withdrawn' }] });
      expect(await look('/messages')).toEqual([]);
    });
  });
});
