/** What the bytes from one place on are: a whole frame, the beginning of one, or neither. */
export type Look<TFrame> = { readonly frame: TFrame; readonly length: number } | 'growing' | null;

/** What was found in a buffer, and the end of it that may still become a frame. */
export interface Cut<TFrame> {
  readonly frames: readonly TFrame[];
  readonly rest: Uint8Array;
}

/**
 * Takes all whole frames out of a buffer, for boards whose frames can be told by their shape. What cannot be a frame is
 * skipped: noise, the echo of our own request, halves.
 *
 * Nothing holds anything else up: the search goes on one byte behind every beginning, be it a false one, one that is
 * still growing or a whole frame. So the first whole frame behind any noise is found, also where the noise happens to
 * end in what looks like the beginning of a frame, or makes a whole one together with the frame's first bytes.
 * @param look judges the bytes from `at` on; `growing` only as long as fewer bytes are there than a frame can have
 * @param seen how many of the bytes were in the `rest` of the call before: frames that end there were given then
 * @returns frames by their beginnings, and as `rest` all from the first place on that may still become one
 */
export function cutFrames<TFrame>(
  buffer: Uint8Array,
  look: (buffer: Uint8Array, at: number) => Look<TFrame>,
  seen = 0,
): Cut<TFrame> {
  const frames: TFrame[] = [];
  let growing = buffer.length;
  for (let at = 0; at < buffer.length; at += 1) {
    const found = look(buffer, at);
    if (found === 'growing') growing = Math.min(growing, at);
    else if (found !== null && at + found.length > seen) frames.push(found.frame);
  }
  return { frames, rest: buffer.slice(growing) };
}
