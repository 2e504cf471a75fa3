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
  /**
   * Texts that hold characters of a private-use area (rare names that were not in the character set when the card was
   * made). They are kept exactly, but no common font can show them: a screen must say so instead of showing boxes.
   * Absent where there are none.
   */
  readonly privateUse?: readonly PrivateUseField[];
  /**
   * The last character of the number is not the check character of the others (GB 11643). Such cards exist, so the card
   * is read; whether a case can be filed with the number is for the forms. Absent where it is right or not defined.
   */
  readonly wrongCheckDigit?: true;
}

/** Texts of a card that may hold private-use characters. */
export type PrivateUseField = 'name' | 'address' | 'issuer' | 'englishName';

/**
 * What happens on the reader.
 * - `card-laid`: a card lies there; `anew`: the reader was surely empty before, also of a card that it does not show
 * - `card-moved`: it was taken away before it was read; `card-removed` follows
 * - `card-removed`: no card lies there any more
 */
export type IdCardReaderEvent =
  | { readonly type: 'card-laid'; readonly anew?: true }
  | { readonly type: 'card-moved' }
  | { readonly type: 'card-removed' };

/** How to wait for a card. */
export interface AwaitCardOptions {
  /** Give up with `no-card` after this many milliseconds (1,000 to 300,000). */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /**
   * A card that lies there already belongs to somebody else: it is not read, and has to be taken away first. A reader that
   * cannot tell whether one lies there takes the next card that it finds.
   */
  readonly afterRemoval?: boolean;
}

/** What is wanted of a card besides its text. Left out means not wanted: then it is not handed out. */
export interface ReadWholeOptions extends AwaitCardOptions {
  /** Called when a card was found, before it is read. */
  readonly onCardFound?: () => void;
  readonly photo?: boolean;
  readonly fingerprints?: boolean;
}

/** A card with its opaque blocks. Personal and biometric data: lives in the visit only, never in logs. */
export interface WholeCard {
  readonly card: IdCard;
  /** 1,024 bytes in a proprietary format, for a `PhotoDecoder`; null when not asked for. */
  readonly photo: Uint8Array | null;
  /** Up to two blocks of 512 bytes, empty when the card holds none; null when not asked for or the reader cannot. */
  readonly fingerprints: readonly Uint8Array[] | null;
}

/** A picture that any screen can show. */
export interface DecodedPhoto {
  readonly mediaType: 'image/bmp' | 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

/**
 * Turns the photo block of a card into a picture. The format is proprietary, so a decoder is an addition that a hall may
 * have bought; without one the product works and shows no photo. Call it through `decodePhoto`, which holds against a
 * decoder that throws, never ends or gives something else. One that may block or crash runs in a process of its own.
 */
export interface PhotoDecoder {
  decode(block: Uint8Array, signal: AbortSignal): Promise<DecodedPhoto>;
}

/** Reads identity cards laid on the reader. */
export interface IdCardReader extends DeviceDriver<IdCardReaderEvent> {
  /**
   * Waits until a card lies on the reader and reads it.
   * @param options.deadlineMs give up with `no-card` after this many milliseconds (1,000 to 300,000)
   * @param options.onCardFound called when a card was found, before its text is read (a sign for the screen)
   * @param options.afterRemoval see `AwaitCardOptions`
   * Errors: `no-card`, `card-unreadable` (read failed though the card lies still), `card-moved` (taken away too early),
   * `card-wrong-type`, `reader-refused` (SAM not authorised), `cancelled`, and the line family.
   */
  readCard(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onCardFound?: () => void;
    readonly afterRemoval?: boolean;
  }): Promise<Result<IdCard, DeviceError>>;

  /**
   * Extra command that not every reader has: waits for a card and reads the address that was appended last when its
   * holder moved (up to 35 characters), `null` when none was. The card may still lie there from `readCard`.
   * @param options.deadlineMs as in `readCard`
   * Errors: as in `readCard`.
   */
  readNewAddress?(options: AwaitCardOptions): Promise<Result<string | null, DeviceError>>;

  /**
   * Extra command: as `readCard`, with the photo and the fingerprints where they are asked for.
   * Errors: as in `readCard`.
   */
  readWhole?(options: ReadWholeOptions): Promise<Result<WholeCard, DeviceError>>;

  /**
   * Extra command: switches on or off that the driver itself looks whether a card lies there (every 300 ms) and tells it
   * by its events; off at first. A new driver, as after a reconnect, is off again.
   */
  watch?(on: boolean): void;

  /**
   * Extra command for the bench: tells the reader to speak at another speed. Once it agreed, this line is of no use any
   * more (`line-lost`): it must be opened anew at that speed. After any error but `not-supported`, `bad-request`, `busy`
   * and `reader-refused` the speed is not known and must be looked for.
   */
  setBaud?(baud: number): Promise<Result<void, DeviceError>>;
}
