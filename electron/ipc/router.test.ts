import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLS, type CallName } from '../contract/calls.ts';
import { problem } from '../contract/problems.ts';
import { err, ok } from '../../native/model/result.ts';
import { createRouter, isOwnPage, type Handlers } from './router.ts';

const ORIGIN = 'app://hall24';
const OWN = { url: 'app://hall24/index.html', mainFrame: true };

function routerWith(overrides: Partial<Handlers>): { route: ReturnType<typeof createRouter>; reached: CallName[] } {
  const reached: CallName[] = [];
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
  return { route: createRouter({ handlers, origin: ORIGIN, log: () => undefined }), reached };
}

describe('router', () => {
  it('answers a good call of its own page', async () => {
    const { route } = routerWith({
      'visit.begin': () => Promise.resolve(ok({ visitId: '01890a5d-ac96-774b-bcce-b302099a8057' })),
    });
    expect(await route(OWN, 'visit.begin', { language: 'en' })).toEqual(
      ok({ visitId: '01890a5d-ac96-774b-bcce-b302099a8057' }),
    );
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

  it('compares pages as parsed', () => {
    expect(isOwnPage('app://hall24/renderer/index.html?x#y', ORIGIN)).toBe(true);
    expect(isOwnPage('app://evil@hall24.example/', ORIGIN)).toBe(false);
    expect(isOwnPage('file:///app://hall24', ORIGIN)).toBe(false);
  });
});
