import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { LocalKey, LocalKeys } from '../../services/ports.ts';
import type { Random } from '../../../native/model/clock.ts';

const NONCE = 12;
const TAG = 16;

/**
 * A value that only the settings key opens: the key's id, and nonce, tag and bytes in base64url. An object and not a marked
 * text, so that no change of a byte makes it a plain value.
 */
export const SealedValue = z.strictObject({
  key: z.string().min(1).max(64),
  sealed: z
    .string()
    .regex(/^[\w-]+$/)
    .max(2_000),
});
export type SealedValue = z.infer<typeof SealedValue>;

/** A credential in the configuration: as it is, or sealed. */
export const secretText = <S extends z.ZodString>(plain: S): z.ZodUnion<[S, typeof SealedValue]> =>
  z.union([plain, SealedValue]);

/** The text of a credential; null when it is sealed under a key that is not here. */
export const textOf = (secret: string | SealedValue | undefined): string | null =>
  typeof secret === 'string' ? secret : null;

/** Every credential of a configuration. Addresses of devices and the platform's sealing key are none. */
export const SECRET_PLACES = ['platform.token', 'technician.pinHash', 'technician.secondPinHash'] as const;
export type SecretPlace = (typeof SECRET_PLACES)[number];

/** A configuration as it lies in a file: an object whose other fields are nobody's business here. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** Where the credentials of a configuration stand, by how. */
export interface SecretsReport {
  /** As they are. */
  readonly plain: readonly SecretPlace[];
  /** Under a key that is held but is not the current one. */
  readonly older: readonly SecretPlace[];
  /** Under a key that is not held. */
  readonly closed: readonly SecretPlace[];
  /** Not what was sealed for this place of this kiosk under a key that is held. */
  readonly damaged: readonly SecretPlace[];
}

const isObject = (value: unknown): value is RawConfig => typeof value === 'object' && value !== null;

/** A user's name or password in the platform's address is never sent, so it need not lie here. */
const withoutUser = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');

function mapSecrets(raw: RawConfig, change: (value: unknown, place: SecretPlace) => unknown): RawConfig {
  let next = raw;
  for (const place of SECRET_PLACES) {
    const [group = '', field = ''] = place.split('.');
    const within = next[group];
    if (!isObject(within) || within[field] === undefined) continue;
    next = { ...next, [group]: { ...within, [field]: change(within[field], place) } };
  }
  return next;
}

/** What a sealed value is bound to: it opens in this place of this kiosk's configuration only. */
function placeText(raw: RawConfig, place: SecretPlace): Buffer {
  const code = isObject(raw['kiosk']) ? raw['kiosk']['code'] : '';
  return Buffer.from(`hall24 settings 1\n${typeof code === 'string' ? code : ''}\n${place}`, 'utf8');
}

const cipherKey = (key: LocalKey): Buffer => Buffer.from(hkdfSync('sha256', key.bytes, '', 'hall24 settings 1', 32));

function seal(text: string, bound: Buffer, key: LocalKey, random: Random): SealedValue {
  const nonce = Buffer.from(random.bytes(NONCE));
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key), nonce);
  cipher.setAAD(bound);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { key: key.id, sealed: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url') };
}

function open({ sealed }: SealedValue, bound: Buffer, key: LocalKey): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  // Several texts stand for the same bytes; only the one that was written counts.
  if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) return null;
  const decipher = createDecipheriv('aes-256-gcm', cipherKey(key), bytes.subarray(0, NONCE));
  decipher.setAAD(bound);
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** Opens what these keys open; everything else stays as it is and is told. */
export function openSecrets(
  raw: RawConfig,
  keys: LocalKeys | null,
): { readonly raw: RawConfig; readonly report: SecretsReport } {
  const report = {
    plain: [] as SecretPlace[],
    older: [] as SecretPlace[],
    closed: [] as SecretPlace[],
    damaged: [] as SecretPlace[],
  };
  const opened = mapSecrets(raw, (value, place) => {
    if (typeof value === 'string') {
      report.plain.push(place);
      return value;
    }
    const sealed = SealedValue.safeParse(value);
    // No value at all: whoever reads the whole configuration says so.
    if (!sealed.success) return value;
    const key = keys && [keys.current, ...keys.older].find(({ id }) => id === sealed.data.key);
    if (!key) {
      report.closed.push(place);
      return value;
    }
    const text = open(sealed.data, placeText(raw, place), key);
    if (text === null) report.damaged.push(place);
    else if (key !== keys.current) report.older.push(place);
    return text ?? value;
  });
  return { raw: opened, report };
}

/**
 * Seals every credential that stands plain. Those that are sealed stay as they are.
 * @param raw a configuration whose credentials were opened as far as they can be
 */
export function sealSecrets(raw: RawConfig, key: LocalKey, random: Random): RawConfig {
  const sealed = mapSecrets(raw, (value, place) =>
    typeof value === 'string' ? seal(value, placeText(raw, place), key, random) : value,
  );
  const platform = sealed['platform'];
  if (!isObject(platform) || typeof platform['baseUrl'] !== 'string') return sealed;
  return { ...sealed, platform: { ...platform, baseUrl: withoutUser(platform['baseUrl']) } };
}

/** Whether something of this file should not stand as it does: a plain credential, or one under an older key. */
export function wantsSealing(raw: RawConfig, report: SecretsReport): boolean {
  const platform = raw['platform'];
  const url = isObject(platform) && typeof platform['baseUrl'] === 'string' ? platform['baseUrl'] : '';
  return report.plain.length > 0 || report.older.length > 0 || withoutUser(url) !== url;
}
