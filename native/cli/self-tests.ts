import { maskCard } from '../id-card-reader/mask-card.ts';
import type { DeviceClass, DeviceError } from '../model/device.ts';
import { RATING_LEVELS } from '../model/evaluation-keypad.ts';
import type { Presence } from '../model/presence-sensor.ts';
import { EXIT, away, exitOf, say, waitSeconds, withHint } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';
import { boardOf } from './pickup-locker.ts';
import { TEST_RECEIPT } from './receipt-printer.ts';
import { PRINT_MS } from './page-printer.ts';
import { masked } from './social-security-card-reader.ts';
import { testPage } from './test-page.ts';

/** What one step of a test came to. */
interface Found {
  readonly ok: boolean;
  /** For the technician; holds no personal data. */
  readonly detail: string;
}

/** One step that a technician sees as a line: what is done, then what came of it. */
interface Step {
  readonly name: string;
  /** Said before, where a person has to do something. */
  readonly ask?: string;
  run(session: Session): Promise<Found>;
}

/** The guided test of each class: what to do after mounting a device, in the order in which faults show. */
export const SELF_TESTS: Readonly<Partial<Record<DeviceClass, DeviceCommand>>> = {
  'id-card-reader': testCommand('tests the reader: self-test, number, one card (masked)', 30, (seconds) => [
    { name: 'security module', run: (session) => Promise.resolve(samId(session)) },
    { name: 'card', ask: `Lay a card on the reader (${seconds} s)`, run: (session) => readCard(session, seconds) },
  ]),
  'receipt-printer': testCommand('tests the printer: paper, cover, cutter, one test page', null, () => [
    { name: 'state', run: printerState },
    { name: 'test page', run: printPage },
  ]),
  'pickup-locker': {
    ...testCommand('tests the locker: reads all doors of its boards, opens none', null, () => [
      { name: 'doors', run: readDoors },
    ]),
    takes: ['board'],
  },
  'evaluation-keypad': testCommand(
    'tests the keypad: each key in turn, from 1 very bad to 5 very good',
    15,
    (seconds) =>
      RATING_LEVELS.map((level) => ({
        name: `key of level ${level}`,
        ask: `Press the key of level ${level}${level === 1 ? ' (very bad)' : level === 5 ? ' (very good)' : ''} (${seconds} s)`,
        run: (session) => pressed(session, level, seconds),
      })),
  ),
  'code-scanner': testCommand('tests the scanner: one code, with what came and how it was read', 20, (seconds) => [
    {
      name: 'code',
      ask: `Hold any code before the scanner (${seconds} s)`,
      run: (session) => scanned(session, seconds),
    },
  ]),
  'social-security-card-reader': testCommand('tests the reader: one card (masked)', 30, (seconds) => [
    {
      name: 'card',
      ask: `Put a social security card into the reader (${seconds} s)`,
      run: (session) => readChipCard(session, seconds),
    },
  ]),
  'presence-sensor': testCommand('tests the sensor: nobody before it, then somebody', 30, (seconds) => [
    {
      name: 'nobody there',
      ask: `Step away from the sensor (${seconds} s)`,
      run: (session) => believed(session, 'absent', seconds),
    },
    {
      name: 'somebody there',
      ask: `Step before the sensor (${seconds} s)`,
      run: (session) => believed(session, 'present', seconds),
    },
  ]),
  'page-printer': testCommand('tests the printer: paper, toner, cover, queue, one test page', null, () => [
    { name: 'state', run: pagePrinterState },
    { name: 'test page', run: printA4Page },
  ]),
};

/** @param fallback seconds to wait for a person where `--wait` does not say; null where nobody is needed */
function testCommand(
  summary: string,
  fallback: number | null,
  stepsFor: (seconds: number) => readonly Step[],
): DeviceCommand {
  return {
    word: 'test',
    summary,
    more:
      'A line a step; JSON: {"event": "step", "step", "ok", "detail"} each, then {"ok", "result": "passed"|"failed",\n' +
      '"steps"}. The first step is the connection. The test goes on after a step that failed, as far as that makes sense.',
    takes: fallback === null ? [] : ['wait'],
    prepare: (options) => {
      const seconds = waitSeconds(options, fallback ?? 1);
      return (session) => runTest(session, stepsFor(seconds));
    },
  };
}

async function runTest(session: Session, steps: readonly Step[]): Promise<number> {
  const { options, ports, health } = session;
  let failures = 0;
  let done = 0;
  const tell = (name: string, { ok, detail }: Found): void => {
    done += 1;
    if (!ok) failures += 1;
    if (options.json) ports.out(JSON.stringify({ event: 'step', step: name, ok, detail }));
    else ports.out(`${ok ? 'ok    ' : 'FAILED'}  ${name}: ${detail}`);
  };
  const { status, detail, driver } = health();
  const there = !away(health());
  tell('connection', {
    ok: there,
    detail: there
      ? `${driver ?? ''} ${status}${detail === '' ? '' : `, ${detail}`}`
      : withHint(detail, session.deviceClass),
  });
  for (const step of there ? steps : []) {
    if (ports.stop.aborted) break;
    if (step.ask !== undefined) say(`${step.ask} ...`, session);
    tell(step.name, await step.run(session));
  }
  const passed = failures === 0 && done === steps.length + 1;
  if (options.json) {
    ports.out(JSON.stringify({ ok: passed, result: passed ? 'passed' : 'failed', steps: done, failures }));
  } else ports.out(passed ? 'passed' : `failed: ${failures} of ${steps.length + 1} steps`);
  if (passed) return EXIT.done;
  return there ? EXIT.failed : exitOf(health());
}

function fault({ code, detail }: DeviceError): Found {
  return { ok: false, detail: `${code}: ${withHint(detail)}` };
}

function samId({ health }: Session): Found {
  const { identity } = health();
  return { ok: identity !== null, detail: identity ?? 'the reader did not tell its number' };
}

async function readCard({ manager, ports }: Session, seconds: number): Promise<Found> {
  const card = await manager.idCardReader.run(
    (driver, signal) => driver.readCard({ deadlineMs: seconds * 1_000, signal }),
    { signal: ports.stop },
  );
  if (!card.ok) return fault(card.error);
  const { type, name, number } = maskCard(card.value);
  return { ok: true, detail: `${type}, ${name}, ${number}` };
}

async function printerState({ manager, ports }: Session): Promise<Found> {
  const state = await manager.receiptPrinter.run((driver, signal) => driver.readState(signal), { signal: ports.stop });
  if (!state.ok) return fault(state.error);
  const { paper, cover, cutter } = state.value;
  const bad = paper === 'out' || paper === 'jammed' || cover === 'open' || cutter === 'error';
  return { ok: !bad, detail: `paper ${paper}, cover ${cover}, cutter ${cutter}` };
}

async function printPage({ manager, ports }: Session): Promise<Found> {
  const printed = await manager.receiptPrinter.call((driver, signal) => driver.print(TEST_RECEIPT, signal), {
    signal: ports.stop,
  });
  if (!printed.ok) return fault(printed.error);
  const { outcome, cause } = printed.value;
  const why = cause === null ? '' : ` (${cause.code}: ${cause.detail})`;
  const look = outcome === 'not-printed' ? '' : '; look at the rare characters, the rule and the QR code';
  return { ok: outcome === 'printed', detail: `${outcome}${why}${look}` };
}

async function readDoors({ manager, options, ports, health }: Session): Promise<Found> {
  const configured = Number(manager.pickupLocker.setting?.options['boards'] ?? '1');
  const first = boardOf({ ...options, driver: health().driver ?? '' });
  const boards =
    options.board === undefined ? Array.from({ length: configured }, (_, index) => first + index) : [first];
  const found: string[] = [];
  let ok = true;
  for (const board of boards) {
    const read = await manager.pickupLocker.run((driver, signal) => driver.readBoard(board, signal), {
      signal: ports.stop,
    });
    if (!read.ok) {
      ok = false;
      found.push(`board ${board}: ${read.error.code}: ${withHint(read.error.detail)}`);
      continue;
    }
    const locks = (state: string): readonly number[] =>
      read.value.flatMap((door, index) => (door === state ? [index + 1] : []));
    const [open, unknown] = [locks('open'), locks('unknown')];
    if (unknown.length > 0) ok = false;
    found.push(
      `board ${board}: ${locks('closed').length} closed` +
        (open.length > 0 ? `, open: ${open.join(' ')}` : '') +
        (unknown.length > 0 ? `, unknown: ${unknown.join(' ')}` : ''),
    );
  }
  return { ok, detail: found.join('; ') };
}

/** Waits until the device tells something, but not longer than so many seconds; null when it did not. */
async function nextEvent<T>(
  { ports }: Session,
  seconds: number,
  subscribe: (listener: (event: T) => void) => () => void,
): Promise<T | null> {
  let told: T | null = null;
  const heard = new AbortController();
  const giveUp = (): void => heard.abort();
  const forget = subscribe((event) => {
    told ??= event;
    heard.abort();
  });
  ports.stop.addEventListener('abort', giveUp, { once: true });
  try {
    await ports.clock.sleep(seconds * 1_000, heard.signal);
    return told;
  } finally {
    forget();
    ports.stop.removeEventListener('abort', giveUp);
  }
}

async function pressed(session: Session, level: number, seconds: number): Promise<Found> {
  const { events } = session.manager.evaluationKeypad;
  const told = await nextEvent(session, seconds, (listener: (event: { readonly level: number }) => void) =>
    events.subscribe((event) => {
      if (event.type === 'rating') listener(event);
    }),
  );
  if (told === null) return { ok: false, detail: `nothing came within ${seconds} s` };
  const hint = told.level === 6 - level ? '; are the keys numbered the other way round (--option order)?' : '';
  return { ok: told.level === level, detail: `level ${told.level} came${told.level === level ? '' : hint}` };
}

async function scanned(session: Session, seconds: number): Promise<Found> {
  const { manager } = session;
  await manager.codeScanner.call((driver) => driver.trigger(true));
  const told = await nextEvent(session, seconds, (listener: (event: { readonly text: string }) => void) =>
    manager.codeScanner.events.subscribe((event) => {
      if (event.type === 'code') listener(event);
    }),
  );
  await manager.codeScanner.call((driver) => driver.trigger(false));
  if (told === null) return { ok: false, detail: `no code came within ${seconds} s` };
  const { text } = told;
  const bytes = new TextEncoder().encode(text).length;
  const options = Object.entries(manager.codeScanner.setting?.options ?? {}).map(([key, value]) => `${key}=${value}`);
  const broken = text.includes('\uFFFD');
  return {
    ok: !broken,
    detail:
      `${JSON.stringify(text)}, ${[...text].length} characters, ${bytes} bytes as UTF-8; read with ${options.join(' ')}` +
      (broken ? '; some bytes fit no character: try another --option charset' : ''),
  };
}

async function readChipCard({ manager, ports }: Session, seconds: number): Promise<Found> {
  const card = await manager
    .slot('social-security-card-reader')
    .run((driver, signal) => driver.readCard({ deadlineMs: seconds * 1_000, signal }), { signal: ports.stop });
  if (!card.ok) return fault(card.error);
  const { version, name, number } = masked(card.value);
  return { ok: true, detail: `version ${version}, ${name} ${number}` };
}

async function believed(session: Session, wanted: Presence, seconds: number): Promise<Found> {
  const slot = session.manager.slot('presence-sensor');
  const now = await slot.call(async (driver) => driver.presence);
  if (now.ok && now.value === wanted) return { ok: true, detail: wanted };
  const told = await nextEvent(session, seconds, (listener: (event: { readonly presence: Presence }) => void) =>
    slot.events.subscribe((event) => {
      if (event.type === 'presence-changed' && event.presence === wanted) listener(event);
    }),
  );
  if (told !== null) return { ok: true, detail: wanted };
  const last = await slot.call(async (driver) => driver.presence);
  const said = last.ok ? last.value : last.error.detail;
  const hint = wanted === 'absent' ? '; is the contact set the wrong way round (--option contact)?' : '';
  return { ok: false, detail: `still ${said} after ${seconds} s${said === 'present' ? hint : ''}` };
}

async function pagePrinterState({ manager, ports }: Session): Promise<Found> {
  const state = await manager
    .slot('page-printer')
    .run((driver, signal) => driver.readState(signal), { signal: ports.stop });
  if (!state.ok) return fault(state.error);
  const { paper, toner, cover, queue } = state.value;
  const bad =
    paper === 'out' ||
    paper === 'jammed' ||
    toner === 'out' ||
    cover === 'open' ||
    !['idle', 'printing'].includes(queue);
  return { ok: !bad, detail: `paper ${paper}, toner ${toner}, cover ${cover}, queue ${queue}` };
}

async function printA4Page({ manager, ports }: Session): Promise<Found> {
  const printed = await manager
    .slot('page-printer')
    .call((driver, signal) => driver.printPdf({ pdf: testPage(), deadlineMs: PRINT_MS, signal }), {
      signal: ports.stop,
    });
  if (!printed.ok) return fault(printed.error);
  const { outcome, cause } = printed.value;
  const why = cause === null ? '' : ` (${cause.code}: ${cause.detail})`;
  return {
    ok: outcome === 'printed',
    detail: `${outcome}${why}${outcome === 'unknown' ? '; look at the printer' : ''}`,
  };
}
