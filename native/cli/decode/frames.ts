/** Who spoke: the program, the device, or either of them on a line where both are heard. */
export type Speaker = 'host' | 'device' | 'bus';

/** A piece of the wire with what it means. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** In words; holds no personal data. */
  readonly meaning: string;
  /** The same with the personal data, shown only where it is asked for. */
  readonly full?: string;
  /** First and last byte + 1 of personal data, which is not shown as hex either. */
  readonly personal?: readonly [from: number, to: number];
}

/** What the bytes from one place on are: a frame, the beginning of one (`growing`), or neither. */
export type Seen = (Omit<Decoded, 'bytes'> & { readonly length: number }) | 'growing' | null;

/** How the frames of one protocol are told. The memory lasts as long as the decoder (what was asked last, ...). */
export interface Protocol {
  /** A frame of the host at the beginning of `bytes`. */
  host(bytes: Uint8Array): Seen;
  /** A frame of the device at the beginning of `bytes`. */
  device(bytes: Uint8Array): Seen;
  /** Whether what cannot be told may be shown; a code that was scanned may be somebody's. */
  readonly showsUnknown: boolean;
}

const MAX_HELD = 8_192;

/** Cuts what one speaker says into frames with their meaning. What is none comes out as what it is: bytes. */
export class FrameDecoder {
  readonly #protocol: Protocol;
  readonly #speaker: Speaker;
  #held: Uint8Array = new Uint8Array(0);

  constructor(protocol: Protocol, speaker: Speaker) {
    this.#protocol = protocol;
    this.#speaker = speaker;
  }

  get waiting(): boolean {
    return this.#held.length > 0;
  }

  push(bytes: Uint8Array): readonly Decoded[] {
    const all = new Uint8Array(this.#held.length + bytes.length);
    all.set(this.#held);
    all.set(bytes, this.#held.length);
    const { decoded, rest } = this.#cut(all, all.length > MAX_HELD);
    this.#held = rest;
    return decoded;
  }

  /** The line has been quiet: what is held back will not become a frame any more. */
  quiet(): readonly Decoded[] {
    const { decoded } = this.#cut(this.#held, true);
    this.#held = new Uint8Array(0);
    return decoded;
  }

  #cut(bytes: Uint8Array, last: boolean): { readonly decoded: readonly Decoded[]; readonly rest: Uint8Array } {
    const decoded: Decoded[] = [];
    let noise = 0;
    let at = 0;
    const tellNoise = (): void => {
      if (noise < at) decoded.push(this.#unknown(bytes.slice(noise, at)));
    };
    while (at < bytes.length) {
      const seen = this.#look(bytes.subarray(at));
      if (seen === 'growing' && !last) break;
      if (seen === null || seen === 'growing') {
        at += 1;
        continue;
      }
      tellNoise();
      const { length, ...told } = seen;
      decoded.push({ bytes: bytes.slice(at, at + length), ...told });
      at += length;
      noise = at;
    }
    // Noise is told in one piece, once something else comes or the line is quiet.
    if (!last) return { decoded, rest: bytes.slice(noise) };
    tellNoise();
    return { decoded, rest: new Uint8Array(0) };
  }

  #look(bytes: Uint8Array): Seen {
    if (this.#speaker !== 'bus') return this.#protocol[this.#speaker](bytes);
    const answer = this.#protocol.device(bytes);
    if (answer !== null && answer !== 'growing') return answer;
    return this.#protocol.host(bytes) ?? answer;
  }

  #unknown(bytes: Uint8Array): Decoded {
    const meaning = `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}, no frame of this protocol`;
    return this.#protocol.showsUnknown ? { bytes, meaning } : { bytes, meaning, personal: [0, bytes.length] };
  }
}

/** `02 0A FF`; bytes from `personal` on are shown as `··`. */
export function hexOf(bytes: Uint8Array, personal?: readonly [from: number, to: number]): string {
  return [...bytes]
    .map((byte, at) =>
      personal !== undefined && at >= personal[0] && at < personal[1]
        ? '··'
        : byte.toString(16).padStart(2, '0').toUpperCase(),
    )
    .join(' ');
}
