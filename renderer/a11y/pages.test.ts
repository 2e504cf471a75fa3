import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIntoPages, pageOf, pagesFor, samePages, type Span } from './pages.ts';
import { lowestWhole } from './pieces.ts';
import { reachEdge } from './reach-line.ts';

const rows = (heights: readonly number[]): Span[] => {
  let top = 0;
  return heights.map((height) => {
    const span = { top, bottom: top + height };
    top += height;
    return span;
  });
};

describe('pages', () => {
  it('of what fits are one', () => {
    expect(cutIntoPages(rows([100, 100]), 200, 200)).toEqual([{ top: 0, bottom: 200 }]);
  });

  it('break between rows', () => {
    expect(cutIntoPages(rows([120, 120, 120, 120]), 480, 300)).toEqual([
      { top: 0, bottom: 240 },
      { top: 240, bottom: 480 },
    ]);
  });

  it('show a picture whole beside words that go to the next page', () => {
    const picture = { top: 0, bottom: 380 };
    const words = { top: 0, bottom: 220 };
    const notice = { top: 236, bottom: 520 };
    expect(cutIntoPages([picture, words, notice], 520, 400)).toEqual([
      { top: 0, bottom: 380 },
      { top: 236, bottom: 520 },
    ]);
  });

  it('take both of two pieces side by side to the next page', () => {
    const left = [
      { top: 0, bottom: 300 },
      { top: 300, bottom: 420 },
    ];
    const right = [
      { top: 0, bottom: 260 },
      { top: 260, bottom: 380 },
      { top: 380, bottom: 500 },
    ];
    expect(cutIntoPages([...left, ...right], 500, 400)).toEqual([
      { top: 0, bottom: 300 },
      { top: 260, bottom: 500 },
    ]);
  });

  it('come to rest, whatever room the pager really takes', () => {
    const sizes = { column: fc.integer({ min: 200, max: 1_500 }), real: fc.integer({ min: 60, max: 190 }) };
    const rest = { supposed: fc.integer({ min: 60, max: 190 }), over: fc.integer({ min: -200, max: 200 }) };
    fc.assert(
      fc.property(fc.record({ ...sizes, ...rest }), fc.boolean(), ({ column, real, supposed, over }, shown) => {
        const height = column + over;
        const pieces = rows(Array.from({ length: 10 }, () => height / 10));
        const courses: boolean[] = [];
        for (let turn = 0, pager = shown; turn < 4; turn += 1) {
          const place = pager ? column - real : column;
          const pages = pagesFor({ pieces, height, place, pager: pager ? real : null, beside: false }, supposed);
          pager = pages !== null;
          courses.push(pager);
        }
        expect(new Set(courses).size).toBe(1);
        expect(courses[0]).toBe(over > 0);
      }),
    );
  });

  it('count as the same when parts of a pixel are between them', () => {
    const first = { top: 0, bottom: 240 };
    const cut = [first, { top: 240, bottom: 480 }];
    expect(samePages(cut, [first, { top: 240.4, bottom: 479.6 }])).toBe(true);
    expect(samePages(cut, [first, { top: 242, bottom: 480 }])).toBe(false);
    expect(samePages(cut, [first])).toBe(false);
  });

  it('cut a row that is taller than a page, as nothing else can be done', () => {
    expect(cutIntoPages(rows([500]), 500, 300).length).toBe(2);
  });

  it('show every row that fits whole on one of them, and come to an end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 280 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 300, max: 900 }),
        (heights, room) => {
          const pieces = rows(heights);
          const height = pieces.at(-1)?.bottom ?? 0;
          const pages = cutIntoPages(pieces, height, room);
          for (const piece of pieces) {
            const page = pages[pageOf(pages, piece.top)];
            expect(page !== undefined && piece.top >= page.top && piece.bottom <= page.bottom + 1).toBe(true);
          }
          for (const page of pages) expect(page.bottom - page.top).toBeLessThanOrEqual(room + 1);
        },
      ),
    );
  });
});

describe('the reach line', () => {
  it('leaves at least 29 % of a low panel to be read', () => {
    expect(reachEdge(1920, { pitchMm: 0.248, lowerEdgeMm: 780 })).toBe(557);
  });
  it('lies at 1,220 mm on a panel that hangs higher', () => {
    const edge = reachEdge(1920, { pitchMm: 0.369, lowerEdgeMm: 820 });
    expect(820 + (1920 - edge) * 0.369).toBeCloseTo(1220, 0);
  });
  it('leaves room to work in on a panel that hangs too high', () => {
    expect(reachEdge(1080, { pitchMm: 0.248, lowerEdgeMm: 1_200 })).toBe(648);
  });
});

describe('the foot of what is scrolled', () => {
  const rows = [0, 100, 200, 300].map((top) => ({ top, bottom: top + 90 }));
  it('ends before the row that the edge would cut', () => {
    expect(lowestWhole(rows, 0, 250)).toBe(200);
    expect(lowestWhole(rows, 100, 350)).toBe(300);
  });
  it('ends above what stands beside the row that would be cut', () => {
    const beside = [...rows, { top: 195, bottom: 260 }];
    expect(lowestWhole(beside, 0, 250)).toBe(195);
  });
  it('stays where the edge lies between two rows', () => expect(lowestWhole(rows, 0, 195)).toBe(195));
  it('cuts what is as tall as its place, or would leave little of it', () => {
    expect(lowestWhole([{ top: 0, bottom: 500 }], 0, 300)).toBeNull();
    expect(
      lowestWhole(
        [
          { top: 0, bottom: 90 },
          { top: 100, bottom: 500 },
        ],
        0,
        300,
      ),
    ).toBeNull();
  });
});
