import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, until, type Journey } from '../journey.ts';
import { WORDS } from '../citizen.ts';

/** A page that hangs is gone within this, in milliseconds, on a busy machine too. */
const HUNG_MS = 40_000;

/** Whatever a finger, a keyboard or a script in the page tries: the kiosk stays where it is and answers no stranger. */
export const lockedDown: Journey = {
  name: 'locked-down',
  async run({ kiosk, stack, step }) {
    const { page } = kiosk;
    await kiosk.see('button', WORDS.start);
    const home = page.url();
    step('the page has one door');
    const reach = await page.evaluate(async () => {
      // Text made into code by a timer, and by a script element: what the driver itself runs is exempt from the policy.
      const runText = setTimeout as unknown as (code: string, ms: number) => void;
      runText('window.madeByTimer = true', 0);
      const script = document.createElement('script');
      script.textContent = 'window.madeByScript = true';
      document.head.append(script);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return {
        bridge: Object.keys((window as unknown as Record<string, object>)['hall24'] ?? {}).toSorted(),
        node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
        made: ['madeByTimer', 'madeByScript'].filter((name) => name in window),
      };
    });
    expect(reach.bridge.join() === 'call,failed,on', 'the bridge has three functions');
    expect(reach.node.length === 0, 'the page has no Node');
    expect(reach.made.length === 0, 'the page cannot make code out of text');

    step('nothing leads out');
    await page.evaluate(() => {
      window.open('https://example.com');
      location.href = 'https://example.com/';
      const link = document.createElement('a');
      link.href = 'file:///etc/passwd';
      document.body.append(link);
      link.click();
      link.remove();
    });
    const outside = await page.evaluate(async () => {
      const tried = await Promise.allSettled(
        ['https://example.com/', 'http://127.0.0.1:1/', 'app://hall24/../main/main.js', 'file:///etc/passwd'].map(
          async (address) => (await fetch(address)).ok,
        ),
      );
      return tried.map((result) => result.status === 'fulfilled' && result.value);
    });
    expect(
      outside.every((reached) => !reached),
      'no address outside the page can be read',
    );
    for (const keys of [
      'Control+R',
      'F5',
      'Control+W',
      'Alt+F4',
      'Control+Shift+I',
      'F12',
      'Alt+ArrowLeft',
      'Control+P',
    ]) {
      await page.keyboard.press(keys);
    }
    // The driver still waits for the navigation that was refused, so the page itself is asked.
    const still = await page.evaluate(() =>
      [location.href, document.querySelector('main')?.dataset['screen']].join(' '),
    );
    expect(still === `${home} attract`, `the page is where it was: ${still}`);

    const refused = kiosk.takeFaults(/^console: (Refused to|Failed to load resource|Not allowed to load)/);
    expect(refused > 0, 'the content policy spoke');

    step('hands do nothing that a browser would do');
    const allowed = await page.evaluate(() => {
      const at = { bubbles: true, cancelable: true };
      const tries: readonly (readonly [string, Event])[] = [
        ['menu', new MouseEvent('contextmenu', at)],
        ['drag', new DragEvent('dragstart', at)],
        ['file over the page', new DragEvent('dragover', at)],
        ['file dropped', new DragEvent('drop', at)],
        ['selection', new Event('selectstart', at)],
        ['middle button', new MouseEvent('auxclick', { ...at, button: 1 })],
        ['wheel that zooms', new WheelEvent('wheel', { ...at, ctrlKey: true, deltaY: -200 })],
      ];
      const main = document.querySelector('main') ?? document.body;
      return tries.filter(([, event]) => main.dispatchEvent(event)).map(([name]) => name);
    });
    expect(allowed.length === 0, `everything is refused, also: ${allowed.join(', ')}`);

    step('nothing is marked, copied or asked of the machine');
    const middle = { x: 540, y: 700 };
    await page.mouse.move(100, 100);
    await page.mouse.down();
    await page.mouse.move(middle.x, middle.y, { steps: 5 });
    await page.mouse.up();
    await page.mouse.click(middle.x, 140, { clickCount: 3 });
    for (const keys of [
      'Control+A',
      'Control+C',
      'Control+F',
      'Control+O',
      'Control+S',
      'Control+U',
      'Control+Equal',
    ]) {
      await page.keyboard.press(keys);
    }
    const asked = await page.evaluate(async () => {
      const nav = navigator as unknown as Record<string, { requestDevice?: (filter: object) => Promise<unknown> }>;
      const refuses = async (what: string, step: () => Promise<unknown> | undefined): Promise<string | null> => {
        const late = new Promise<string>((resolve) => setTimeout(resolve, 1_500, 'late'));
        const tried = (async () => step())().then(
          (value) =>
            value === undefined || value === 'denied' || (Array.isArray(value) && value.length === 0) ? null : what,
          () => null,
        );
        return Promise.race([tried, late.then(() => null)]);
      };
      const device = (kind: string) => () => nav[kind]?.requestDevice?.({ filters: [], acceptAllDevices: true });
      return Promise.all([
        refuses('clipboard', () => navigator.clipboard.readText()),
        refuses('camera', () => navigator.mediaDevices.getUserMedia({ video: true })),
        refuses('microphone', () => navigator.mediaDevices.getUserMedia({ audio: true })),
        refuses('screen', () => navigator.mediaDevices.getDisplayMedia({ video: true })),
        refuses('notification', () => Notification.requestPermission()),
        refuses('place', () => new Promise((_done, fail) => navigator.geolocation.getCurrentPosition(_done, fail))),
        refuses('usb', device('usb')),
        refuses('hid', device('hid')),
        refuses('bluetooth', device('bluetooth')),
      ]);
    });
    expect(
      asked.every((what) => what === null),
      `the page is given nothing: ${asked.filter(Boolean).join(', ')}`,
    );
    const selected = await page.evaluate(() => String(getSelection()));
    expect(selected === '', 'no text is marked');
    const dropped = { x: middle.x, y: middle.y, data: { items: [], files: ['/etc/hostname'], dragOperationsMask: 1 } };
    const dropping = await page.context().newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await dropping.send('Input.dispatchDragEvent', { type, ...dropped });
    }
    await dropping.detach();
    const after = await page.evaluate(
      () => `${location.href} ${document.querySelector('main')?.dataset['screen'] ?? ''}`,
    );
    expect(after === `${home} attract`, `a file that is dropped opens nothing: ${after}`);
    const windows = await kiosk.windows();
    expect(windows.visible === 1 && windows.devTools === 0, `one window, no tools: ${JSON.stringify(windows)}`);
    const dialogs = await page.evaluate(() => {
      alert('x');
      return String(confirm('x'));
    });
    expect(dialogs === 'false', `no box of the browser is answered by anybody: ${dialogs}`);
    kiosk.takeFaults(/^console: (Refused|Failed|Not allowed|.*[Pp]ermission)/);

    step('two and three fingers are harmless');
    const fingers = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', spread: number, count: number): Promise<unknown> =>
      fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: Array.from({ length: count }, (_, id) => ({ x: 400 + id * spread, y: 1_000 + id * 40, id })),
      });
    const before = await page.evaluate(() => [visualViewport?.scale, scrollX, scrollY, innerWidth].join(' '));
    for (const count of [2, 3]) {
      await touch('touchStart', 40, count);
      for (const spread of [80, 140, 200]) await touch('touchMove', spread, count);
      await touch('touchEnd', 0, 0);
    }
    const moved = await page.evaluate(() => [visualViewport?.scale, scrollX, scrollY, innerWidth].join(' '));
    expect(before === moved, `nothing is zoomed or moved: ${before}, then ${moved}`);
    await fingers.detach();

    step('bad calls are refused');
    const answers = await page.evaluate(async () => {
      const { call } = (window as unknown as { hall24: { call(name: unknown, input: unknown): Promise<unknown> } })
        .hall24;
      const tries: [unknown, unknown][] = [
        ['nothing', {}],
        ['__proto__', {}],
        ['visit.begin', { language: 'xx' }],
        ['case.submit', { values: 'x'.repeat(10_000) }],
        ['technician.devices', { token: 'x'.repeat(40) }],
        ['technician.save', null],
        [{}, []],
      ];
      return Promise.all(tries.map(async ([name, input]) => JSON.stringify(await call(name, input))));
    });
    expect(
      answers.every((answer) => answer.includes('"ok":false')),
      `each bad call is refused: ${answers.join(' ')}`,
    );

    step('a dead page comes back');
    const gone = page.waitForEvent('crash').catch(() => undefined);
    await page.evaluate(() => 1);
    await kiosk.crashPage();
    await gone;
    await kiosk.see('button', WORDS.start);
    await kiosk.shot('back');

    step('a page that hangs is replaced before anybody touches it');
    const stuck = await kiosk.atKiosk();
    const stuckIn = await kiosk.pageProcess();
    // Never answered: its thread is busy for ever.
    stuck
      .evaluate(() => {
        for (;;);
      })
      .catch(() => undefined);
    await until('a page in another process', async () => (await kiosk.pageProcess()) !== stuckIn, HUNG_MS);
    const log = await readFile(join(stack.dataDir, 'logs', 'kiosk.log'), 'utf8');
    expect(/"page-hung".*"[^" ]+ R/u.test(log), 'the log tells that it computed');
    await kiosk.see('button', WORDS.start);

    step('a page that gives up is replaced');
    const gaveUp = await kiosk.pageProcess();
    const newest = await kiosk.atKiosk();
    await newest.evaluate(() => (window as unknown as { hall24: { failed(): void } }).hall24.failed());
    await until('a page in another process', async () => (await kiosk.pageProcess()) !== gaveUp);
    await kiosk.see('button', WORDS.start);
  },
};
