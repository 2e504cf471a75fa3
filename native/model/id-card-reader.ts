import type { DeviceDriver, DeviceError } from './device.ts';
import type { Result } from './result.ts';

/** Kinds of card that the reader tells apart by the type mark of the text block. */
export type IdCardType = 'resident' | 'hmt-permit' | 'foreigner-2017' | 'foreigner-2023';

/** Text of an identity card. Personal data: lives in the visit only, never in logs. */
export interface IdCard {
  readonly type: IdCardType;
  readonly name: string;
  readonly sex: 'male' | 'female' | 'unknown' | 'unstated';
  /** GB/T 3304 code, two digits, or empty where the card has none. */
  readonly nationCode: string;
  /** Chinese name of the nation (e.g. 汉), or empty. */
  readonly nation: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly address: string;
  /** Citizen identification number, 18 characters. */
  readonly number: string;
  readonly issuer: string;
  /** YYYY-MM-DD */
  readonly validFrom: string;
  /** YYYY-MM-DD or `long-term`. */
  readonly validTo: string;
}

export type IdCardReaderEvent = { readonly type: 'card-laid' } | { readonly type: 'card-removed' };

/** Reads identity cards laid on the reader. */
export interface IdCardReader extends DeviceDriver<IdCardReaderEvent> {
  /**
   * Waits until a card lies on the reader and reads it.
   * @param options.deadlineMs give up with `no-card` after this many milliseconds (1,000 to 300,000)
   * @param options.onCardFound called when a card was found, before its text is read (a sign for the screen)
   * Errors: `no-card`, `card-unreadable` (read failed though the card lies still), `card-moved` (taken away too early),
   * `card-wrong-type`, `reader-refused` (SAM not authorised), `cancelled`, and the line family.
   */
  readCard(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onCardFound?: () => void;
  }): Promise<Result<IdCard, DeviceError>>;
}
