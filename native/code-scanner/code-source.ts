/** What a scanner sent, cut into what it means. */
export type Scanned =
  /** A whole code as bytes of its charset. */
  | { readonly kind: 'code'; readonly raw: Uint8Array }
  /** A whole code as text (a scanner that types). */
  | { readonly kind: 'text'; readonly text: string }
  /** An answer to a command, checked. */
  | { readonly kind: 'answer'; readonly frame: Uint8Array }
  /** Something like an answer that is damaged. */
  | { readonly kind: 'damaged' };

/** Makes codes of what a line delivers. When silence has meaning is said by `silenceMs`. */
export interface CodeSource {
  push(bytes: Uint8Array): readonly Scanned[];
  /** The line has been silent for `silenceMs` since the last push. */
  silence(): readonly Scanned[];
  /** Whether something has begun that is not complete. */
  readonly started: boolean;
  /** Bytes (keys, for a scanner that types) held back right now. */
  readonly pending: number;
  readonly silenceMs: number;
}
