import type { DeviceDriver, DeviceError } from './device.ts';
import type { IdCard, IdCardReaderEvent } from './id-card-reader.ts';
import type { Result } from './result.ts';

/**
 * What a social security card says of its holder, in the words of an identity card. Personal data: lives in the visit
 * only, never in logs. The card holds no address and no name of an authority: `address` and `issuer` are empty.
 */
export interface SocialSecurityCard extends Omit<IdCard, 'type'> {
  readonly type: 'social-security';
  /** Card identification code: up to 32 hexadecimal digits, the first six name the region. */
  readonly cardCode: string;
  /** Number printed on the card (9 characters), or empty. */
  readonly cardNumber: string;
  /** Version of the card's specification, e.g. `3.00`. */
  readonly version: string;
  /** Code of the body that initialised the card: hexadecimal digits, no name. */
  readonly initialisedBy: string;
  /** Region code of the birthplace, six digits, or empty. */
  readonly birthplace: string;
  /** YYYY-MM-DD, or empty where the card holds none. */
  readonly validFrom: string;
  /** YYYY-MM-DD, or empty where the card holds none. */
  readonly validTo: string;
}

/** A document that says who somebody is. */
export type IdentityCard = IdCard | SocialSecurityCard;

/** `card-laid` is a card put in, `card-removed` one taken out. */
export type SocialSecurityCardReaderEvent = IdCardReaderEvent;

/** Reads social security cards. No command of it ever asks for or sends a PIN. */
export interface SocialSecurityCardReader extends DeviceDriver<SocialSecurityCardReaderEvent> {
  /**
   * Waits until a card is in the reader and reads it. Each card put in is taken once: after it was read, or found to be
   * of another kind, it has to be taken out before the next reading, so that nobody is taken for the person before.
   * @param options.deadlineMs give up with `no-card` after this many milliseconds (1,000 to 300,000)
   * @param options.onCardFound called when a card answered, before it is read (a sign for the screen)
   * @param options.afterRemoval a card that is in already belongs to somebody else, and has to be taken out first
   * Errors: `no-card`, `card-unreadable` (it does not answer or holds nonsense), `card-moved` (pulled out too early),
   * `card-wrong-type` (any other chip card), `busy` (another program holds the card), `cancelled`, and the line family.
   */
  readCard(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onCardFound?: () => void;
    readonly afterRemoval?: boolean;
  }): Promise<Result<SocialSecurityCard, DeviceError>>;
}
