import { useRef, useState, type PointerEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Point, Stroke } from './recogniser.ts';

const path = (stroke: Stroke): string => stroke.map(([x, y]) => `${x.toFixed(0)},${y.toFixed(0)}`).join(' ');

/** Height of the sheet in the strokes' own unit; they keep their place when the pad becomes larger or smaller. */
const SHEET = 256;
/** The copybook's square in the middle with its cross and diagonals. */
const GUIDE = `M8 8H${SHEET - 8}V${SHEET - 8}H8ZM8 128H${SHEET - 8}M128 8V${SHEET - 8}M8 8L${SHEET - 8} ${SHEET - 8}M${SHEET - 8} 8L8 ${SHEET - 8}`;

/** A sheet of glass to write one character on; every finished stroke is told, in shares of the sheet's height. */
export function WritePad(props: { strokes: readonly Stroke[]; onStroke: (stroke: Stroke) => void }): ReactElement {
  const { t } = useTranslation('ime');
  const [line, setLine] = useState<Stroke>([]);
  const drawn = useRef<{ id: number; points: Point[] } | null>(null);
  const place = (event: PointerEvent<HTMLDivElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    const unit = SHEET / box.height;
    return [(event.clientX - box.left - box.width / 2) * unit + SHEET / 2, (event.clientY - box.top) * unit];
  };
  const begin = (event: PointerEvent<HTMLDivElement>): void => {
    // A second finger or the palm writes nothing.
    if (drawn.current !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawn.current = { id: event.pointerId, points: [place(event)] };
    setLine(drawn.current.points);
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (drawn.current?.id !== event.pointerId) return;
    drawn.current.points.push(place(event));
    setLine([...drawn.current.points]);
  };
  const end = (event: PointerEvent<HTMLDivElement>): void => {
    if (drawn.current?.id !== event.pointerId) return;
    const { points } = drawn.current;
    drawn.current = null;
    setLine([]);
    props.onStroke(points);
  };
  const empty = props.strokes.length === 0 && line.length === 0;
  return (
    <div
      className="write-pad"
      role="img"
      aria-label={t('pad')}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {empty ? <span className="write-hint">{t('hint')}</span> : null}
      <svg aria-hidden="true" viewBox={`0 0 ${SHEET} ${SHEET}`}>
        <path className="write-guide" d={GUIDE} />
        {[...props.strokes, ...(line.length === 0 ? [] : [line])].map((stroke, index) => (
          <polyline key={index} points={path(stroke.length === 1 ? [...stroke, ...stroke] : stroke)} />
        ))}
      </svg>
    </div>
  );
}
