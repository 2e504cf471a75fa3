import { expect, until } from './journey.ts';
import type { Kiosk } from './kiosk.ts';

/** One thing that was said, as the page told it. */
interface Said {
  readonly words: string;
  readonly volume: number;
}

declare global {
  interface Window {
    spoken?: Said[];
    heardSeconds?: number;
  }
}

/** Most pushes of the pad on the way to one control. */
const MOST_PUSHES = 150;

/** What a press has done is said within so long, in milliseconds. */
const ECHO_MS = 400;

/** A person who sees nothing: hears what the kiosk says, and has a four-way pad with a button in its middle. */
export class Listener {
  readonly #kiosk: Kiosk;

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk;
  }

  /** Sits down in front of the page at the kiosk. */
  async begin(): Promise<void> {
    await this.#kiosk.page.evaluate(() => {
      const spoken: Said[] = [];
      window.spoken = spoken;
      window.heardSeconds = 0;
      document.addEventListener('hall24:spoken', (event) => spoken.push((event as CustomEvent<Said>).detail));
      document.addEventListener('hall24:heard', (event) => {
        window.heardSeconds = (window.heardSeconds ?? 0) + (event as CustomEvent<{ seconds: number }>).detail.seconds;
      });
    });
  }

  /** Everything said so far. */
  async log(): Promise<readonly Said[]> {
    return this.#kiosk.page.evaluate(() => window.spoken ?? []);
  }

  /** Seconds of sound that were played. */
  async heardSeconds(): Promise<number> {
    return this.#kiosk.page.evaluate(() => window.heardSeconds ?? 0);
  }

  /** Pushes a key of the pad and gives what is said then. */
  async push(key: string): Promise<string> {
    const before = (await this.log()).length;
    await this.#kiosk.page.keyboard.press(key);
    await until(`something said after ${key}`, async () => (await this.log()).length > before, 5_000);
    return (await this.log()).at(-1)?.words ?? '';
  }

  /** Waits until something like this is said, now or from `after` on. */
  async hear(what: RegExp, after = 0): Promise<void> {
    await until(`heard ${what.source}`, async () =>
      (await this.log()).slice(after).some(({ words }) => what.test(words)),
    ).catch(async (late: unknown) => {
      const last = (await this.log()).slice(-3).map(({ words }) => `"${words}"`);
      const heard = last.length === 0 ? 'nothing was said' : `said last: ${last.join(', ')}`;
      throw new Error(`${late instanceof Error ? late.message : String(late)}; ${heard}`, { cause: late });
    });
  }

  /** Goes from where the voice stands to the control of this name, part by part, then stop by stop. */
  async goTo(name: RegExp): Promise<void> {
    for (const direction of ['ArrowRight', 'ArrowLeft'] as const) {
      let last = '';
      for (let pushes = 0; pushes < MOST_PUSHES; pushes += 1) {
        last = await this.push(direction);
        if (name.test(last)) return;
        if (/^到头了|^That is the end/u.test(last)) break;
      }
    }
    throw new Error(`nothing called ${name.source} was met`);
  }

  /** Goes to a control and presses it; then waits for what should be heard. */
  async press(name: RegExp, then: RegExp): Promise<void> {
    await this.goTo(name);
    const before = (await this.log()).length;
    await this.#kiosk.page.keyboard.press('Enter');
    await this.hear(then, before);
    await this.#listenOn();
  }

  /** Listens to the end of what a press has led to, as people do: what comes late is heard as well. */
  async #listenOn(): Promise<void> {
    await this.#kiosk.page.waitForTimeout(ECHO_MS);
  }

  /** Goes to the control that ends the visit and presses it: the page goes with the visit, at times before it says so. */
  async leave(name: RegExp): Promise<void> {
    await this.goTo(name);
    const { page } = this.#kiosk;
    await page.keyboard.press('Enter').catch((cause: unknown) => {
      if (!page.isClosed()) throw cause;
    });
  }

  /** Types on the keypad; each key is acknowledged, none is told. */
  async digits(text: string, acknowledged = '已输入一位'): Promise<void> {
    for (const digit of text) {
      const said = await this.push(digit);
      expect(said === acknowledged, `a digit is acknowledged without being told (heard "${said}")`);
    }
  }

  /** Puts a finger on a control for a moment; hears what lies there. */
  async touch(name: RegExp, then: RegExp): Promise<void> {
    const box = await this.#kiosk.find('button', name).boundingBox();
    if (box === null) throw new Error(`nothing called ${name.source} is to be seen`);
    const before = (await this.log()).length;
    await this.#kiosk.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await this.hear(then, before);
  }

  /** Wipes across the glass. */
  async swipe(direction: 'left' | 'right', then: RegExp): Promise<void> {
    const { mouse } = this.#kiosk.page;
    const before = (await this.log()).length;
    const way = direction === 'right' ? 240 : -240;
    await mouse.move(540, 900);
    await mouse.down();
    await mouse.move(540 + way, 910);
    await mouse.up();
    await this.hear(then, before);
  }

  /** Touches twice, quickly, on the empty middle of the head: it counts wherever the finger is. */
  async touchTwice(then: RegExp): Promise<void> {
    const { mouse } = this.#kiosk.page;
    const before = (await this.log()).length;
    await mouse.move(540, 4);
    for (let touch = 0; touch < 2; touch += 1) {
      await mouse.down();
      await mouse.up();
    }
    await this.hear(then, before);
  }
}
