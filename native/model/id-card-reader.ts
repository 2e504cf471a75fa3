import type { DeviceDriver, DeviceError } from './device.ts';
import type { Result } from './result.ts';

/** Kinds of card that the reader tells apart by the type mark of the text block. */
export type IdCardType = 'resident' | 'hmt-permit' | 'foreigner-2017' | 'foreigner-2023';

/** Text of an identity card. Personal data: lives in the visit only, never in logs. */
export interface IdCard {
  readonly type: IdCardType;
  /** Chinese name; empty on a foreigner's card without one. */
  readonly name: string;
  readonly sex: 'male' | 'female' | 'unknown' | 'unstated';
  /** GB/T 3304 code, two digits, or empty where the card has none. */
  readonly nationCode: string;
  /** Chinese name of the nation (e.g. 汉), or empty. */
  readonly nation: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  /** Empty on foreigners' cards. */
  readonly address: string;
  /**
   * Identification number: 18 characters, with 81, 82 or 83 in front on a permit and 9 on a foreigner's card of 2023; 3
   * letters and 12 digits on a foreigner's card of 2017.
   */
  readonly number: string;
  /** Empty on foreigners' cards, which hold no name of an authority. */
  readonly issuer: string;
  /** YYYY-MM-DD */
  readonly validFrom: string;
  /** YYYY-MM-DD or `long-term`. */
  readonly validTo: string;
  /** Foreigners' cards: name in Latin letters, as long as the card has room for it. */
  readonly englishName?: string;
  /** Permits of residents from Hong Kong, Macau and Taiwan: number of the exit-entry permit, up to 9 characters. */
  readonly permitNumber?: string;
  /** Permits: how often it was issued. Foreigners' cards of 2023: how often it was renewed. Absent when not written. */
  readonly issueCount?: number;
  /** Foreigners' cards: three letters (GB/T 2659). */
  readonly nationality?: string;
  /** Foreigners' cards of 2017: version, up to 2 characters. */
  readonly cardVersion?: string;
  /** Foreigners' cards of 2017: code of the authority that took the application, up to 4 characters. */
  readonly authorityCode?: string;
  /** Foreigners' cards of 2023: link to the older number, up to 3 characters. */
  readonly olderNumberLink?: string;
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

  /**
   * Extra command that not every reader has: waits for a card and reads the address that was appended last when its
   * holder moved (up to 35 characters), `null` when none was. The card may still lie there from `readCard`.
   * @param options.deadlineMs as in `readCard`
   * Errors: as in `readCard`.
   */
  readNewAddress?(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Result<string | null, DeviceError>>;
}
