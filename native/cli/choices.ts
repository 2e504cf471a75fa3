/** `a|b|c`; numbers in a row as `1..32`. */
export function choicesText(values: readonly string[]): string {
  const first = Number(values[0]);
  const inARow = values.length > 3 && values.every((value, index) => value === String(first + index));
  return inARow ? `${values[0] ?? ''}..${values.at(-1) ?? ''}` : values.join('|');
}
