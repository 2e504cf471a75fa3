import { mask } from '../id-card-reader/mask-card.ts';
import type { SocialSecurityCard } from '../model/social-security-card-reader.ts';
import { EXIT, failed, say, waitSeconds } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';

export const SOCIAL_SECURITY_CARD_READER: readonly DeviceCommand[] = [
  {
    word: 'read',
    summary: 'waits for a card and reads it (masked; --full or --json show all); never asks for a PIN',
    more:
      'JSON: {"ok": true, "card": {"type": "social-security", "name", "number", ...}} or {"ok": false, "error", "message"}.\n' +
      '--port pcsc:// is the first reader, --port "pcsc://NAME" one by its name. Needs pcscd and the package pcsc-mini.',
    takes: ['wait', 'full'],
    prepare: (options) => {
      const seconds = waitSeconds(options, 30);
      return (session) => readCard(session, seconds);
    },
  },
];

async function readCard(session: Session, seconds: number): Promise<number> {
  const { manager, options, ports } = session;
  say(`Put a card into the reader (${seconds} s) ...`, session);
  const result = await manager
    .slot('social-security-card-reader')
    .run((driver, signal) => driver.readCard({ deadlineMs: seconds * 1_000, signal }), { signal: ports.stop });
  if (!result.ok) return failed(result.error, session);
  const card = options.full || options.json ? result.value : masked(result.value);
  if (options.json) ports.out(JSON.stringify({ ok: true, card }));
  else for (const [key, value] of Object.entries(card)) ports.out(`${key.padEnd(13)} ${String(value)}`);
  return EXIT.done;
}

/** What of a card may stand on a technician's screen. */
export function masked(card: SocialSecurityCard): SocialSecurityCard {
  return {
    ...card,
    name: mask(card.name, 1),
    number: `${card.number.slice(0, 3)}***********${card.number.slice(-4)}`,
    birthDate: `${card.birthDate.slice(0, 4)}-**-**`,
    cardCode: mask(card.cardCode, 6),
    cardNumber: mask(card.cardNumber, 1),
    birthplace: mask(card.birthplace, 2),
  };
}
