import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLS, type CallName } from '../contract/calls.ts';
import { problem } from '../contract/problems.ts';
import { err, ok } from '../../native/model/result.ts';
import { isOwnPage } from './own-page.ts';
import { createRouter, type Handlers } from './router.ts';

const ORIGIN = 'app://hall24';
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const OWN = { url: 'app://hall24/index.html', mainFrame: true };

interface Routed {
  readonly route: ReturnType<typeof createRouter>;
  readonly reached: CallName[];
  /** Everything that was logged, as text. */
  readonly logged: string[];
}

function routerWith(overrides: Partial<Handlers>): Routed {
  const reached: CallName[] = [];
  const logged: string[] = [];
  const handlers = Object.fromEntries(
    Object.keys(CALLS).map((name) => [
      name,
      (input: never) => {
        reached.push(name as CallName);
        const own = overrides[name as CallName] as ((input: never) => Promise<unknown>) | undefined;
        return own ? own(input) : Promise.resolve(err(problem('S504-not-found')));
      },
    ]),
  ) as unknown as Handlers;
  const log = (level: string, event: string, detail: object): void => {
    logged.push(JSON.stringify({ level, event, detail }));
  };
  return { route: createRouter({ handlers, origin: ORIGIN, log }), reached, logged };
}

describe('router', () => {
  it('answers a good call of its own page', async () => {
    const { route } = routerWith({
      'visit.begin': () => Promise.resolve(ok({ visitId: ID })),
    });
    expect(await route(OWN, 'visit.begin', { language: 'en' })).toEqual(ok({ visitId: ID }));
  });

  it.each([
    ['a foreign page', { url: 'https://hall24/index.html', mainFrame: true }],
    ['a look-alike host', { url: 'app://hall24.example/index.html', mainFrame: true }],
    ['a frame inside the page', { url: OWN.url, mainFrame: false }],
    ['no URL at all', { url: '', mainFrame: true }],
  ])('refuses %s before any handler', async (_, sender) => {
    const { route, reached } = routerWith({});
    expect(await route(sender, 'kiosk.snapshot', {})).toEqual(err(problem('K101-bad-request')));
    expect(reached).toEqual([]);
  });

  it('refuses unknown calls, also names of the prototype', async () => {
    const { route, reached } = routerWith({});
    for (const name of ['nothing', 'constructor', '__proto__', 7, null, undefined]) {
      expect(await route(OWN, name, {})).toEqual(err(problem('K101-bad-request')));
    }
    expect(reached).toEqual([]);
  });

  it('never rejects and never lets a bad payload through, whatever comes', async () => {
    const names = Object.keys(CALLS) as CallName[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.anything(), async (name, input) => {
        const { route, reached } = routerWith({});
        await route(OWN, name, input);
        expect(reached.length === 0 || CALLS[name].input.safeParse(input).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('turns a throwing handler and a broken answer into a defined answer', async () => {
    const { route } = routerWith({
      'visit.begin': () => Promise.reject(new Error('bug')),
      'scanner.listen': () => Promise.resolve(ok({ more: 1 })) as never,
      'case.find': () => Promise.resolve(ok({ caseId: 'x' })) as never,
    });
    expect(await route(OWN, 'visit.begin', { language: 'en' })).toEqual(err(problem('K105-internal')));
    expect(await route(OWN, 'case.find', { number: 'x' })).toEqual(err(problem('K105-internal')));
  });

  it('looks at no input that is too large, and logs nothing of it', async () => {
    const { route, reached, logged } = routerWith({});
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field-${index}`, 'x']));
    let deep: unknown = 'x';
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    const whole = {
      visitId: ID,
      submissionId: ID,
      itemId: 'rent-filing',
      itemVersion: 1,
      language: 'en',
    };
    for (const values of ['x'.repeat(50_000_000), { ['k'.repeat(1_000_000)]: 'x' }, many, deep, new Map(), 1n]) {
      expect(await route(OWN, 'case.submit', { ...whole, values })).toEqual(err(problem('K101-bad-request')));
    }
    expect(reached).toEqual([]);
    expect(logged.length).toBe(6);
    expect(logged.every((line) => line.length < 200)).toBe(true);
  });

  it('lets no answer reach a prototype', async () => {
    let got: object = {};
    const { route } = routerWith({
      'case.submit': (input) => {
        got = input.values;
        return Promise.resolve(err(problem('S504-not-found')));
      },
    });
    const values: unknown = JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":"c","phone":"1"}');
    const input = { visitId: ID, submissionId: ID, itemId: 'a', itemVersion: 1, language: 'en' };
    await route(OWN, 'case.submit', { ...input, values });
    await route(OWN, 'case.submit', { ...input, values: JSON.parse('{"__proto__":"text","phone":"1"}') as unknown });
    expect(got).toMatchObject({ phone: '1' });
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('writes neither what a person typed nor what an error quotes into the log', async () => {
    const { route, logged } = routerWith({
      'case.find': ({ number }) => Promise.reject(new TypeError(`cannot read ${number}`)),
    });
    await route(OWN, 'case.find', { number: '测试一 990001' });
    await route(OWN, 'visit.begin', { language: '测试一 990001' });
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain('TypeError at ');
    expect(logged.join('')).not.toMatch(/测试一|990001/);
  });

  it('compares pages as parsed', () => {
    expect(isOwnPage('app://hall24/renderer/index.html?x#y', ORIGIN)).toBe(true);
    expect(isOwnPage('app://evil@hall24.example/', ORIGIN)).toBe(false);
    expect(isOwnPage('file:///app://hall24', ORIGIN)).toBe(false);
  });
});
