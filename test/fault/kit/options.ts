import { parseArgs } from 'node:util';

/** What every suite is told on its command line. */
export interface FaultOptions {
  readonly runs: number;
  readonly seed: number;
  /** Values of the suite's own options by name. */
  readonly own: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads `--runs N`, `--seed S` and the suite's own options.
 * @param runs runs unless told: the small column, which fits into `npm test`
 * @throws on words that the suite does not know
 */
export function readOptions(args: readonly string[], runs: number, own: readonly string[] = []): FaultOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { runs: text, seed: text, ...Object.fromEntries(own.map((name) => [name, text])) },
  });
  const number = (name: string, otherwise: number): number => {
    const given = (values as Readonly<Record<string, string | undefined>>)[name];
    const read = given === undefined ? otherwise : Number(given);
    if (!Number.isSafeInteger(read) || read < 0) throw new Error(`--${name} is a whole number`);
    return read;
  };
  return {
    runs: number('runs', runs),
    seed: number('seed', 1 + Math.floor(Math.random() * 1_000_000_000)),
    own: values,
  };
}
