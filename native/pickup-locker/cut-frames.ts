/** What the bytes from one place on are: a whole frame, the beginning of one, or neither. */
export type Look<TFrame> = { readonly frame: TFrame; readonly length: number } | 'growing' | null;

/**
 * Takes all whole frames out of a buffer, for boards whose frames can be told by their shape. What cannot be a frame is
 * skipped: noise, the echo of our own request, halves.
 *
 * A place that looks like the beginning of a frame holds nothing up: whole frames behind it are taken all the same, so
 * that noise which happens to look like a header does not cost the reply that follows it.
 * @param look judges the bytes from `at` on; `growing` only as long as fewer bytes are there than a frame can have
 * @returns frames in order, and as `rest` what may still become one, after the last of them
 */
export function cutFrames<TFrame>(
  buffer: Uint8Array,
  look: (buffer: Uint8Array, at: number) => Look<TFrame>,
): { readonly frames: readonly TFrame[]; readonly rest: Uint8Array } {
  const frames: TFrame[] = [];
  let growing = -1;
  let at = 0;
  while (at < buffer.length) {
    const found = look(buffer, at);
    if (found === 'growing') {
      if (growing < 0) growing = at;
      at += 1;
    } else if (found === null) {
      at += 1;
    } else {
      frames.push(found.frame);
      at += found.length;
      growing = -1;
    }
  }
  return { frames, rest: growing < 0 ? new Uint8Array(0) : buffer.slice(growing) };
}
