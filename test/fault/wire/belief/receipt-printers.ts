import { escposPrinter } from '../../../../native/receipt-printer/index.ts';
import { ReceiptPrinterSimulator } from '../../../../native/receipt-printer/simulator.ts';
import { BadFarEnd } from './bad-far-end.ts';
import type { Belief, BeliefSubject } from './subject.ts';

/** Turns between two changes of the printer. */
const STEADY_TURNS = 30;
/** A state is four answers of one byte, each to be given several times in a row. */
const SPARED = 0.7;

export const PRINTER_BELIEFS: readonly BeliefSubject[] = [
  {
    name: 'receipt-printer escpos state',
    // Ten million bytes are about 60,000 states; what is new stands four times in a row, what was so before twice. A byte
    // of noise is a certain other one in 1/256 of 1/8 of the answers: 60,000 x 4 x 16 x (1/2,000)^4, and after each of
    // 2,000 changes 4 x (1/2,000)^2.
    expected: 0.002,
    reason: 'one byte with four fixed bits and no check; the same as before twice in a row, what is new four times',
    start(clock, chance) {
      const simulator = new ReceiptPrinterSimulator({ clock });
      const farEnd = new BadFarEnd(simulator, clock, chance);
      farEnd.spared = SPARED;
      const driver = escposPrinter.create({ transport: farEnd.transport, clock, options: { reports: 'no' } });
      let turns = 0;
      const change = (): void => {
        const how = chance.below(5);
        if (how === 0) simulator.openCover();
        else if (how === 1) simulator.paperOutAfterLines(0);
        else {
          simulator.closeCover();
          simulator.loadPaper(how === 2 ? 10 : 12_000);
        }
      };
      return {
        farEnd,
        async turn(): Promise<Belief> {
          if (turns % STEADY_TURNS === 0) change();
          turns += 1;
          const read = await driver.readState();
          if (!read.ok) return { believed: 0, wrong: [] };
          const { coverOpen, paperOut, nearEnd } = simulator.state;
          const paper = paperOut ? 'out' : nearEnd ? 'low' : 'full';
          const told = read.value;
          const wrong: string[] = [];
          if (told.cover !== (coverOpen ? 'open' : 'closed')) wrong.push(`cover ${told.cover}`);
          if (told.paper !== paper) wrong.push(`paper ${told.paper} instead of ${paper}`);
          if (told.cutter !== 'ok') wrong.push(`cutter ${told.cutter}`);
          return { believed: 1, wrong };
        },
        dispose: () => driver.dispose(),
      };
    },
  },
];
