import type { TextRange } from '../field-problem.ts';
import type { Unit } from './query.ts';

/** A text of an item as it is searched: characters with their sounds, and where each stands. */
export interface Line {
  readonly chars: readonly string[];
  readonly sounds: readonly (readonly number[])[];
  /** Place of each character in the original, UTF-16 units. */
  readonly places: readonly number[];
  /** How much a match in it counts. */
  readonly weight: number;
}

/** How the units stand in a line. */
export interface Alignment {
  /** Share of the units' weight that was found, as well as it was found. */
  readonly share: number;
  /** The same, however well. */
  readonly covered: number;
  /** Characters that are the very ones typed. */
  readonly same: number;
  /** 0 to about 1.3: the share, how close together, how near the beginning, how much of the line. */
  readonly score: number;
  readonly ranges: readonly TextRange[];
}

const NEIGHBOUR = 0.35;

/** Numbers of one search after the other: a key would otherwise leave hundreds of arrays to be collected. */
class Numbers {
  /** How well the unit of a row fits the character of a column. */
  worth = new Float32Array(1 << 10);
  /** Best sum with that pair as the last one; pairs side by side gain. */
  best = new Float32Array(1 << 10);
  /** The pair before it in that sum; -1 where it is the first. */
  from = new Int32Array(1 << 10);
  /** For each column the best pair of earlier rows in columns up to it; -1 for none. */
  reach = new Int32Array(1 << 6);
  /** The same of the next row. */
  next = new Int32Array(1 << 6);

  /** Makes room, with nothing in it. */
  room(rows: number, columns: number): void {
    if (this.worth.length < rows * columns) {
      this.worth = new Float32Array(2 * rows * columns);
      this.best = new Float32Array(2 * rows * columns);
      this.from = new Int32Array(2 * rows * columns);
    }
    if (this.reach.length < columns) {
      this.reach = new Int32Array(2 * columns);
      this.next = new Int32Array(2 * columns);
    }
    this.worth.fill(0, 0, rows * columns);
    this.best.fill(0, 0, rows * columns);
    this.from.fill(-1, 0, rows * columns);
    this.reach.fill(-1, 0, columns);
  }
}
const NUMBERS = new Numbers();

/** What must be found at least, as a share of the units' weight; see `Alignment`. */
export interface Least {
  readonly share: number;
  readonly covered: number;
}

/**
 * Puts units onto characters in order, as many as possible; units left over may stand anywhere else. Gives null where that is
 * less than `least`.
 */
export function align(units: readonly Unit[], line: Line, least: Least): Alignment | null {
  const columns = line.chars.length;
  const rows = units.length;
  NUMBERS.room(rows, columns);
  const { worth, best, from } = NUMBERS;
  let [total, lightest] = [0, Infinity];
  for (const { weight } of units) {
    total += weight;
    lightest = Math.min(lightest, weight);
  }
  // Where none may be missing, each sound has its place after that of the one before, or nothing comes of it.
  const all = total * (1 - least.covered) < lightest && units.every(({ char }) => char === null);
  let [mostFound, mostCovered, place] = [0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const unit = units[row];
    if (unit === undefined) continue;
    let [most, next] = [0, columns];
    for (let column = 0; column < columns; column += 1) {
      const own = fit(unit, line, column);
      worth[row * columns + column] = own;
      if (own > most) most = own;
      if (own > 0 && column >= place && next === columns) next = column;
    }
    if (all && next === columns) return null;
    place = next + 1;
    mostFound += most;
    if (most > 0) mostCovered += unit.weight;
  }
  // Not even the best places of all units would be enough: nearly every line ends here.
  if (total === 0 || mostCovered < least.covered * total || mostFound < least.share * total) return null;
  let { reach, next } = NUMBERS;
  let end = -1;
  for (let row = 0; row < rows; row += 1) {
    let left = -1;
    for (let column = 0; column < columns; column += 1) {
      const here = row * columns + column;
      const own = worth[here] ?? 0;
      const before = column === 0 ? -1 : (reach[column - 1] ?? -1);
      if (own > 0) {
        best[here] = own + (before < 0 ? 0 : (best[before] ?? 0));
        from[here] = before;
        const beside = here - columns - 1;
        if (row > 0 && column > 0 && (worth[beside] ?? 0) > 0) {
          const sum = (best[beside] ?? 0) + own * (1 + NEIGHBOUR);
          if (sum > (best[here] ?? 0)) {
            best[here] = sum;
            from[here] = beside;
          }
        }
        if (left < 0 || (best[here] ?? 0) > (best[left] ?? 0)) left = here;
        if (end < 0 || (best[here] ?? 0) > (best[end] ?? 0)) end = here;
      }
      const old = reach[column] ?? -1;
      next[column] = left < 0 || (old >= 0 && (best[old] ?? 0) > (best[left] ?? 0)) ? old : left;
    }
    [reach, next] = [next, reach];
  }
  const pairs = new Map<number, number>();
  for (let at = end; at >= 0; at = from[at] ?? -1) pairs.set(Math.floor(at / columns), at % columns);
  // What is out of order still counts, a little less.
  const taken = new Set(pairs.values());
  let found = 0;
  let covered = 0;
  for (let row = 0; row < rows; row += 1) {
    const placed = pairs.get(row);
    if (placed !== undefined) {
      found += worth[row * columns + placed] ?? 0;
      covered += units[row]?.weight ?? 0;
      continue;
    }
    for (let column = 0; column < columns; column += 1) {
      if (taken.has(column) || (worth[row * columns + column] ?? 0) === 0) continue;
      taken.add(column);
      // Sounds that were typed one after the other stand so; characters may be turned round.
      if (units[row]?.char === null) {
        taken.delete(column);
        break;
      }
      pairs.set(row, column);
      found += 0.8 * (worth[row * columns + column] ?? 0);
      covered += units[row]?.weight ?? 0;
      break;
    }
  }
  const columnsFound = [...taken].toSorted((a, b) => a - b);
  const first = columnsFound[0] ?? 0;
  const span = (columnsFound.at(-1) ?? 0) - first + 1;
  const same = [...pairs].filter(([row, column]) => units[row]?.char === line.chars[column]).length;
  const beside = columnsFound.filter((column, index) => index > 0 && columnsFound[index - 1] === column - 1).length;
  const share = found / total;
  if (share < least.share || covered < least.covered * total) return null;
  const score =
    share +
    0.08 * (columnsFound.length / span) +
    0.2 * (beside / Math.max(1, columnsFound.length - 1)) +
    (first === 0 ? 0.08 : 0) +
    0.12 * (columnsFound.length / Math.max(1, columns));
  return { share, covered: covered / total, same, score, ranges: rangesOf(columnsFound, line) };
}

/** How well a unit fits a character: its weight for the very same, less for the same or a like sound. */
function fit(unit: Unit, line: Line, column: number): number {
  if (unit.char !== null && line.chars[column] === unit.char) return unit.weight;
  let best = 0;
  for (const sound of line.sounds[column] ?? []) best = Math.max(best, unit.sounds.get(sound) ?? 0);
  return best * unit.weight;
}

function rangesOf(columns: readonly number[], line: Line): readonly TextRange[] {
  return merged(
    columns.map((column): TextRange => {
      const at = line.places[column] ?? 0;
      return [at, at + (line.chars[column] ?? '').length];
    }),
  );
}

/** Ranges in order, without overlaps. */
export function merged(ranges: readonly TextRange[]): readonly TextRange[] {
  const all: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
