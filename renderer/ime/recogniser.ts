/** A point of a stroke; any unit, y downwards. */
export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Points that a template's stroke has, and those of the whole character written in one go. */
const STROKE_POINTS = 6;
const WHOLE_POINTS = 16;
/** Side of the square that everything is fitted into. */
const SIDE = 255;
/** Characters looked at closely. */
const CLOSE = 160;
/** What twice as far down the order of how often characters occur costs. */
const RARER = 1.2;
/** What a stroke without partner costs, in units of the square. */
const MISSING = 70;
/** What two strokes in the wrong order cost. */
const SWAPPED = 14;
const MAGIC = 0x314b5453;

/** Recognises handwritten characters by their strokes; several strokes may be written in one. */
export class Recogniser {
  readonly #characters: readonly string[];
  readonly #counts: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #whole: Uint8Array;
  readonly #points: Uint8Array;

  constructor(characters: readonly string[], counts: Uint8Array, whole: Uint8Array, points: Uint8Array) {
    this.#characters = characters;
    this.#counts = counts;
    this.#whole = whole;
    this.#points = points;
    this.#starts = new Uint32Array(counts.length);
    let at = 0;
    for (const [index, count] of counts.entries()) {
      this.#starts[index] = at;
      at += count * STROKE_POINTS * 2;
    }
  }

  /** A recogniser over the bytes of `assets/dictionaries/strokes.bin`; null when they are damaged. */
  static read(bytes: ArrayBuffer): Recogniser | null {
    if (bytes.byteLength < 12) return null;
    const [magic, size = 0, textLength = 0] = new Uint32Array(bytes, 0, 3);
    if (magic !== MAGIC || bytes.byteLength < 12 + textLength + size) return null;
    const characters = [...new TextDecoder().decode(new Uint8Array(bytes, 12, textLength))];
    const counts = new Uint8Array(bytes, 12 + textLength, size);
    const strokes = counts.reduce((sum, count) => sum + count, 0);
    const wholeAt = 12 + textLength + size;
    const pointsAt = wholeAt + size * WHOLE_POINTS * 2;
    if (characters.length !== size || bytes.byteLength !== pointsAt + strokes * STROKE_POINTS * 2) return null;
    return new Recogniser(
      characters,
      counts,
      new Uint8Array(bytes, wholeAt, size * WHOLE_POINTS * 2),
      new Uint8Array(bytes, pointsAt),
    );
  }

  /** The characters that look most like the strokes, the likeliest first. Empty without strokes. */
  recognise(strokes: readonly Stroke[], most = 40): readonly string[] {
    const ink = fitted(strokes.filter((stroke) => stroke.length > 0));
    if (ink.length === 0) return [];
    const whole = Float64Array.from(resampled(ink.flat(), WHOLE_POINTS).flat());
    const lines = ink.map((stroke) => Float64Array.from(resampled(stroke, STROKE_POINTS).flat()));
    const rough: { readonly index: number; readonly cost: number }[] = [];
    for (let index = 0; index < this.#characters.length; index += 1) {
      const count = this.#counts[index] ?? 0;
      // Nobody writes more strokes than there are by much; joined ones are common.
      if (lines.length > count + 2 || count > lines.length * 3 + 1) continue;
      const cost = this.#roughly(index, whole) + 4 * Math.abs(count - lines.length);
      rough.push({ index, cost });
    }
    rough.sort((a, b) => a.cost - b.cost);
    return rough
      .slice(0, CLOSE)
      .map(({ index, cost }) => ({
        index,
        cost: this.#closely(index, lines) + 0.5 * cost + RARER * Math.log2(index + 1),
      }))
      .sort((a, b) => a.cost - b.cost)
      .slice(0, most)
      .map(({ index }) => this.#characters[index] ?? '');
  }

  /** Mean distance of the characters written in one go. */
  #roughly(index: number, whole: Float64Array): number {
    const from = index * WHOLE_POINTS * 2;
    let sum = 0;
    for (let at = 0; at < WHOLE_POINTS * 2; at += 1) sum += Math.abs((this.#whole[from + at] ?? 0) - (whole[at] ?? 0));
    return sum / WHOLE_POINTS;
  }

  /** Mean distance stroke by stroke in order; one written stroke may stand for up to three, and two may change places. */
  #closely(index: number, lines: readonly Float64Array[]): number {
    const count = this.#counts[index] ?? 0;
    let row = new Float64Array(count + 1);
    let next = new Float64Array(count + 1);
    for (let skipped = 0; skipped <= count; skipped += 1) row[skipped] = skipped * MISSING;
    let older: Float64Array<ArrayBuffer> | null = null;
    for (const [place, line] of lines.entries()) {
      next[0] = (row[0] ?? 0) + MISSING;
      for (let done = 1; done <= count; done += 1) {
        let best = Math.min(row[done] ?? 0, next[done - 1] ?? 0) + MISSING;
        for (let joined = 1; joined <= Math.min(3, done); joined += 1) {
          const before = (row[done - joined] ?? Infinity) + (joined - 1) * 12;
          if (before < best) best = Math.min(best, before + this.#distance(index, done - joined, joined, line));
        }
        const swapped = lines[place - 1];
        if (older !== null && swapped !== undefined && done >= 2 && (older[done - 2] ?? Infinity) + SWAPPED < best) {
          const both = this.#distance(index, done - 2, 1, line) + this.#distance(index, done - 1, 1, swapped);
          best = Math.min(best, (older[done - 2] ?? Infinity) + SWAPPED + both);
        }
        next[done] = best;
      }
      [older, row, next] = [row, next, older ?? new Float64Array(count + 1)];
    }
    return (row[count] ?? Infinity) / lines.length;
  }

  /** Mean distance of `joined` strokes from `stroke` on and a written line, with how differently they run. */
  #distance(index: number, stroke: number, joined: number, line: Float64Array): number {
    const points = this.#points;
    const from = (this.#starts[index] ?? 0) + stroke * STROKE_POINTS * 2;
    const last = from + (STROKE_POINTS * joined - 1) * 2;
    let sum = 0;
    for (let place = 0; place < STROKE_POINTS; place += 1) {
      // Of joined strokes every second or third point is taken: near enough to a new division of the whole line.
      const at = from + 2 * Math.round((place * (STROKE_POINTS * joined - 1)) / (STROKE_POINTS - 1));
      sum += Math.abs((points[at] ?? 0) - (line[2 * place] ?? 0));
      sum += Math.abs((points[at + 1] ?? 0) - (line[2 * place + 1] ?? 0));
    }
    const end = 2 * (STROKE_POINTS - 1);
    const dx = (points[last] ?? 0) - (points[from] ?? 0) - ((line[end] ?? 0) - (line[0] ?? 0));
    const dy = (points[last + 1] ?? 0) - (points[from + 1] ?? 0) - ((line[end + 1] ?? 0) - (line[1] ?? 0));
    return sum / STROKE_POINTS + 0.35 * (Math.abs(dx) + Math.abs(dy));
  }
}

/** Strokes moved and stretched into the square; what is much longer than wide (一, 丨) is not blown up. */
export function fitted(strokes: readonly Stroke[]): readonly Stroke[] {
  const points = strokes.flat();
  if (points.length === 0) return [];
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const longest = Math.max(right - left, bottom - top, 1e-6);
  const width = Math.max(right - left, longest * 0.35);
  const height = Math.max(bottom - top, longest * 0.35);
  return strokes.map((stroke) =>
    stroke.map(([x, y]): Point => [
      ((x - (left + right) / 2) / width + 0.5) * SIDE,
      ((y - (top + bottom) / 2) / height + 0.5) * SIDE,
    ]),
  );
}

/** The same line with `count` points at equal distances. */
export function resampled(line: Stroke, count: number): readonly Point[] {
  const first = line[0] ?? [0, 0];
  const lengths = line.map(([x, y], index) => {
    const [px, py] = line[index - 1] ?? [x, y];
    return Math.hypot(x - px, y - py);
  });
  const total = lengths.reduce((sum, one) => sum + one, 0);
  if (total === 0) return Array.from({ length: count }, () => first);
  const found: Point[] = [];
  let index = 1;
  let walked = 0;
  for (let place = 0; place < count; place += 1) {
    const wanted = (total * place) / (count - 1);
    while (index < line.length - 1 && walked + (lengths[index] ?? 0) < wanted) {
      walked += lengths[index] ?? 0;
      index += 1;
    }
    const [ax, ay] = line[index - 1] ?? first;
    const [bx, by] = line[index] ?? first;
    const part = Math.min(1, Math.max(0, (wanted - walked) / ((lengths[index] ?? 0) || 1)));
    found.push([ax + (bx - ax) * part, ay + (by - ay) * part]);
  }
  return found;
}
