import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKiosk, until } from './app-kit.ts';
import { announce, beginVisit, codeOf, fileCase, pressed, unlock } from './steps.ts';

/** The keypad's driver takes two presses within 300 ms for one. */
const PAST_DEBOUNCE_MS = 350;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(['serial', 'hid'] as const)('a rating on the %s keypad', (keypad) => {
  const device = `${keypad}-keypad` as const;
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({ keypad });
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it('counts for the person who was asked, once, at its level', async () => {
    const { visitId, result } = await fileCase(kiosk);
    const subject = { subject: 'case', subjectId: result.caseId } as const;
    // Before anybody was asked.
    await pressed(kiosk, 1, device);
    expect(await kiosk.must('rating.invite', { visitId, ...subject })).toEqual({ alreadyRated: false });
    await pause(PAST_DEBOUNCE_MS);
    await pressed(kiosk, 4, device);
    await until('rating', () => kiosk.events('rating-given').some((one) => one.subjectId === result.caseId));
    await pause(PAST_DEBOUNCE_MS);
    // A second thought does not count.
    await pressed(kiosk, 1, device);
    expect(await kiosk.must('rating.invite', { visitId, ...subject })).toEqual({ alreadyRated: true });
    await kiosk.drained();
    const ratings = (await kiosk.stack.platform.holdings()).ratings.filter((one) => one.subjectId === result.caseId);
    expect(ratings).toMatchObject([{ level: 4, channel: '4' }]);
  });

  it('after the visit ended, or skipped, counts for nobody', async () => {
    const { visitId, result } = await fileCase(kiosk);
    const subject = { subject: 'case', subjectId: result.caseId } as const;
    await kiosk.must('rating.invite', { visitId, ...subject });
    await kiosk.must('rating.skip', { visitId });
    await pause(PAST_DEBOUNCE_MS);
    await pressed(kiosk, 1, device);
    await kiosk.must('rating.invite', { visitId, ...subject });
    await kiosk.must('visit.end', { visitId, reason: 'left' });
    await pause(PAST_DEBOUNCE_MS);
    await pressed(kiosk, 1, device);
    const next = await fileCase(kiosk);
    await kiosk.must('rating.invite', { visitId: next.visitId, subject: 'case', subjectId: next.result.caseId });
    // The person before cannot be rated for by the next one.
    expect(codeOf(await kiosk.call('rating.give', { visitId: next.visitId, ...subject, level: 1 }))).toBe(
      'S504-not-found',
    );
    expect(codeOf(await kiosk.call('rating.give', { visitId, ...subject, level: 1 }))).toBe('K102-no-visit');
    await kiosk.drained();
    const ratings = (await kiosk.stack.platform.holdings()).ratings;
    expect(ratings.filter((one) => [result.caseId, next.result.caseId].includes(one.subjectId))).toEqual([]);
  });

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});

describe('a scanned code', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  /** Scans and waits until the kiosk's scanner has told it. */
  async function scanned(text: string): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      const stop = kiosk.app.useCases.devices.signals.subscribe((signal) => {
        if (signal.type !== 'code') return;
        stop();
        resolve();
      });
    });
    kiosk.stack.bench.actions.scan(text);
    await heard;
  }
  const texts = (visitId: string): string[] =>
    kiosk.events('code-scanned').flatMap((event) => (event.visitId === visitId ? [event.text] : []));

  it('reaches the visit that listens, and only while it listens', async () => {
    const visitId = await beginVisit(kiosk);
    await scanned('too-early');
    await kiosk.must('scanner.listen', { visitId, on: true });
    await scanned('heard');
    await kiosk.must('scanner.listen', { visitId, on: false });
    await scanned('too-late');
    expect(texts(visitId)).toEqual(['heard']);
    await kiosk.must('scanner.listen', { visitId, on: true });
    await kiosk.must('visit.end', { visitId, reason: 'left' });
    const next = await beginVisit(kiosk);
    await scanned('nobody-asked');
    expect(codeOf(await kiosk.call('scanner.listen', { visitId, on: true }))).toBe('K102-no-visit');
    await scanned('still-nobody');
    expect([...texts(visitId), ...texts(next)]).toEqual(['heard']);
  });

  it('of a pick-up is taken with its prefix and its check digit', async () => {
    const { code, pickupId } = await announce(kiosk, '01');
    const visitId = await beginVisit(kiosk);
    await kiosk.must('scanner.listen', { visitId, on: true });
    await scanned(`HP1:${code}`);
    const [text = ''] = texts(visitId);
    expect(await kiosk.must('pickup.check', { visitId, code: text })).toMatchObject({ pickupId, cell: '01' });
  });

  it('of monstrous length is dropped whole, the next one is read', async () => {
    const visitId = await beginVisit(kiosk);
    await kiosk.must('scanner.listen', { visitId, on: true });
    kiosk.stack.bench.actions.scan('7'.repeat(6_000));
    await scanned('after-the-flood');
    expect(texts(visitId)).toEqual(['after-the-flood']);
  }, 30_000);

  it('with control characters comes without them; one too long for a code is refused in words', async () => {
    const visitId = await beginVisit(kiosk);
    await kiosk.must('scanner.listen', { visitId, on: true });
    await scanned('\u0002A\u0000B\u001dC\u0007 ');
    await scanned('8'.repeat(150));
    expect(texts(visitId)).toEqual(['ABC', '8'.repeat(150)]);
    expect(codeOf(await kiosk.call('pickup.check', { visitId, code: texts(visitId)[1] ?? '' }))).toBe(
      'L402-code-malformed',
    );
    // Beyond what the contract takes: refused before anybody looks at it.
    expect(codeOf(await kiosk.call('pickup.check', { visitId, code: '8'.repeat(201) }))).toBe('K101-bad-request');
  });

  it('in GBK is read once the technician says so', async () => {
    const token = await unlock(kiosk);
    const { settings, version } = await kiosk.must('technician.devices', { token });
    const setting = settings.find((one) => one.deviceClass === 'code-scanner');
    if (!setting) throw new Error('no scanner');
    const saved = await kiosk.must('technician.save', {
      token,
      baseVersion: version,
      setting: { ...setting, options: { ...setting.options, charset: 'gbk' } },
    });
    expect(saved).toMatchObject({ saved: true, fault: null });
    await kiosk.devicesReady();
    kiosk.stack.bench.scanner.behaviour.charset = 'gbk';
    const visitId = await beginVisit(kiosk);
    await kiosk.must('scanner.listen', { visitId, on: true });
    await scanned('澄湖测试码');
    expect(texts(visitId)).toEqual(['澄湖测试码']);
  });

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});
