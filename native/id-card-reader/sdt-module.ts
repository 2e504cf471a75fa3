import type { DeviceError, DeviceErrorCode } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import { CARD_TEXT_LENGTH, NEW_ADDRESS_LENGTH } from './sdt-card-text.ts';
import { SDT_COMMANDS, SDT_STATUS, encodeRequest } from './sdt-frame.ts';
import type { SdtAnswer, SdtExpectation, SdtLine } from './sdt-line.ts';

/** Length of a photo block and of one fingerprint, in bytes. */
export const PHOTO_LENGTH = 1_024;
export const FINGERPRINT_LENGTH = 512;

/** The parts of a card as the module sends them: views into one answer. */
export interface CardBlocks {
  readonly text: Uint8Array;
  readonly photo: Uint8Array;
  readonly fingerprints: readonly Uint8Array[];
}

/** What the answer to each command looks like; `deviceMs` are the thinking times that field software allows. */
export const SDT_EXPECTATIONS = {
  status: { success: SDT_STATUS.success, dataLengths: [0], deviceMs: 1_000 },
  samId: { success: SDT_STATUS.success, dataLengths: [16], deviceMs: 1_000 },
  find: { success: SDT_STATUS.cardFound, dataLengths: [4], deviceMs: 1_000 },
  select: { success: SDT_STATUS.success, dataLengths: [8], deviceMs: 1_000 },
  /** Length of text and photo (2 bytes each), 256 bytes text, 1,024 bytes photo. */
  read: {
    success: SDT_STATUS.success,
    dataLengths: [1_284],
    plausible: (data) => cardBlocks(data, false) !== null,
    deviceMs: 3_000,
  },
  /** The same with a third length and none, one or two fingerprints. */
  readWithFingerprints: {
    success: SDT_STATUS.success,
    dataLengths: [1_286, 1_798, 2_310],
    plausible: (data) => cardBlocks(data, true) !== null,
    deviceMs: 3_000,
  },
  /** 35 characters; a card without one is answered by a status word. */
  newestAddress: { success: SDT_STATUS.success, dataLengths: [NEW_ADDRESS_LENGTH], deviceMs: 1_500 },
} as const satisfies Record<string, SdtExpectation>;

/** The commands of the security module, one question each. Which makes sense when is for the driver. */
export class SdtModule {
  readonly #line: SdtLine;

  constructor(line: SdtLine) {
    this.#line = line;
  }

  status(): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.samStatus), SDT_EXPECTATIONS.status);
  }

  samId(): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.samId), SDT_EXPECTATIONS.samId);
  }

  find(): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.findCard), SDT_EXPECTATIONS.find);
  }

  select(): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.selectCard), SDT_EXPECTATIONS.select);
  }

  read(fingerprints: boolean): Promise<Result<SdtAnswer, DeviceError>> {
    return fingerprints
      ? this.#line.exchange(encodeRequest(SDT_COMMANDS.readTextPhotoFinger), SDT_EXPECTATIONS.readWithFingerprints)
      : this.#line.exchange(encodeRequest(SDT_COMMANDS.readTextAndPhoto), SDT_EXPECTATIONS.read);
  }

  newestAddress(): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.readNewestAddress), SDT_EXPECTATIONS.newestAddress);
  }

  /** @param place place of the speed in `SDT_BAUDS` */
  setBaud(place: number): Promise<Result<SdtAnswer, DeviceError>> {
    return this.#line.exchange(encodeRequest([0x60, place]), SDT_EXPECTATIONS.status);
  }
}

/** Cuts the data of a read answer into its parts; null when its lengths do not fit together. */
export function cardBlocks(data: Uint8Array, withFingerprints: boolean): CardBlocks | null {
  const length = (at: number): number => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  const start = withFingerprints ? 6 : 4;
  const photoAt = start + CARD_TEXT_LENGTH;
  const printsAt = photoAt + PHOTO_LENGTH;
  const printsLength = withFingerprints ? length(4) : 0;
  if (length(0) !== CARD_TEXT_LENGTH || length(2) !== PHOTO_LENGTH) return null;
  if (data.length !== printsAt + printsLength || printsLength % FINGERPRINT_LENGTH !== 0) return null;
  return {
    text: data.subarray(start, photoAt),
    photo: data.subarray(photoAt, printsAt),
    fingerprints: Array.from({ length: printsLength / FINGERPRINT_LENGTH }, (_, index) =>
      data.subarray(printsAt + index * FINGERPRINT_LENGTH, printsAt + (index + 1) * FINGERPRINT_LENGTH),
    ),
  };
}

/** What a status word other than success means for the caller. */
export function errorOfStatus(sw3: number): DeviceError {
  return { code: codeOf(sw3), detail: statusText(sw3) };
}

function codeOf(sw3: number): DeviceErrorCode {
  switch (sw3) {
    case SDT_STATUS.selfTestFailed:
    case SDT_STATUS.notAuthorised:
      return 'reader-refused';
    case SDT_STATUS.wrongCardType:
      return 'card-wrong-type';
    case SDT_STATUS.hostChecksum:
    case SDT_STATUS.hostLength:
    case SDT_STATUS.badCommand:
      return 'bad-reply';
    default:
      return 'card-unreadable';
  }
}

/** A status word in words for the technician. */
export function statusText(sw3: number): string {
  const known = Object.entries(SDT_STATUS).find(([, code]) => code === sw3);
  return `reader status ${sw3.toString(16).toUpperCase().padStart(2, '0')}${known ? ` (${known[0]})` : ''}`;
}
