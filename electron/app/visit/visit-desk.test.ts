import { describe, expect, it, vi } from 'vitest';
import { FakeClock, seededRandom } from '../../../test/support/fake-clock.ts';
import { ok, err } from '../../../native/model/result.ts';
import { SdtReaderSimulator } from '../../../native/id-card-reader/simulator.ts';
import { TEST_CARD } from '../../../native/id-card-reader/test-card.ts';
import { MemoryLine } from '../../../test/support/memory-transport.ts';
import type { TransportOpener } from '../../../native/model/transport.ts';
import { driverRegistry } from '../../../native/manager/registry.ts';
import type { DeviceHealth } from '../../../native/manager/driver-types.ts';
import { problem } from '../../contract/problems.ts';
import { makePickupCode } from '../../domain/pickup-code.ts';
import { digestPickupCode } from '../../services/pickups.ts';
import type { SealForm } from '../../services/form-desk.ts';
import { serveVisit, VisitDesk, type DeskProcess, type PageLine, type ToDesk } from './index.ts';
import type { PageHears } from './protocol.ts';

const VISIT = '01900000-0000-7000-8000-000000000001';
const SUBMISSION = '01900000-0000-7000-8000-000000000002';
const READER = {
  deviceClass: 'id-card-reader',
  driver: 'sdt',
  address: 'serial:///dev/none?baud=115200',
  options: {},
} as const;

function healthOf(status: DeviceHealth['status']): DeviceHealth {
  return {
    ...{ deviceClass: 'id-card-reader', driver: 'sdt', address: READER.address, status, detail: '', fault: null },
    ...{ paper: null, supplies: [], identity: null, since: 0, lastAnswerAgoMs: 0 },
  };
}

/** A process that the test is. */
class FakeProcess implements DeskProcess {
  readonly told: ToDesk[] = [];
  readonly pages: unknown[] = [];
  killed = false;
  say: (message: unknown) => void = () => undefined;
  die: (how: string) => void = () => undefined;

  post(message: ToDesk, page?: unknown): void {
    this.told.push(structuredClone(message));
    if (page !== undefined) this.pages.push(page);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.say = listener;
  }
  onClose(listener: (how: string) => void): void {
    this.die = listener;
  }
  kill(): void {
    this.killed = true;
  }
}

function desk() {
  const clock = new FakeClock();
  const processes: FakeProcess[] = [];
  const events: string[] = [];
  const asked: { seal: SealForm | null; digest?: string | null; sealed?: number } = { seal: null };
  const visitDesk = new VisitDesk({
    spawn: () => {
      const child = new FakeProcess();
      processes.push(child);
      return child;
    },
    clock,
    log: { event: (_level, event) => void events.push(event), tail: () => [] },
  });
  visitDesk.configure([READER]);
  visitDesk.start({
    socialSecurity: (itemId) => itemId === 'both',
    submit: (_request, seal) => {
      asked.seal = seal;
      return new Promise(() => undefined);
    },
    cardFound: () => void events.push('card-found'),
    checkCode: async (_visitId, code) => {
      asked.digest = await code.digest({ salt: 'c2FsdA', cost: 2 });
      return err(problem('L402-code-malformed'));
    },
    files: {
      add: async () => ok({ added: false, why: 'too-many' }),
      append: async (_visitId, _attachmentId, sealed) => {
        asked.sealed = sealed.length;
        return err(problem('K104-no-space'));
      },
      remove: async () => ok(undefined),
      list: () => ok([]),
    },
    died: () => void events.push('died'),
  });
  const last = (): FakeProcess => processes.at(-1) ?? new FakeProcess();
  return { clock, visitDesk, processes, last, events, asked };
}

describe('the visit desk', () => {
  it('hands settings, the visit and the line of its page to the process as soon as that speaks', () => {
    const { visitDesk, last } = desk();
    visitDesk.begin(VISIT, 'en', 'the page');
    expect(last().told).toEqual([]);
    last().say({ t: 'hello' });
    expect(last().told.map(({ t }) => t)).toEqual(['readers', 'visit']);
    expect(last().pages).toEqual(['the page']);
  });

  it('ends the process with the visit and starts the next one; what was to be sealed is cancelled', async () => {
    const { visitDesk, last, processes, asked } = desk();
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    last().say({ t: 'submit', id: 1, request: { visitId: VISIT } });
    const sealed = asked.seal?.({ submissionId: SUBMISSION } as Parameters<SealForm>[0]);
    const first = last();
    expect(first.told.at(-1)).toMatchObject({ t: 'seal', order: { submissionId: SUBMISSION } });
    visitDesk.end();
    expect(first.killed).toBe(true);
    expect(processes.length).toBe(2);
    expect(await sealed).toMatchObject({ ok: false, error: { code: 'K106-cancelled' } });
    first.say({ t: 'card-found', visitId: VISIT });
    last().say({ t: 'hello' });
    expect(last().told.map(({ t }) => t)).toEqual(['readers']);
  });

  it('gives what the process sealed to who asked', async () => {
    const { visitDesk, last, asked } = desk();
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    last().say({ t: 'submit', id: 1, request: { visitId: VISIT } });
    const sealed = asked.seal?.({ submissionId: SUBMISSION } as Parameters<SealForm>[0]);
    const order = last().told.at(-1);
    last().say({ t: 'sealed', id: order && 'id' in order ? order.id : 0, result: ok('an envelope') });
    expect(await sealed).toEqual(ok('an envelope'));
  });

  it('tells that a visit is lost when its process dies, and starts another', async () => {
    const { visitDesk, last, processes, events, clock } = desk();
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    last().die('exit 1');
    await clock.advance(1);
    expect(events).toEqual(['visit-process-died', 'died']);
    expect(processes.length).toBe(2);
  });

  it('takes a reader that worked for working while the next process opens it, and no longer', async () => {
    const { visitDesk, last, clock } = desk();
    last().say({ t: 'hello' });
    last().say({ t: 'health', health: [healthOf('online')] });
    visitDesk.begin(VISIT, 'en', 'the page');
    visitDesk.end();
    last().say({ t: 'hello' });
    last().say({ t: 'health', health: [healthOf('starting')] });
    expect(visitDesk.health()[0]?.status).toBe('online');
    await clock.advance(5_001);
    expect(visitDesk.health()[0]?.status).toBe('starting');
    last().say({ t: 'health', health: [healthOf('online')] });
    expect(visitDesk.health()[0]?.status).toBe('online');
  });

  it('replaces a process that saw a card in a test', async () => {
    const { visitDesk, last, processes } = desk();
    last().say({ t: 'hello' });
    const read = visitDesk.test('id-card-reader', 1_000);
    const told = last().told.at(-1);
    last().say({ t: 'tested', id: told && 'id' in told ? told.id : 0, result: ok({ type: 'resident' }) });
    expect(await read).toEqual(ok({ type: 'resident' }));
    expect(processes.map(({ killed }) => killed)).toEqual([true, false]);
  });

  it('asks for the digest of a code, and answers nothing to a process that is gone', async () => {
    const { visitDesk, last, asked, clock } = desk();
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    last().say({ t: 'ask', id: 4, ask: { what: 'check-code', visitId: VISIT, wellFormed: true } });
    const wish = last().told.at(-1);
    expect(wish).toMatchObject({ t: 'wish', wish: { what: 'digest', check: 4, rule: { cost: 2 } } });
    last().say({ t: 'granted', id: wish && 'id' in wish ? wish.id : 0, result: ok('a digest') });
    await clock.settle();
    expect(asked.digest).toBe('a digest');
    expect(last().told.at(-1)).toMatchObject({ t: 'answered', id: 4, result: { ok: false } });
    last().say({ t: 'ask', id: 5, ask: { what: 'check-code', visitId: VISIT, wellFormed: true } });
    visitDesk.end();
    await clock.settle();
    expect(asked.digest).toBeNull();
    expect(last().told).toEqual([]);
  });

  it('has the keys of files sealed where they are, and says that they are gone when the process is', async () => {
    const { visitDesk, last } = desk();
    const key = { keyId: 'k', algorithm: 'x', publicKey: 'y' } as never;
    expect(await visitDesk.vault.envelope('a', key, 'c')).toMatchObject({ ok: false });
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    const sealed = visitDesk.vault.envelope('a', key, 'c');
    expect(last().told.at(-1)).toMatchObject({ wish: { what: 'seal-file', attachmentId: 'a', caseId: 'c' } });
    visitDesk.end();
    expect(await sealed).toMatchObject({ ok: false, error: { code: 'K106-cancelled' } });
  });

  it('tells of a scan no more than its length; one that nobody was there for goes with its process', async () => {
    const { visitDesk, last, processes, clock } = desk();
    const scans: number[] = [];
    visitDesk.scans.subscribe((length) => scans.push(length));
    visitDesk.light(true);
    last().say({ t: 'hello' });
    expect(last().told.at(-1)).toEqual({ t: 'light', on: true });
    last().say({ t: 'scanned', length: 12 });
    await clock.advance(2_001);
    expect(scans).toEqual([12]);
    expect(processes.map(({ killed }) => killed)).toEqual([true, false]);
    last().say({ t: 'hello' });
    visitDesk.begin(VISIT, 'en', 'the page');
    last().say({ t: 'scanned', length: 12 });
    await clock.advance(2_001);
    expect(processes).toHaveLength(2);
  });

  it('refuses messages that are not as described', () => {
    const { last, events } = desk();
    for (const bad of [null, 7, {}, { t: 'nothing' }, { t: 'health' }]) last().say(bad);
    expect(events).toEqual(Array.from({ length: 5 }, () => 'visit-message-malformed'));
  });
});

/** The process's side, with the test as main process and page. */
function server(openLater?: (clock: FakeClock) => TransportOpener) {
  const told: { readonly t: string; readonly id?: number }[] = [];
  const heard: PageHears[] = [];
  let tell: (message: ToDesk, page: PageLine | null) => void = () => undefined;
  let ask: (message: unknown) => void = () => undefined;
  const clock = new FakeClock();
  serveVisit({
    line: { post: (message) => void told.push(message), onMessage: (listener) => (tell = listener) },
    clock,
    random: seededRandom(5),
    open: openLater?.(clock) ?? (() => Promise.resolve(err({ code: 'not-found', detail: '' }))),
    registry: driverRegistry,
    sealer: { seal: () => Promise.reject(new Error('nothing is to be sealed')) },
    speechEngine: { ready: async () => true, say: async (text, voice) => Buffer.from(`${voice} ${text}`) },
  });
  const page: PageLine = {
    post: (message) => void heard.push(message),
    onMessage: (listener) => {
      ask = listener;
    },
  };
  return {
    told,
    heard,
    clock,
    tell: (message: ToDesk) => tell(message, message.t === 'visit' ? page : null),
    ask: (name: string, input: unknown) => ask({ id: 1, name, input }),
  };
}

const FORM = {
  ...{ visitId: VISIT, submissionId: SUBMISSION, itemId: 'rent-filing', itemVersion: 1, language: 'en' },
  values: { phone: '13800000024' },
};

describe('the visit process', () => {
  it('waits for a reader that is still being opened when a card is asked for', async () => {
    const simulator = new SdtReaderSimulator();
    const { heard, tell, ask, clock } = server((now) => async () => {
      await now.sleep(2_000);
      return ok(new MemoryLine(simulator, now).open());
    });
    tell({ t: 'readers', settings: [READER] });
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    await clock.settle();
    ask('card.read', { visitId: VISIT });
    await clock.advance(1_500);
    expect(heard).toEqual([]);
    await clock.advance(3_000);
    simulator.layCard(TEST_CARD);
    await clock.advance(3_000);
    expect(heard).toMatchObject([{ answer: { ok: true, value: { card: { name: TEST_CARD.name } } } }]);
  });

  it('says at once that a reader which cannot be opened is not there', async () => {
    const { heard, tell, ask, clock } = server();
    tell({ t: 'readers', settings: [READER] });
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    ask('card.read', { visitId: VISIT });
    await clock.advance(200);
    expect(heard).toMatchObject([{ answer: { ok: false, error: { code: 'C201-reader-away' } } }]);
  });

  it('asks for a submit without the answers, and seals nothing without a card', async () => {
    const { told, tell, ask, clock } = server();
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    ask('case.submit', FORM);
    await clock.settle();
    const submit = told.find(({ t }) => t === 'submit');
    expect(submit).toMatchObject({ request: { submissionId: SUBMISSION, itemId: 'rent-filing' } });
    expect(JSON.stringify(told)).not.toContain('13800000024');
    tell({ t: 'seal', id: 9, order: { visitId: VISIT, submissionId: SUBMISSION } as never });
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ t: 'sealed', id: 9, result: { ok: false, error: { code: 'C202-no-card' } } });
  });

  it('checks a code by its digest and keeps the code', async () => {
    const { told, heard, tell, ask, clock } = server();
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    ask('pickup.check', { visitId: VISIT, code: '1234567' });
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ t: 'ask', ask: { what: 'check-code', wellFormed: false } });
    const code = makePickupCode('2468013');
    ask('pickup.check', { visitId: VISIT, code: `HP1:${code}` });
    await clock.settle();
    const check = told.at(-1)?.id ?? 0;
    expect(told.at(-1)).toMatchObject({ t: 'ask', ask: { what: 'check-code', wellFormed: true } });
    const rule = { salt: 'c2FsdA', cost: 2 };
    tell({ t: 'wish', id: 3, wish: { what: 'digest', check, rule } });
    await vi.waitFor(() => expect(told.at(-1)?.t).toBe('granted'));
    expect(told.at(-1)).toMatchObject({ id: 3, result: ok(await digestPickupCode(code, rule)) });
    tell({ t: 'answered', id: check, result: err(problem('L403-code-unknown', { left: 4 })) });
    await clock.settle();
    expect(heard.at(-1)).toMatchObject({ answer: { error: { code: 'L403-code-unknown' } } });
    // What is asked for when the check is over is not told any more.
    tell({ t: 'wish', id: 4, wish: { what: 'digest', check, rule } });
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ t: 'granted', id: 4, result: { ok: false } });
    expect(JSON.stringify(told)).not.toContain(code);
  });

  it('seals a file before a byte of it goes on, and its key for the platform alone', async () => {
    const { told, heard, tell, ask, clock } = server();
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    const file = { visitId: VISIT, itemId: 'rent-filing', slot: 'contract', type: 'image/jpeg', size: 40 };
    ask('attachment.add', file);
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ t: 'ask', ask: { what: 'add-file', file } });
    const added = { added: true, attachmentId: SUBMISSION, chunkBytes: 1_000 };
    tell({ t: 'answered', id: told.at(-1)?.id ?? 0, result: ok(added) });
    await clock.settle();
    expect(heard.at(-1)).toMatchObject({ answer: { ok: true, value: added } });
    const plain = new TextEncoder().encode('a picture of a paper, forty bytes of it.');
    ask('attachment.chunk', { visitId: VISIT, attachmentId: SUBMISSION, bytes: plain.slice() });
    await clock.settle();
    const sent = told.at(-1) as unknown as { id: number; ask: { what: string; sealed: Uint8Array } };
    expect(sent.ask.what).toBe('append-file');
    expect(sent.ask.sealed).toHaveLength(56);
    expect(Buffer.from(sent.ask.sealed).includes(Buffer.from(plain.subarray(0, 8)))).toBe(false);
    tell({ t: 'answered', id: sent.id, result: err(problem('K104-no-space')) });
    await clock.settle();
    // It could not be written: the file is given up, and its key with it.
    expect(told.at(-1)).toMatchObject({ ask: { what: 'remove-file' } });
    const wish = { what: 'seal-file', attachmentId: SUBMISSION, key: {} as never, caseId: VISIT } as const;
    tell({ t: 'wish', id: 8, wish });
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ t: 'granted', id: 8, result: { ok: false } });
  });

  it('says aloud what the page asks for, one after the other', async () => {
    const { heard, tell, ask, clock } = server();
    tell({ t: 'visit', visitId: VISIT, language: 'en' });
    ask('speech.say', { text: 'lin2', voice: 'zh' });
    await clock.settle();
    expect(heard.at(-1)).toMatchObject({ answer: ok({ wav: Buffer.from('zh lin2').toString('base64') }) });
  });

  it('answers its own visit only, and personal calls only', async () => {
    const { heard, tell, ask, clock, told } = server();
    tell({ t: 'visit', visitId: SUBMISSION, language: 'en' });
    ask('case.submit', FORM);
    ask('technician.unlock', { pin: '1' });
    ask('case.submit', { values: 'x' });
    await clock.settle();
    expect(new Set(heard.map((one) => 'answer' in one && !one.answer.ok && one.answer.error.code))).toEqual(
      new Set(['K101-bad-request', 'K102-no-visit']),
    );
    expect(told.some(({ t }) => t === 'submit')).toBe(false);
  });
});
