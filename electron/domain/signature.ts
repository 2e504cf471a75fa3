/** A point of a stroke in whole units of the sheet, from its top left. */
export type SignaturePoint = readonly [x: number, y: number];

/** A signature as it was written: strokes on a sheet. */
export interface Signature {
  /** Size of the sheet, 1 to 4096 units each way. */
  readonly width: number;
  readonly height: number;
  readonly strokes: readonly (readonly SignaturePoint[])[];
}

/** A signature with the small picture that offices file; the picture is a PNG in base64, empty when there is none. */
export interface SignedSheet extends Signature {
  readonly picture: string;
}

/** Answer of somebody who cannot write: the identity card that was laid on the reader stands for the signature. */
export const SIGNED_BY_CARD = 'by-card';

/** Longest answer of a signature field in characters. */
export const SIGNATURE_MAX_LENGTH = 24_000;
/** Points that are kept at most; more than a long name written slowly has. */
const MAX_POINTS = 1_500;
const MAX_SIDE = 4_096;
/** Less ink than this share of the sheet's width is a touch, not a signature. */
const LEAST_INK = 0.12;

const clampTo = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));

/**
 * Points brought onto the sheet, without those nearer than `apart` units to the one before; the last of a stroke stays.
 * Beyond 1,500 points in all nothing is taken in.
 */
export function thinned(signature: Signature, apart = 3): Signature {
  const { width, height } = signature;
  let left = MAX_POINTS;
  const strokes = signature.strokes.flatMap((stroke) => {
    const kept: SignaturePoint[] = [];
    for (const [index, [x, y]] of stroke.entries()) {
      const point: SignaturePoint = [clampTo(x, width), clampTo(y, height)];
      const last = kept.at(-1);
      const near = last !== undefined && Math.hypot(point[0] - last[0], point[1] - last[1]) < apart;
      if (near && index < stroke.length - 1) continue;
      if (left === 0) break;
      left -= 1;
      kept.push(point);
    }
    return kept.length === 0 ? [] : [kept];
  });
  return { width, height, strokes };
}

/**
 * The signature as the answer of a form: `sig1;WIDTH,HEIGHT;STROKES;PICTURE`. A stroke is its first point and then the
 * steps to the next, numbers in base 36: `a.5 2.-1 0.3`; strokes are parted by `/`.
 */
export function signatureText(sheet: SignedSheet): string {
  const { width, height, strokes } = thinned(sheet, 1);
  const lines = strokes.map((stroke) =>
    stroke
      .map(([x, y], index) => {
        const [fromX, fromY] = stroke[index - 1] ?? [0, 0];
        return `${(x - fromX).toString(36)}.${(y - fromY).toString(36)}`;
      })
      .join(' '),
  );
  const vector = `sig1;${width},${height};${lines.join('/')};`;
  // The strokes say everything; the picture is a convenience.
  return vector.length + sheet.picture.length > SIGNATURE_MAX_LENGTH ? vector : vector + sheet.picture;
}

const STEP = /^-?[0-9a-z]{1,4}\.-?[0-9a-z]{1,4}$/;

function readStroke(line: string, width: number, height: number): SignaturePoint[] | null {
  const points: SignaturePoint[] = [];
  let [x, y] = [0, 0];
  for (const step of line.split(' ')) {
    if (!STEP.test(step)) return null;
    const [dx = '', dy = ''] = step.split('.');
    x += Number.parseInt(dx, 36);
    y += Number.parseInt(dy, 36);
    if (x < 0 || y < 0 || x > width || y > height) return null;
    points.push([x, y]);
  }
  return points;
}

/** Reads what `signatureText` wrote; null when it is anything else. */
export function readSignature(text: string): SignedSheet | null {
  if (text.length > SIGNATURE_MAX_LENGTH) return null;
  const match = /^sig1;(\d{1,4}),(\d{1,4});([^;]*);([A-Za-z0-9+/=]*)$/.exec(text);
  if (match === null) return null;
  const [width, height] = [Number(match[1]), Number(match[2])];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) return null;
  const strokes: SignaturePoint[][] = [];
  for (const line of (match[3] ?? '').split('/')) {
    const stroke = line === '' ? [] : readStroke(line, width, height);
    if (stroke === null) return null;
    if (stroke.length > 0) strokes.push(stroke);
  }
  return { width, height, strokes, picture: match[4] ?? '' };
}

/** Length of all strokes in units of the sheet. */
export function inkOf({ strokes }: Signature): number {
  return strokes.reduce(
    (all, stroke) =>
      all +
      stroke.reduce((sum, [x, y], index) => {
        const [fromX, fromY] = stroke[index - 1] ?? [x, y];
        return sum + Math.hypot(x - fromX, y - fromY);
      }, 0),
    0,
  );
}

/** Whether there is enough ink to be somebody's hand and not a touch by mistake. */
export function isSigned(signature: Signature): boolean {
  return inkOf(signature) >= signature.width * LEAST_INK;
}
