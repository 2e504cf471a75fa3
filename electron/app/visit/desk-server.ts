import { problem } from '../../contract/problems.ts';
import type { Problem } from '../../contract/problems.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { CaseProgress } from '../../contract/dto.ts';
import type { FormValues } from '../../domain/case.ts';
import { createRouter } from '../../ipc/router.ts';
import { sealForm } from '../../services/form-desk.ts';
import { FileDesk, FileSeals, type Added, type DraftSummary } from '../../services/file-desk.ts';
import { heldCode, type HeldCode } from '../../services/pickups.ts';
import type { LogPort, Sealer } from '../../services/ports.ts';
import { fixedHeadset, NO_ENGINE, Speech, type SpeechEngine } from '../../services/speech.ts';
import { Visits } from '../../services/visits.ts';
import { DeviceManager } from '../../../native/manager/device-manager.ts';
import type { DriverRegistry } from '../../../native/manager/driver-types.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { PortWatch, TransportOpener } from '../../../native/model/transport.ts';
import { outOfServiceHandlers } from '../handlers.ts';
import { cardReaders, watchCards, type CardReaders } from '../kiosk-devices.ts';
import {
  isFarClass,
  PageAsks,
  type DeskAsk,
  type DeskWish,
  type FromDesk,
  type PageHears,
  type ReaderClass,
  type ReaderTest,
  type ToDesk,
} from './protocol.ts';
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
  /** Makes sound of what the page wants said; without one the visit is silent. */
  readonly speechEngine?: SpeechEngine;
}

/** Health is told again this often, in milliseconds, so that the time of the last answer is true. */
const TELL_MS = 5_000;
/** A reader that is being opened when somebody is asked for a card is waited for so long, in milliseconds. */
const OPENING_MS = 5_000;
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
 * The visit process: works the card readers and the code scanner, holds card, codes, plain form and plain files of one
 * visit, seals, and makes sound of what is said to the person. It is ended with the visit, and with it every copy of what it
 * held; so it needs no way to forget.
 */
export function serveVisit(options: DeskServerOptions): void {
  const { line, clock, random, sealer } = options;
  const log: LogPort = {
    event: (level, event, detail = {}) => line.post({ t: 'log', level, event, detail: { ...detail } }),
    tail: () => [],
  };
  let manager: DeviceManager | null = null;
  /** The readers have the settings that were told last. */
  let configured: Promise<unknown> = Promise.resolve();
  /** This process is as young as the visit: whoever is quick is asked for a card before its readers are open. */
  const opened = async (reader: ReaderClass, signal?: AbortSignal): Promise<void> => {
    await configured;
    const slot = manager?.slot(reader);
    if (slot?.health().status !== 'starting') return;
    const settled = new AbortController();
    const stop = slot.healthChanged.subscribe(({ status }) => {
      if (status !== 'starting') settled.abort();
    });
    await clock.sleep(OPENING_MS, signal ? AbortSignal.any([signal, settled.signal]) : settled.signal);
    stop();
  };
  const bare = cardReaders(() => manager);
  const readers: CardReaders = {
    readCard: async (how) => {
      await opened('id-card-reader', how.signal);
      return bare.readCard(how);
    },
    readSocialSecurityCard: async (how) => {
      await opened('social-security-card-reader', how.signal);
      return bare.readSocialSecurityCard(how);
    },
  };
  const visits = new Visits({ clock, random, log, devices: readers });
  const forms = new Map<string, FormValues>();
  const rules = new Waiting<boolean>();
  const submits = new Waiting<Result<CaseProgress, Problem>>();
  const tests = new Map<number, AbortController>();
  const asks = new Waiting<Result<unknown, Problem>>();
  /** Codes that are being checked, by the number of the check. */
  const codes = new Map<number, HeldCode>();
  const ask = async <T>(what: DeskAsk): Promise<Result<T, Problem>> =>
    (await asks.ask((id) => line.post({ t: 'ask', id, ask: what }))) as Result<T, Problem>;
  const seals = new FileSeals(random, sealer);
  const files = new FileDesk(seals, {
    add: (file) => ask<Added>({ what: 'add-file', file }),
    append: (visitId, attachmentId, sealed) =>
      ask<DraftSummary>({ what: 'append-file', visitId, attachmentId, sealed }),
    remove: (visitId, attachmentId) => ask<void>({ what: 'remove-file', visitId, attachmentId }),
  });
  let speech: Promise<Speech> | null = null;
  /** Looked for when the first thing is to be said: most visits are silent. */
  const voice = (): Promise<Speech> =>
    (speech ??= (async () => {
      const made = new Speech(options.speechEngine ?? NO_ENGINE, fixedHeadset('out'));
      await made.start();
      return made;
    })());
  let atKiosk: PageLine | null = null;
  let listening: string | null = null;
  let light = false;
  const shine = async (): Promise<void> => {
    await manager?.codeScanner.call((driver) => driver.trigger(light));
  };

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
      'attachment.add': (file) => files.add(file),
      'attachment.chunk': ({ visitId, attachmentId, bytes }) => files.chunk(visitId, attachmentId, bytes),
      'attachment.remove': async ({ visitId, attachmentId }) => {
        const removed = await files.remove(visitId, attachmentId);
        return removed.ok ? ok({}) : removed;
      },
      'attachment.list': async ({ visitId, itemId }) => {
        const listed = await ask<readonly DraftSummary[]>({ what: 'list-files', visitId, itemId });
        return listed.ok ? ok({ attachments: [...listed.value] }) : listed;
      },
      'scanner.listen': async ({ visitId, on }) => {
        const visit = visits.require(visitId);
        if (!visit.ok) return visit;
        listening = on ? visitId : null;
        light = on;
        await shine();
        return ok({});
      },
      'pickup.check': async ({ visitId, code }) => {
        const visit = visits.require(visitId);
        if (!visit.ok) return visit;
        const held = heldCode(code);
        let check = 0;
        const answer = await asks.ask((id) => {
          check = id;
          codes.set(id, held);
          line.post({ t: 'ask', id, ask: { what: 'check-code', visitId, wellFormed: held.wellFormed } });
        });
        codes.delete(check);
        return answer as Result<CallOutput<'pickup.check'>, Problem>;
      },
      'speech.say': async ({ text, voice: who }) => ok({ wav: await (await voice()).say(text, who) }),
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
      line.post({ t: 'health', health: manager.health().filter(({ deviceClass }) => isFarClass(deviceClass)) });
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

  const grant = async (id: number, wish: DeskWish): Promise<void> => {
    if (wish.what === 'seal-file') {
      const sealed = await seals.envelope(wish.attachmentId, wish.key, wish.caseId);
      return line.post({ t: 'granted', id, result: sealed });
    }
    const digest = (await codes.get(wish.check)?.digest(wish.rule)) ?? null;
    line.post({ t: 'granted', id, result: digest === null ? err(problem('K106-cancelled')) : ok(digest) });
  };

  const scanned = (text: string): void => {
    if (listening !== null && listening === visits.current?.id) {
      atKiosk?.post({ event: 'code-scanned', payload: { visitId: listening, text } });
    }
    line.post({ t: 'scanned', length: [...text].length });
  };

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
          manager.codeScanner.events.subscribe(({ text }) => scanned(text));
          // A scanner that came back knows nothing of what was wanted of its light.
          manager.codeScanner.healthChanged.subscribe(({ status }) => {
            if (status === 'online') void shine();
          });
          void manager.start();
        }
        // The main process has checked them.
        configured = manager.configure(message.settings).then(tell);
        return;
      case 'visit':
        visits.begin(message.language, { id: message.visitId, cardLeft: message.cardLeft === true });
        atKiosk = page;
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
      case 'light':
        light = message.on;
        void shine();
        return;
      case 'forget-file':
        return seals.forget(message.attachmentId);
      case 'answered':
        return asks.answer(message.id, message.result);
      case 'wish':
        void grant(message.id, message.wish);
        return;
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
