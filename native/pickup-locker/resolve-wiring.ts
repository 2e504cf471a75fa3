import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Calibration, CalibrationResult, MovedContact } from './calibration.ts';
import type { CalibrationFacts, WiringChoice } from './calibration-facts.ts';
import { inLockOrder } from './wiring.ts';

/** Halls number their doors from 0 or from 1; more than that is another door. */
const MOST_OFFSET = 1;

/** The lock, from 1, that a contact belongs to if the boards are wired so. */
function lockOf({ index }: MovedContact, contacts: number, { highFirst }: WiringChoice['wiring']): number {
  const marks = Array.from({ length: contacts }, (_, at) => at === index);
  return inLockOrder(marks, highFirst).indexOf(true) + 1;
}

/** What all the doors that were opened have in common: polarity, order of the bytes, numbering, boards. */
export function resolveWiring(
  calibration: Calibration,
): Result<CalibrationResult, { readonly reason: 'mixed-polarity' | 'numbering'; readonly detail: string }> {
  const { facts, moved, atRest, boards } = calibration;
  const [first] = moved;
  if (first === undefined) return err({ reason: 'numbering', detail: 'no door was opened' });
  const other = moved.find(({ openLevel }) => openLevel !== first.openLevel);
  if (other !== undefined) {
    const detail = `the sensors of board ${first.board} and board ${other.board} are wired the other way round from each other; wire them alike`;
    return err({ reason: 'mixed-polarity', detail });
  }
  const locks = (choice: WiringChoice): readonly number[] =>
    moved.map((contact) => lockOf(contact, atRest.get(contact.board)?.length ?? 0, choice.wiring));
  const fitting = facts.choices
    .filter(({ wiring }) => wiring.closedLevel === !first.openLevel)
    .flatMap((choice) => {
      const seen = locks(choice);
      const offsets = new Set(seen.map((lock, at) => lock - (moved[at]?.asked.lock ?? 0)));
      const [offset] = offsets;
      if (offset === undefined || offsets.size > 1 || Math.abs(offset) > MOST_OFFSET) return [];
      return [{ choice, seen, offset }];
    })
    .toSorted((a, b) => Math.abs(a.offset) - Math.abs(b.offset));
  const [best] = fitting;
  if (best === undefined) {
    const [choice] = facts.choices;
    const seen = choice === undefined ? [] : locks(choice);
    const pairs = moved.map(
      ({ asked, board }, at) =>
        `door ${asked.lock} of board ${asked.board} moved lock ${seen[at] ?? 0} of board ${board}`,
    );
    return err({
      reason: 'numbering',
      detail: `doors and contacts are in no order that boards have: ${pairs.join(', ')}`,
    });
  }
  const doors = moved.map(({ asked, board }, at) => ({ asked, seen: { board, lock: best.seen[at] ?? 0 } }));
  const { options, remarks } = boardOptions(facts, boards);
  const swapped = doors.filter(({ asked, seen }) => asked.board !== seen.board);
  return ok({
    options: { ...best.choice.options, ...options },
    boards,
    offset: best.offset,
    doors,
    remarks: [
      ...remarks,
      ...(best.offset === 0
        ? []
        : [
            `doors are counted from ${1 - best.offset} here: door N is lock N${best.offset > 0 ? '+' : ''}${best.offset} of the board; write the cells so`,
          ]),
      ...swapped.map(
        ({ asked, seen }) =>
          `what was opened as board ${asked.board} answers as board ${seen.board}: look at the DIP switches or the cells`,
      ),
    ],
  });
}

/** The options that make the driver look for exactly these boards, as far as options can say it. */
function boardOptions(
  { firstBoards }: CalibrationFacts,
  boards: readonly number[],
): { readonly options: Readonly<Record<string, string>>; readonly remarks: readonly string[] } {
  const lowest = Math.min(...boards);
  const start = firstBoards.findLast(({ board }) => board <= lowest) ?? firstBoards[0];
  const first = start?.board ?? lowest;
  const row = boards.filter((board, at) => board === first + at);
  const remarks =
    row.length === boards.length
      ? []
      : [`addresses ${boards.join(', ')} are not in a row from ${first}: set the DIP switches so that they are`];
  return { options: { ...start?.options, boards: String(Math.max(1, row.length)) }, remarks };
}
