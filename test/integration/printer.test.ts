import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput } from '../../electron/contract/calls.ts';
import { TestKiosk, until } from './app-kit.ts';
import { codeOf, fileCase, functionNow, printed, statusOf } from './steps.ts';

/** One case, and a printer that gives every trouble to its receipt. */
describe('a receipt', () => {
  let kiosk: TestKiosk;
  let result: CallOutput<'case.submit'>;
  let subject: { visitId: string; subject: 'case'; subjectId: string; language: 'zh-CN' };

  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  beforeEach(async () => {
    const filed = await fileCase(kiosk);
    result = filed.result;
    subject = { visitId: filed.visitId, subject: 'case', subjectId: result.caseId, language: 'zh-CN' };
  });
  afterEach(async () => {
    // Whatever became of the paper, the case is what it was, once.
    expect(await kiosk.must('case.find', { number: result.trackingNumber })).toMatchObject({
      state: 'approved',
      caseNumber: result.caseNumber,
    });
    const held = (await kiosk.stack.platform.holdings()).cases.filter((one) => one.caseId === result.caseId);
    expect(held).toHaveLength(1);
  });

  const paper = (what: Parameters<typeof kiosk.stack.bench.actions.paper>[0]): void =>
    kiosk.stack.bench.actions.paper(what);
  const pieces = async (): Promise<number> => (await kiosk.stack.bench.receiptsPainted()).length;
  const printerIs = (status: string): Promise<void> =>
    until(`printer ${status}`, () => statusOf(kiosk, 'receipt-printer') === status);

  /** Prints and holds the paper against what the screen was told. */
  async function goodCopy(copy: number): Promise<void> {
    const good = await printed(kiosk, subject);
    expect(good.result).toMatchObject({ outcome: 'printed', cause: null, copy });
    expect(good.paper).toContain(result.trackingNumber);
    expect(good.paper).toContain(`第 ${copy} 份`);
  }

  it('without paper: nothing is printed, the words say why, the home screen knows; refilled, it is the first copy', async () => {
    paper('out');
    const before = await pieces();
    expect(await kiosk.must('receipt.print', subject)).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'P302-paper-out' },
      copy: 1,
    });
    await printerIs('userError');
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'limited', reason: 'P302-paper-out' });
    expect((await kiosk.must('kiosk.snapshot', {})).printer).toBe('paper-out');
    expect(await pieces()).toBe(before);
    paper('refill');
    await printerIs('online');
    await goodCopy(1);
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'open', reason: null, since: null });
  });

  it('with paper that ends in the middle is not called printed; the rest never joins the next one', async () => {
    paper('last-lines');
    const broken = await kiosk.must('receipt.print', subject);
    expect(broken).toMatchObject({ outcome: 'not-printed', cause: { code: 'P302-paper-out' } });
    paper('refill');
    await printerIs('online');
    await goodCopy(1);
    const last = (await kiosk.stack.bench.receiptsPainted()).at(-1);
    expect(last?.lines.filter((line) => line.includes(result.trackingNumber))).toHaveLength(1);
  });

  it.each([
    ['jam', 'clear-jam', 'P303-paper-jam', 'hardwareError'],
    ['open-cover', 'close-cover', 'P304-cover-open', 'userError'],
  ] as const)('with %s before: refused in its own words; mended, it prints', async (fault, mend, code, status) => {
    paper(fault);
    const before = await pieces();
    expect(await kiosk.must('receipt.print', subject)).toMatchObject({ outcome: 'not-printed', cause: { code } });
    await printerIs(status);
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'limited', reason: code });
    paper(mend);
    await printerIs('online');
    await goodCopy(1);
    expect(await pieces()).toBe(before + 1);
  });

  it('with a cutter that sticks is not called printed; mended, the next one is', async () => {
    paper('fail-cutter');
    const stuck = await kiosk.must('receipt.print', subject);
    expect(stuck.outcome).not.toBe('printed');
    expect(codeOf({ ok: false, error: stuck.cause ?? { code: 'none' } })).toMatch(
      /^P305-cutter-error$|^P306-print-unknown$/,
    );
    await printerIs('hardwareError');
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'limited', reason: 'P305-cutter-error' });
    paper('repair-cutter');
    await goodCopy(stuck.outcome === 'unknown' ? 2 : 1);
  });

  it('that nobody can vouch for is unknown, and counts as a copy', async () => {
    const { printer } = kiosk.stack.bench;
    const stop = printer.receipts.subscribe(() => printer.muteStatus(true));
    const print = await kiosk.must('receipt.print', subject);
    stop();
    printer.muteStatus(false);
    expect(print).toMatchObject({ outcome: 'unknown', cause: { code: 'P306-print-unknown' }, copy: 1 });
    await kiosk.devicesReady();
    await goodCopy(2);
  });

  it('during which the cable is pulled is never called printed; plugged in, it prints whole', async () => {
    const { printer, actions } = kiosk.stack.bench;
    let pulled = Promise.resolve();
    const stop = printer.receipts.subscribe(() => {
      pulled = actions.unplug('receipt-printer');
    });
    const print = await kiosk.must('receipt.print', subject);
    stop();
    await pulled;
    expect(print).toMatchObject({ outcome: 'unknown', copy: 1 });
    expect(await kiosk.must('receipt.print', subject)).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'P301-printer-away' },
    });
    expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'limited', reason: 'P301-printer-away' });
    await kiosk.stack.bench.actions.replug('receipt-printer');
    await printerIs('online');
    await goodCopy(2);
  });

  it('is printed again as a marked further copy, and once for two touches at once', async () => {
    await goodCopy(1);
    await goodCopy(2);
    const both = await Promise.all([kiosk.must('receipt.print', subject), kiosk.must('receipt.print', subject)]);
    for (const one of both) expect(one).toMatchObject({ outcome: 'printed', copy: 3 });
    await goodCopy(4);
  });

  it('of somebody else is not to be had', async () => {
    const other = await fileCase(kiosk, 'employment-registration');
    expect(codeOf(await kiosk.call('receipt.print', subject))).toBe('K102-no-visit');
    expect(codeOf(await kiosk.call('receipt.print', { ...subject, visitId: other.visitId }))).toBe('S504-not-found');
  });

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});
