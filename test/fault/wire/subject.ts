/** One parser of wire bytes as the fuzz campaign sees it. A file of this folder exports them as `SUBJECTS`. */
export interface WireFuzzSubject {
  readonly name: string;
  /**
   * Feeds one chunk; returns the frames (copied bytes) that the parser accepted, whole and as on the wire. An empty chunk
   * means that the line was quiet for as long as the protocol's rule wants; parsers without such a rule ignore it.
   */
  feed(chunk: Uint8Array): readonly Uint8Array[];
  /** Bytes held back right now. */
  pending(): number;
  /** A valid frame of this protocol, chosen by `n`, for planting. */
  validFrame(n: number): Uint8Array;
  /** Forgets everything held back. */
  reset(): void;
}
