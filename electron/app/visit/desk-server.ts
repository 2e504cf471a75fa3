import { problem } from '../../contract/problems.ts';
import type { Problem } from '../../contract/problems.ts';
import type { CaseProgress } from '../../contract/dto.ts';
import type { FormValues } from '../../domain/case.ts';
import { createRouter } from '../../ipc/router.ts';
import { sealForm } from '../../services/form-desk.ts';
import type { LogPort, Sealer } from '../../services/ports.ts';
import { Visits } from '../../services/visits.ts';
import { DeviceManager } from '../../../native/manager/device-manager.ts';
import type { DriverRegistry } from '../../../native/manager/driver-types.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { PortWatch, TransportOpener } from '../../../native/model/transport.ts';
import { outOfServiceHandlers } from '../handlers.ts';
import { cardReaders, watchCards } from '../kiosk-devices.ts';
import { isReaderClass, PageAsks, type FromDesk, type PageHears, type ReaderTest, type ToDesk } from './protocol.ts';
import { cardDto } from '../card-dto.ts';

/** The line to the page at the kiosk. */
export interface PageLine {
  post(message: PageHears): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The line to the main process. */
export interface DeskLine {
  post(message: FromDesk): void;
  onMessage(listener: (message: ToDesk, page: PageLine | null) => void): void;
}

/** What the visit process is made of. */
export interface DeskServerOptions {
  readonly line: DeskLine;
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  readonly watchPort?: PortWatch;
  readonly registry: DriverRegistry;
  readonly sealer: Sealer;
}

/** Health is told again this often, in milliseconds, so that the time of the last answer is true. */
const TELL_MS = 5_000;
const OWN_PAGE = 'page:own';

/** Answers that somebody waits for, by number. */
class Waiting<T> {
  readonly #waiting = new Map<number, (answer: T) => void>();
  #last = 0;

  ask(send: (id: number) => void): Promise<T> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      send(id);
    });
  }

  answer(id: number, answer: T): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}

/**
 * The visit process: works the card readers, holds the card and the plain form of one visit, seals. It is ended with the
 * visit, and with it every copy of what it held; so it needs no way to forget.
 */
export function serveVisit(options: DeskServerOptions): void {
  const { line, clock, random, sealer } = options;
  const log: LogPort = {
    event: (level, event, detail = {}) => line.post({ t: 'log', level, event, detail: { ...detail } }),
    tail: () => [],
  };
  let manager: DeviceManager | null = null;
  const readers = cardReaders(() => manager);
  const visits = new Visits({ clock, random, log, devices: readers });
  const forms = new Map<string, FormValues>();
  const rules = new Waiting<boolean>();
  const submits = new Waiting<Result<CaseProgress, Problem>>();
  const tests = new Map<number, AbortController>();

  const router = createRouter({
    origin: OWN_PAGE,
    log: (level, event, detail) => log.event(level, event, detail),
    handlers: {
      ...outOfServiceHandlers(problem('K101-bad-request')),
      'card.read': async ({ visitId, itemId }) => {
        const socialSecurity =
          itemId !== undefined && (await rules.ask((id) => line.post({ t: 'card-rules', id, itemId })));
        const read = await visits.readCard(visitId, { socialSecurity });
        if (!read.ok) return read;
        return ok({ card: cardDto(read.value) });
      },
      'card.cancel': async ({ visitId }) => {
        visits.cancelCard(visitId);
        return ok({});
      },
      'case.submit': async ({ values, ...request }) => {
        const visit = visits.require(request.visitId);
        if (!visit.ok) return visit;
        forms.set(request.submissionId, values);
        return submits.ask((id) => line.post({ t: 'submit', id, request }));
      },
    },
  });

  const serve = (page: PageLine): void =>
    page.onMessage((message) => {
      const asked = PageAsks.safeParse(message);
      if (!asked.success) return;
      const { id, name, input } = asked.data;
      void router({ url: OWN_PAGE, mainFrame: true }, name, input).then((answer) => page.post({ id, answer }));
    });

  const tell = (): void => {
    if (manager) {
      line.post({ t: 'health', health: manager.health().filter(({ deviceClass }) => isReaderClass(deviceClass)) });
    }
  };

  const test = async (id: number, reader: string, deadlineMs: number): Promise<void> => {
    const ended = new AbortController();
    tests.set(id, ended);
    const how = { deadlineMs, signal: ended.signal };
    const read = await (reader === 'id-card-reader' ? readers.readCard(how) : readers.readSocialSecurityCard(how));
    tests.delete(id);
    const result: ReaderTest = read.ok ? ok({ type: read.value.type }) : err(read.error);
    line.post({ t: 'tested', id, result });
  };

  visits.events.subscribe((event) => {
    if (event.type === 'card-found') line.post({ t: 'card-found', visitId: event.visitId });
  });

  line.onMessage((message, page) => {
    switch (message.t) {
      case 'readers':
        if (!manager) {
          const { open, watchPort, registry } = options;
          const { healthIntervalMs } = message;
          manager = new DeviceManager({
            clock,
            random,
            open,
            registry,
            ...(watchPort ? { watchPort } : {}),
            ...(healthIntervalMs === undefined ? {} : { healthIntervalMs }),
          });
          manager.events.subscribe(tell);
          watchCards(manager, (event) => {
            if (event.change === 'removed') visits.cardRemoved();
            line.post({ t: 'card-change', ...event });
          });
          void manager.start();
        }
        // The main process has checked them.
        void manager.configure(message.settings).then(tell);
        return;
      case 'visit':
        visits.begin(message.language, { id: message.visitId, cardLeft: message.cardLeft === true });
        if (page) serve(page);
        return;
      case 'seal': {
        const { id, order } = message;
        const visit = visits.require(order.visitId);
        const values = forms.get(order.submissionId);
        if (!visit.ok || values === undefined) {
          return line.post({ t: 'sealed', id, result: err(problem('K102-no-visit')) });
        }
        void sealForm({ card: visit.value.card, values }, order, sealer).then((result) =>
          line.post({ t: 'sealed', id, result }),
        );
        return;
      }
      case 'test':
        void test(message.id, message.reader, message.deadlineMs);
        return;
      case 'cancel-test':
        tests.get(message.id)?.abort();
        return;
      case 'card-rules-are':
        return rules.answer(message.id, message.socialSecurity);
      case 'submitted':
        return submits.answer(message.id, message.result);
    }
  });
  line.post({ t: 'hello' });
  void (async () => {
    for (;;) {
      await clock.sleep(TELL_MS);
      tell();
    }
  })();
}
