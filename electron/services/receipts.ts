import { problem, type Problem } from '../contract/problems.ts';
import type { PrintDto } from '../contract/dto.ts';
import type { ActEvent } from '../domain/act.ts';
import type { Language } from '../domain/text.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { ReceiptDocument } from '../../native/model/receipt-document.ts';
import type { PrintOutcome, PrintResult } from '../../native/model/receipt-printer.ts';
import { newId } from './ids.ts';
import { correctedNow, type Ports } from './kiosk.ts';
import { problemOf } from './device-problems.ts';
import { storeProblem } from './cases.ts';
import { caseReceipt, pickupReceipt, testReceipt, type ReceiptContext } from './receipt-documents.ts';
import type { Visits } from './visits.ts';

/** How the outcome of a print ends its act. */
const ACT_EVENT: Readonly<Record<PrintOutcome, ActEvent>> = {
  printed: 'confirm',
  'not-printed': 'refuse',
  unknown: 'lose-track',
};

/** Rows of a receipt for the picture on the screen. */
export function previewOf(document: ReceiptDocument): PrintDto['preview'] {
  return document.lines.map((line) => {
    switch (line.kind) {
      case 'text':
      case 'number':
        return { kind: line.kind, text: line.text };
      case 'state':
        return { kind: 'state', text: line.title, note: line.detail };
      case 'pair':
        return { kind: 'pair', text: line.key, note: line.value };
      case 'step':
        return { kind: 'step', text: line.text, note: line.note, done: line.done };
      case 'qr':
        return { kind: 'qr', text: line.data };
      // The screen shows what a person can read of bars; a picture says nothing that the text does not say.
      case 'barcode':
        return { kind: 'number', text: line.data };
      case 'picture':
        return { kind: 'feed', text: '' };
      case 'rule':
      case 'feed':
        return { kind: line.kind, text: '' };
    }
  });
}

/** Prints receipts; each print is an act that ends printed, not printed or unknown. */
export class Receipts {
  readonly #ports: Ports;
  readonly #visits: Visits;

  /** Prints under way by subject: an impatient second touch joins the first instead of wasting paper. */
  readonly #underWay = new Map<string, Promise<Result<PrintDto, Problem>>>();

  #mayHoldLeftovers = true;

  constructor(ports: Ports, visits: Visits) {
    this.#ports = ports;
    this.#visits = visits;
  }

  /** Prints the receipt of something done in this visit; a further call prints a marked further copy. */
  async print(
    visitId: string,
    subject: 'case' | 'pickup',
    subjectId: string,
    language: Language,
  ): Promise<Result<PrintDto, Problem>> {
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const own = subject === 'case' ? visit.value.cases.has(subjectId) : visit.value.pickups.has(subjectId);
    if (!own) return err(problem('S504-not-found'));
    const running = this.#underWay.get(subjectId);
    if (running) return running;
    const print = this.#print(subject, subjectId, language).finally(() => this.#underWay.delete(subjectId));
    this.#underWay.set(subjectId, print);
    return print;
  }

  async #print(subject: 'case' | 'pickup', subjectId: string, language: Language): Promise<Result<PrintDto, Problem>> {
    const { store, clock, log } = this.#ports;
    const acts = await store.actsOf(subjectId);
    if (!acts.ok) return err(storeProblem(acts.error));
    // What surely did not come out is no copy; what may have come out is one.
    const copies = acts.value.filter((act) => act.kind === 'print-receipt' && act.state !== 'refused').length;
    const context = this.#context(language, copies + 1);
    const document = await this.#document(subject, subjectId, context);
    if (!document.ok) return document;

    const actId = newId(this.#ports);
    const begun = await store.beginAct({
      actId,
      kind: 'print-receipt',
      subjectId,
      at: clock.now(),
      detail: { copy: context.copy },
    });
    if (!begun.ok) return err(storeProblem(begun.error));
    const sent = await store.advanceAct({ actId, event: 'send', at: clock.now() });
    if (!sent.ok) return err(storeProblem(sent.error));
    const result = await this.#printOn(document.value);
    const settled = await store.advanceAct({ actId, event: ACT_EVENT[result.outcome], at: clock.now() });
    // The paper is what it is; an act left open is looked at by the next start, see `resumePrints`.
    if (!settled.ok) log.event('error', 'act-not-settled', { actId, code: settled.error.code });
    log.event(result.outcome === 'printed' ? 'info' : 'warn', 'receipt', {
      actId,
      outcome: result.outcome,
      cause: result.cause?.code,
    });
    return ok({
      outcome: result.outcome,
      cause: this.#cause(result),
      copy: context.copy,
      preview: previewOf(document.value),
    });
  }

  /** Prints the technician's test page. */
  printTest(language: Language): Promise<PrintResult> {
    const report = this.#ports.devices.reports().find((device) => device.deviceClass === 'receipt-printer');
    const device = { driver: report?.driver ?? '', address: report?.address ?? '' };
    return this.#printOn(testReceipt(device, this.#context(language, 1)));
  }

  /**
   * The first print of this process may find half a receipt in the printer: the program may have died in the middle of
   * one, and it belongs to somebody else. A blank strip of paper at each start is the price.
   */
  async #printOn(document: ReceiptDocument): Promise<PrintResult> {
    const result = await this.#ports.devices.print(document, { leftovers: this.#mayHoldLeftovers });
    // What goes wrong from now on is known to the driver.
    if (result.outcome !== 'not-printed') this.#mayHoldLeftovers = false;
    return result;
  }

  #cause(result: PrintResult): Problem | null {
    if (result.outcome === 'printed') return null;
    if (result.outcome === 'unknown') return problem('P306-print-unknown');
    return result.cause ? problemOf('receipt-printer', result.cause) : problem('P301-printer-away');
  }

  async #document(
    subject: 'case' | 'pickup',
    subjectId: string,
    context: ReceiptContext,
  ): Promise<Result<ReceiptDocument, Problem>> {
    const { store, catalogue } = this.#ports;
    if (subject === 'case') {
      const record = await store.findCase({ caseId: subjectId });
      if (!record.ok) return err(storeProblem(record.error));
      const pack = catalogue.findVersion(record.value.itemId, record.value.itemVersion);
      return ok(caseReceipt(record.value, pack, context));
    }
    const record = await store.findPickup(subjectId);
    if (!record.ok) return err(storeProblem(record.error));
    // The paper says that a door was opened, so a sensor must have seen it.
    if (record.value.openedAt === null) return err(problem('L410-door-unknown', { cell: record.value.cell }));
    return ok(pickupReceipt(record.value, context));
  }

  #context(language: Language, copy: number): ReceiptContext {
    return {
      kiosk: this.#ports.kiosk(),
      language,
      translate: this.#ports.translate,
      printedAt: correctedNow(this.#ports),
      copy,
      networkUp: this.#ports.sync.link().state === 'up',
    };
  }
}

/** Prints interrupted by a restart: nobody can say whether they came out, so they are unknown and belong to staff. */
export async function resumePrints(ports: Pick<Ports, 'store' | 'clock' | 'log'>): Promise<void> {
  const acts = await ports.store.openActs();
  if (!acts.ok) return;
  for (const act of acts.value) {
    if (act.kind !== 'print-receipt' || act.state === 'unknown') continue;
    const event: ActEvent = act.state === 'intended' ? 'refuse' : 'lose-track';
    await ports.store.advanceAct({ actId: act.actId, event, at: ports.clock.now(), owner: 'duty-staff' });
    ports.log.event('warn', 'print-act-resumed', { actId: act.actId, event });
  }
}
