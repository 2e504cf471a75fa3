/** Kind and place of an error without its message, which may quote what a person typed. */
export function placeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [cause.name, ...frames.slice(0, 10).map((line) => line.trim())].join(' ');
}
