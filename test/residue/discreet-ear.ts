import type { Kiosk } from '../e2e/kiosk.ts';

declare global {
  interface Window {
    earHeard?: string[];
    earSeconds?: number;
  }
}

/** Most pushes of the pad on the way to one control. */
const MOST_PUSHES = 80;
const PATIENCE_MS = 20_000;

/**
 * Somebody who finds the way by what is said. Nothing that was said leaves the page: the driver's own line passes the main
 * process, and what it carried would be found there. So the page answers only whether something was said.
 */
export class DiscreetEar {
  readonly #kiosk: Kiosk;

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk;
  }

  async begin(): Promise<void> {
    const page = await this.#kiosk.atKiosk();
    await page.evaluate(() => {
      const heard: string[] = [];
      window.earHeard = heard;
      window.earSeconds = 0;
      document.addEventListener('hall24:spoken', (event) =>
        heard.push((event as CustomEvent<{ words: string }>).detail.words),
      );
      document.addEventListener('hall24:heard', (event) => {
        window.earSeconds = (window.earSeconds ?? 0) + (event as CustomEvent<{ seconds: number }>).detail.seconds;
      });
    });
  }

  /** Pushes a key; waits until something was said. */
  async push(key: string): Promise<void> {
    const before = await this.#count();
    await this.#kiosk.page.keyboard.press(key);
    await this.#until(`something said after ${key}`, async () => (await this.#count()) > before);
  }

  /** Waits until something like this was said, from `after` on. */
  async hear(what: RegExp, after = 0): Promise<void> {
    await this.#until(`heard ${what.source}`, () => this.#matches(what, after));
  }

  async goTo(name: RegExp): Promise<void> {
    for (const direction of ['ArrowRight', 'ArrowLeft']) {
      for (let pushes = 0; pushes < MOST_PUSHES; pushes += 1) {
        const before = await this.#count();
        await this.push(direction);
        if (await this.#matches(name, before)) return;
        if (await this.#matches(/^到头了/u, before)) break;
      }
    }
    throw new Error(`nothing called ${name.source} was met`);
  }

  async press(name: RegExp, then: RegExp): Promise<void> {
    await this.goTo(name);
    const before = await this.#count();
    await this.#kiosk.page.keyboard.press('Enter');
    await this.hear(then, before);
    await this.#kiosk.page.waitForTimeout(400);
  }

  /** Presses what ends the visit: the page goes with it, at times before the driver is answered. */
  async leave(name: RegExp): Promise<void> {
    await this.goTo(name);
    const { page } = this.#kiosk;
    await page.keyboard.press('Enter').catch((cause: unknown) => {
      if (!page.isClosed()) throw cause;
    });
  }

  /** Whether it was sound, not only captions. */
  heardSomething(): Promise<boolean> {
    return this.#kiosk.page.evaluate(() => (window.earSeconds ?? 0) > 5);
  }

  #count(): Promise<number> {
    return this.#kiosk.page.evaluate(() => window.earHeard?.length ?? 0);
  }

  #matches(what: RegExp, after: number): Promise<boolean> {
    return this.#kiosk.page.evaluate(
      ({ source, from }) => (window.earHeard ?? []).slice(from).some((words) => new RegExp(source, 'u').test(words)),
      { source: what.source, from: after },
    );
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`did not come true: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}
