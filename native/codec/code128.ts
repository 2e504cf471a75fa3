/** Code 128 (ISO/IEC 15417): choice of code sets, the command data of a printer, and the bars for those without. */

/** Widths of bars and gaps in modules of the values 0 to 102, start A, B, C; the stop pattern stands apart. */
const WIDTHS: readonly string[] = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232'
).split(' ');
const STOP = '2331112';
const START = { B: 104, C: 105 } as const;
const SWITCH = { B: 100, C: 99 } as const;

/** A run of the text in one code set: B is printable ASCII, C pairs of digits. */
export interface Code128Run {
  readonly set: 'B' | 'C';
  readonly text: string;
}

/** Whether Code 128 can carry it here: 1 to 80 printable ASCII characters. */
export function fitsCode128(text: string): boolean {
  return /^[ -~]{1,80}$/.test(text);
}

/**
 * Divides a text into the fewest symbols: digits go in pairs where that saves some (at least four at an end, six
 * inside, two when they are all there is). Runs of set C hold an even number of digits.
 */
export function code128Runs(text: string): readonly Code128Run[] {
  const runs: Code128Run[] = [];
  const put = (set: 'B' | 'C', part: string): void => {
    const last = runs.at(-1);
    if (part === '') return;
    if (last?.set === set) runs[runs.length - 1] = { set, text: last.text + part };
    else runs.push({ set, text: part });
  };
  let at = 0;
  while (at < text.length) {
    const digits = /^\d+/.exec(text.slice(at))?.[0] ?? '';
    const atEdge = at === 0 || at + digits.length === text.length;
    const whole = digits.length === text.length && digits.length % 2 === 0;
    if (whole || digits.length >= (atEdge ? 4 : 6)) {
      // An odd digit goes in front, unless the run begins the code.
      const odd = digits.length % 2;
      const inFront = at === 0 ? 0 : odd;
      put('B', digits.slice(0, inFront));
      put('C', digits.slice(inFront, digits.length - odd + inFront));
      put('B', digits.slice(digits.length - odd + inFront));
    } else {
      put('B', digits);
    }
    at += digits.length;
    const rest = /^[^\d]+/.exec(text.slice(at))?.[0] ?? '';
    put('B', rest);
    at += rest.length;
  }
  return runs;
}

/** Values of all symbols: start, data, check. */
export function code128Values(runs: readonly Code128Run[]): readonly number[] {
  const values: number[] = [];
  for (const { set, text } of runs) {
    values.push(values.length === 0 ? START[set] : SWITCH[set]);
    if (set === 'B') for (const char of text) values.push(char.charCodeAt(0) - 32);
    else for (let at = 0; at < text.length; at += 2) values.push(Number(text.slice(at, at + 2)));
  }
  const sum = values.reduce((total, value, index) => total + value * Math.max(1, index), 0);
  return [...values, sum % 103];
}

/** Modules of the whole code without quiet zones. */
export function code128Modules(runs: readonly Code128Run[]): number {
  return code128Values(runs).length * 11 + 13;
}

/** Widths of bars and gaps in modules, beginning and ending with a bar. */
export function code128Widths(runs: readonly Code128Run[]): readonly number[] {
  const patterns = [...code128Values(runs).map((value) => WIDTHS[value] ?? ''), STOP];
  return Array.from(patterns.join(''), Number);
}

/**
 * Data of GS k 73: `{B` and `{C` choose the set, a brace is written twice, pairs of digits are one byte. Such bytes
 * could read as a real-time command (DLE EOT, DLE ENQ, DLE DC4); `null` then, and set B says the same in more bars.
 */
export function code128Data(runs: readonly Code128Run[]): readonly number[] | null {
  const out: number[] = [];
  for (const { set, text } of runs) {
    out.push(0x7b, set.charCodeAt(0));
    if (set === 'B') for (const char of text) out.push(...(char === '{' ? [0x7b, 0x7b] : [char.charCodeAt(0)]));
    else for (let at = 0; at < text.length; at += 2) out.push(Number(text.slice(at, at + 2)));
  }
  const realTime = out.some((byte, index) => byte === 0x10 && [0x04, 0x05, 0x14].includes(out[index + 1] ?? 0));
  return realTime ? null : out;
}

/** The runs that a printer may be sent: in set B alone where pairs of digits would read as a real-time command. */
export function safeCode128Runs(text: string): readonly Code128Run[] {
  const runs = code128Runs(text);
  return code128Data(runs) === null ? [{ set: 'B', text }] : runs;
}
