/** A piece of text in one style at one place; positions and sizes in dots (8 a millimetre). */
export interface PaperRun {
  readonly left: number;
  readonly text: string;
  /** Magnification, 1 to 8. */
  readonly width: number;
  readonly height: number;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly reverse: boolean;
}

/** What a printer prints for a code that its font has no dots for. */
export const TOFU = '\u25af';

/** What the print head left on the paper. */
export type PaperElement =
  /** One line of characters; they stand on a common foot line at `top + height`. */
  | { readonly kind: 'line'; readonly top: number; readonly height: number; readonly runs: readonly PaperRun[] }
  | {
      readonly kind: 'qr';
      readonly top: number;
      readonly left: number;
      readonly data: string;
      readonly level: 'L' | 'M' | 'Q' | 'H';
      /** Side in modules, without quiet zone. */
      readonly modules: number;
      readonly moduleDots: number;
    }
  | {
      readonly kind: 'barcode';
      readonly top: number;
      readonly left: number;
      /** Text of a Code 128. */
      readonly data: string;
      /** Widths of bars and gaps in modules, beginning and ending with a bar. */
      readonly widths: readonly number[];
      readonly moduleDots: number;
      readonly dots: number;
    }
  | {
      readonly kind: 'raster';
      readonly top: number;
      readonly left: number;
      readonly rowBytes: number;
      readonly rows: number;
      /** Magnification, 1 or 2. */
      readonly scaleX: number;
      readonly scaleY: number;
      /** One bit a dot, most significant bit at the left, 1 is black. */
      readonly bits: Uint8Array;
    };

/** A piece of paper that left the printer. */
export interface SimulatedReceipt {
  /** Printable width in dots: 576 (80 mm) or 384 (58 mm). */
  readonly dots: number;
  /** Length in dots. */
  readonly length: number;
  readonly elements: readonly PaperElement[];
  /** How it ended: cut, or torn off by a person or by the end of the roll. */
  readonly end: 'partial' | 'full' | 'torn';
}

/** All texts of a receipt line by line, runs joined; for tests and logs of the simulator. */
export function receiptText(receipt: SimulatedReceipt): string[] {
  return receipt.elements.flatMap((element) =>
    element.kind === 'line' ? [element.runs.map((run) => run.text).join('')] : [],
  );
}
