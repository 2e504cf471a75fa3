import { mask, maskCard } from '../id-card-reader/mask-card.ts';
import { changeReaderBaud, findReaderBaud } from '../id-card-reader/reader-baud.ts';
import type { BaudPorts, FoundBaud } from '../id-card-reader/reader-baud.ts';
import { SDT_BAUDS } from '../id-card-reader/sdt-frame.ts';
import type { DeviceError } from '../model/device.ts';
import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { formatAddress, parseAddress } from '../transport/address.ts';
import { EXIT, UsageError, away, failed, say, succeeded, waitSeconds, wholeNumber } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';
import { watch } from './every-class.ts';
import type { Options } from './options.ts';

const NO_WHOLE_COMMAND = err({
  code: 'bad-request',
  detail: 'this driver cannot hand out photo and fingerprints',
} as const);
const NO_NEW_ADDRESS_COMMAND = err({
  code: 'bad-request',
  detail: 'this driver cannot read appended addresses',
} as const);

export const ID_CARD_READER: readonly DeviceCommand[] = [
  {
    word: 'read',
    summary: 'waits for a card and reads it (masked; --full or --json show all)',
    more: 'JSON: {"ok": true, "card": {"type", "name", "number", ...}} or {"ok": false, "error", "message"}.\nWaits 30 s unless told otherwise.',
    takes: ['wait', 'full'],
    prepare: (options) => {
      const seconds = waitSeconds(options, 30);
      return (session) => readCard(session, seconds);
    },
  },
  {
    word: 'watch',
    summary: 'tells cards that are laid, taken away too early and removed, until Ctrl-C',
    more: 'A line an event: {"event": "card-laid"|"card-moved"|"card-removed"}. --wait ends it after so many seconds.',
    takes: ['wait'],
    prepare: (options) => {
      const seconds = waitSeconds(options, null);
      return (session) => watchCards(session, seconds);
    },
  },
  {
    word: 'read-whole',
    summary: 'reads a card with photo and fingerprints; says only how long these are without --full',
    more:
      'JSON: {"ok": true, "card", "photoBytes": 1024, "fingerprints": 0|1|2|null}; null: the reader cannot read them.\n' +
      'With --full also "photo" and "fingerprintData" in base64: opaque, biometric, not to be kept.',
    takes: ['wait', 'full'],
    prepare: (options) => {
      const seconds = waitSeconds(options, 30);
      return (session) => readWhole(session, seconds);
    },
  },
  {
    word: 'find-baud',
    summary: 'looks for the speed that the reader speaks at',
    more: 'JSON: {"ok": true, "baud", "address", "samId"}. Serial ports only; nothing on the reader is changed.',
    prepare: (options) => {
      const at = serialAt(options);
      return async (session) =>
        showBaud(await alone(session, at, (ports) => findReaderBaud(ports, likeliestFirst(at.baud))), at, session);
    },
  },
  {
    word: 'set-baud',
    summary: 'sets the reader to another speed, and hears it there before it says so',
    more:
      'JSON: {"ok": true, "baud", "address", "samId"}. The address of the reader must be changed afterwards, here and in the\n' +
      'kiosk. When anything goes wrong the reader is looked for at every speed, and it is told where it was heard.',
    needs: ['to'],
    prepare: (options) => {
      const at = serialAt(options);
      const to = wholeNumber('--to', options.to ?? '', 1, 4_000_000);
      if (!SDT_BAUDS.some((baud) => baud === to)) throw new UsageError(`--to must be one of ${SDT_BAUDS.join(', ')}`);
      return async (session) =>
        showBaud(await alone(session, at, (ports) => changeReaderBaud(ports, { from: at.baud, to })), at, session);
    },
  },
  {
    word: 'new-address',
    summary: 'waits for a card and reads the address that was appended last',
    more: 'JSON: {"ok": true, "card": {"newAddress": TEXT}}, null when none was appended.',
    takes: ['wait', 'full'],
    prepare: (options) => {
      const seconds = waitSeconds(options, 30);
      return (session) => readNewAddress(session, seconds);
    },
  },
  {
    word: 'sam-id',
    summary: "the number of the reader's security module",
    more: 'JSON: {"ok": true, "samId": TEXT}',
    prepare: () => async (session) => showSamId(session),
  },
];

async function readCard(session: Session, seconds: number): Promise<number> {
  const { manager, options, ports } = session;
  say(`Lay a card on the reader (${seconds} s) ...`, session);
  const signal = ports.stop;
  const result = await manager.idCardReader.run(
    (driver, inner) => driver.readCard({ deadlineMs: seconds * 1_000, signal: inner }),
    { signal },
  );
  if (!result.ok) return failed(result.error, session);
  // A program that asks for JSON asks for the card; a screen may be seen by others.
  const card = options.full || options.json ? result.value : maskCard(result.value);
  if (options.json) ports.out(JSON.stringify({ ok: true, card }));
  else for (const [key, value] of Object.entries(card)) ports.out(`${key.padEnd(11)} ${value}`);
  return EXIT.done;
}

async function readNewAddress(session: Session, seconds: number): Promise<number> {
  const { manager, options, ports } = session;
  say(`Lay a card on the reader (${seconds} s) ...`, session);
  const result = await manager.idCardReader.run(
    async (driver, signal) =>
      (await driver.readNewAddress?.({ deadlineMs: seconds * 1_000, signal })) ?? NO_NEW_ADDRESS_COMMAND,
    { signal: ports.stop },
  );
  if (!result.ok) return failed(result.error, session);
  const newAddress = result.value;
  if (options.json) ports.out(JSON.stringify({ ok: true, card: { newAddress } }));
  else if (newAddress === null) ports.out('no address was appended');
  else ports.out(options.full ? newAddress : mask(newAddress, 3));
  return EXIT.done;
}

/** Tells cards as they come and go; after a reconnect the watch is switched on again. */
async function watchCards(session: Session, seconds: number | null): Promise<number> {
  const { idCardReader } = session.manager;
  const switchTo = (on: boolean): Promise<unknown> => idCardReader.call(async (driver) => driver.watch?.(on));
  const forget = idCardReader.healthChanged.subscribe(({ status }) => {
    if (status === 'online') void switchTo(true);
  });
  try {
    await switchTo(true);
    return await watch(session, seconds);
  } finally {
    forget();
    await switchTo(false);
  }
}

async function readWhole(session: Session, seconds: number): Promise<number> {
  const { manager, options, ports } = session;
  say(`Lay a card on the reader (${seconds} s) ...`, session);
  const wanted = { deadlineMs: seconds * 1_000, photo: true, fingerprints: true };
  const result = await manager.idCardReader.run(
    async (driver, signal) => (await driver.readWhole?.({ ...wanted, signal })) ?? NO_WHOLE_COMMAND,
    { signal: ports.stop },
  );
  if (!result.ok) return failed(result.error, session);
  const { photo, fingerprints } = result.value;
  const card = options.full || options.json ? result.value.card : maskCard(result.value.card);
  const sizes = { photoBytes: photo?.length ?? null, fingerprints: fingerprints?.length ?? null };
  const blocks = options.full
    ? { photo: photo && base64(photo), fingerprintData: fingerprints?.map(base64) ?? null }
    : {};
  const lines = [...Object.entries(card), ...Object.entries({ ...sizes, ...blocks })];
  return succeeded(
    { card, ...sizes, ...blocks },
    lines.map(([key, value]) => `${key.padEnd(15)} ${String(value)}`),
    session,
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** A serial port whose speed can be chosen. */
interface SerialAt {
  readonly baud: number;
  readonly framing: string | undefined;
  readonly addressAt: (baud: number) => string;
}

/** @throws UsageError */
function serialAt({ port, option = [] }: Options): SerialAt {
  const address = port === undefined ? null : parseAddress(port);
  const known = address?.ok === true ? address.value : null;
  if (known?.scheme !== 'serial' && known?.scheme !== 'serial+usb') {
    throw new UsageError('only a reader on a serial port has a speed: --port "serial:///dev/ttyUSB0?baud=115200"');
  }
  return {
    baud: known.baud,
    framing: option.findLast((pair) => pair.startsWith('framing='))?.slice('framing='.length),
    addressAt: (baud) => formatAddress({ ...known, baud }),
  };
}

function likeliestFirst(baud: number): readonly number[] {
  return [baud, ...SDT_BAUDS.filter((other) => other !== baud)];
}

/** Works on the port itself, which the device manager has given back before. */
async function alone(
  session: Session,
  { framing, addressAt }: SerialAt,
  work: (ports: BaudPorts) => Promise<Result<FoundBaud, DeviceError>>,
): Promise<Result<FoundBaud, DeviceError>> {
  const { manager, ports } = session;
  await manager.stop();
  return work({
    open: (baud) => ports.open(addressAt(baud)),
    clock: ports.clock,
    signal: ports.stop,
    onTry: (baud) => say(`trying ${baud} baud ...`, session),
    ...(framing === undefined ? {} : { framing }),
  });
}

function showBaud(found: Result<FoundBaud, DeviceError>, { addressAt }: SerialAt, session: Session): number {
  if (!found.ok) return failed(found.error, session);
  const { baud, identity } = found.value;
  const address = addressAt(baud);
  return succeeded(
    { baud, address, samId: identity },
    [`the reader speaks at ${baud} baud`, `its address: ${address}`],
    session,
  );
}

function showSamId(session: Session): number {
  const health = session.health();
  const { identity, detail } = health;
  if (identity === null) {
    const code = away(health) ? 'not-connected' : 'bad-reply';
    return failed({ code, detail: detail === '' ? 'the reader did not tell its number' : detail }, session);
  }
  return succeeded({ samId: identity }, [identity], session);
}
