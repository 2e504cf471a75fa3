import type { SuiteContext } from '../../support/suites.ts';
import { check, type KioskEnd, type Owed, type Recorded, type Verdict } from './history.ts';

/** Problems that are printed in full; the counts always tell the whole. */
const SHOWN = 20;

/** Sums up the runs of a suite and ends in its one line. */
export class Campaign {
  readonly #suite: string;
  readonly #seed: number;
  readonly #context: SuiteContext;
  readonly #sum = { acknowledged: 0, lost: 0, duplicated: 0, reordered: 0, corrupt: 0, wedged: 0 };
  readonly #begun = performance.now();
  #runs = 0;
  #problems = 0;
  #spoken = performance.now();

  readonly #silent: boolean;

  /** @param options.silent what is found is counted and not printed, for bugs that are there on purpose */
  constructor(suite: string, seed: number, context: SuiteContext, options: { readonly silent?: boolean } = {}) {
    this.#silent = options.silent ?? false;
    this.#suite = suite;
    this.#seed = seed;
    this.#context = context;
  }

  get runs(): number {
    return this.#runs;
  }

  /** Judges one kiosk by the one checker. `name` tells how to find it again; `runs` is how often it was disturbed. */
  judge(name: string, owed: readonly Owed[], record: readonly Recorded[], kiosk: KioskEnd, runs = 1): boolean {
    const { verdict, problems } = check(owed, record, kiosk);
    return this.add(name, verdict, problems, runs);
  }

  /** Adds a run that was judged elsewhere. Gives whether it was without fault. */
  add(name: string, verdict: Verdict, problems: readonly string[], runs = 1): boolean {
    this.#runs += runs;
    for (const key of Object.keys(this.#sum) as (keyof Verdict)[]) this.#sum[key] += verdict[key];
    for (const problem of problems) {
      this.#problems += 1;
      if (this.#problems <= SHOWN && !this.#silent) process.stderr.write(`${this.#suite} ${name}: ${problem}\n`);
    }
    const now = performance.now();
    if (now - this.#spoken > 10_000 && !this.#silent) {
      this.#spoken = now;
      this.#context.say(`${this.#suite}: ${this.#runs} runs, ${this.#sum.acknowledged} acknowledged`);
    }
    return problems.length === 0;
  }

  /** Prints the suite's line. `more` are figures of the suite's own. */
  end(more: Readonly<Record<string, unknown>> = {}): boolean {
    const { lost, duplicated, reordered, corrupt, wedged } = this.#sum;
    const passed =
      this.#runs > 0 &&
      this.#sum.acknowledged > 0 &&
      this.#problems + lost + duplicated + reordered + corrupt + wedged === 0;
    this.#context.report({
      suite: this.#suite,
      runs: this.#runs,
      seed: this.#seed,
      ...this.#sum,
      passed,
      seconds: Math.round((performance.now() - this.#begun) / 100) / 10,
      ...more,
    });
    return passed;
  }
}
