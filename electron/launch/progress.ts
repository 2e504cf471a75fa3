/** What a person at the terminal reads. Always on standard error: standard output belongs to a command's result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** An expected failure with a text that tells the reader what to do; shown without a stack. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}

/** How long a step may be silent before a sign of life is printed, in ms. */
const SIGN_OF_LIFE_MS = 5_000;

/**
 * Runs one long step with its title, a sign of life every 5 s and its duration at the end.
 * @param note what to add to a sign of life, such as the megabytes received so far
 */
export async function step<T>(title: string, work: () => Promise<T>, note?: () => string): Promise<T> {
  const started = performance.now();
  const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  say(`${title} ...`);
  const ticker = setInterval(
    () => say(`  ... ${elapsed()}${note === undefined ? '' : `, ${note()}`}`),
    SIGN_OF_LIFE_MS,
  );
  try {
    const value = await work();
    say(`${title}: done in ${elapsed()}`);
    return value;
  } finally {
    clearInterval(ticker);
  }
}
