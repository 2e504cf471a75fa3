import { describe, expect, it } from 'vitest';
import { Campaign } from '../fault/wire/campaign.ts';
import type { CampaignResult } from '../fault/wire/campaign.ts';
import { WIRE_LIMITS, limitOf } from '../fault/wire/limits.ts';
import { loadSubjects } from '../fault/wire/load.ts';
import type { WireFuzzSubject } from '../fault/wire/subject.ts';

/** Enough to meet every kind of damage some hundred times; the whole campaign is `npm run fault -- wire`. */
const BYTES = 200_000;

function judge(subject: WireFuzzSubject, bytes = BYTES): CampaignResult {
  return new Campaign(subject, { bytes, seed: 7, now: () => performance.now() }).run();
}

const subjects = await loadSubjects();

describe('parsers of wire bytes', () => {
  it.each(subjects.map((subject) => [subject.name, subject] as const))('%s stands noise', (_, subject) => {
    expect(judge(subject).problems).toEqual([]);
  });

  it('have declared figures', () => {
    expect(subjects.filter(({ name }) => limitOf(name) === WIRE_LIMITS['']).map(({ name }) => name)).toEqual([]);
  });
});

/** Five bytes: A5, two of data, XOR, 5A. */
class TinyParser implements WireFuzzSubject {
  readonly name: string = 'test parser';
  protected held: number[] = [];

  feed(chunk: Uint8Array): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    this.held.push(...chunk);
    while (this.held.length >= 5) {
      const [head = 0, one = 0, two = 0, check = 0, end = 0] = this.held;
      const right = head === 0xa5 && end === 0x5a && this.fits(one, two, check);
      if (right) found.push(Uint8Array.from(this.held.slice(0, 5)));
      this.held.splice(0, right ? 5 : this.step());
    }
    return found;
  }

  pending(): number {
    return this.held.length;
  }

  validFrame(n: number): Uint8Array {
    const [one, two] = [n & 0xff, (n * 7) & 0xff];
    return Uint8Array.of(0xa5, one, two, one ^ two, 0x5a);
  }

  reset(): void {
    this.held = [];
  }

  protected fits(one: number, two: number, check: number): boolean {
    return (one ^ two) === check;
  }

  protected step(): number {
    return 1;
  }
}

describe('the campaign', () => {
  it('passes a good parser', () => {
    const { problems, passed, resyncs, plantedAccepted } = judge(new TinyParser());
    expect(problems).toEqual([]);
    expect(passed).toBe(true);
    expect(resyncs).toBeGreaterThan(5);
    expect(plantedAccepted).toBeGreaterThan(300);
  });

  it.each([
    [
      'throws',
      class extends TinyParser {
        override feed(chunk: Uint8Array) {
          if (chunk[0] === 0x77) throw new RangeError('bad byte');
          return super.feed(chunk);
        }
      },
      /^threw .* bad byte/u,
    ],
    [
      'keeps everything',
      class extends TinyParser {
        readonly #all: number[] = [];
        override feed(chunk: Uint8Array) {
          this.#all.push(...chunk);
          return super.feed(chunk);
        }
        override pending() {
          return this.#all.length;
        }
      },
      /^holds back/u,
    ],
    [
      'loses its place for good',
      class extends TinyParser {
        protected override step() {
          return 5;
        }
      },
      /^not back/u,
    ],
    [
      'eats valid frames',
      class extends TinyParser {
        override validFrame(n: number) {
          return super.validFrame(n).fill(0, 4);
        }
      },
      /gave 0 frames/u,
    ],
  ])('finds a parser that %s', (_, Parser, problem) => {
    const { passed, problems } = judge(new Parser());
    expect(passed).toBe(false);
    expect(problems[0]).toMatch(problem);
  });

  it('finds a parser that does not look at the check', () => {
    class Blind extends TinyParser {
      protected override fits() {
        return true;
      }
    }
    const limit = { check: 'xor8', fixedBits: 24, maxPending: 64, reason: 'two fixed bytes and a check' } as const;
    const judged = (subject: WireFuzzSubject) =>
      new Campaign(subject, { bytes: BYTES, seed: 3, now: () => performance.now(), limit }).run();
    expect(judged(new TinyParser()).problems).toEqual([]);
    expect(judged(new Blind()).problems.join()).toMatch(/false frames, more than/u);
  });
});
