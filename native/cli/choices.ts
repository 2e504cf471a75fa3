/** `a|b|c`; more than three numbers in a row as `1..32`, also behind words: `all|1..48`. */
export function choicesText(values: readonly string[]): string {
  const start = values.findIndex((value) => /^\d+$/u.test(value));
  const first = Number(values[start]);
  const numbers = start < 0 ? [] : values.slice(start);
  const inARow = numbers.length > 3 && numbers.every((value, index) => value === String(first + index));
  const shown = inARow ? [...values.slice(0, start), `${numbers[0] ?? ''}..${numbers.at(-1) ?? ''}`] : values;
  return shown.join('|');
}
