import { mask, maskCard } from '../id-card-reader/mask-card.ts';
import { err } from '../model/result.ts';
import { EXIT, away, failed, say, succeeded, waitSeconds } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';

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

function showSamId(session: Session): number {
  const health = session.health();
  const { identity, detail } = health;
  if (identity === null) {
    const code = away(health) ? 'not-connected' : 'bad-reply';
    return failed({ code, detail: detail === '' ? 'the reader did not tell its number' : detail }, session);
  }
  return succeeded({ samId: identity }, [identity], session);
}
