import type { LockerLayoutDto } from '../../../electron/contract/dto.ts';

/** A rectangle in the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Size of the whole picture and, in it, of the locker's body when the kiosk stands left of it. */
export const PICTURE = { width: 936, height: 620 } as const;
const BODY_WIDTH = 738;
const KIOSK_SIDE = 178;
const EDGE = 20;
const FRAME = 18;
const GAP = 10;
const BODY_TOP = 26;
const BODY_HEIGHT = 552;

/** The locker's body; the kiosk has the rest of the picture. */
export function bodyBox(kioskSide: LockerLayoutDto['kioskSide']): Box {
  return { x: kioskSide === 'left' ? KIOSK_SIDE : EDGE, y: BODY_TOP, width: BODY_WIDTH, height: BODY_HEIGHT };
}

/** Where one door lies in the picture: its grid units stretched over the body. */
export function cellBox(layout: LockerLayoutDto, cell: LockerLayoutDto['cells'][number]): Box {
  const body = bodyBox(layout.kioskSide);
  const unitX = (body.width - 2 * FRAME + GAP) / layout.columns;
  const unitY = (body.height - 2 * FRAME + GAP) / layout.rows;
  return {
    x: body.x + FRAME + cell.column * unitX,
    y: body.y + FRAME + cell.row * unitY,
    width: cell.width * unitX - GAP,
    height: cell.height * unitY - GAP,
  };
}
