import { useCallback, useEffect, useLayoutEffect, useRef, type PointerEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import {
  readSignature,
  SIGNED_BY_CARD,
  signatureText,
  thinned,
  type Signature,
  type SignaturePoint,
} from '../../electron/domain/signature.ts';
import { ThirdButton } from './buttons.tsx';
import { ButtonWords } from './phrases.tsx';
import './signature-pad.css';

/** The sheet in its own units; the glass may show it larger or smaller. */
const SHEET = { width: 936, height: 420 } as const;
/** Width of the picture that is filed, in pixels. */
const PICTURE_WIDTH = 468;
const PEN = 7;

function draw(canvas: HTMLCanvasElement, { width, strokes }: Signature): void {
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const scale = canvas.width / width;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.strokeStyle = '#14201f';
  pen.fillStyle = '#14201f';
  pen.lineWidth = PEN * scale;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const stroke of strokes) {
    const [first] = stroke;
    if (first === undefined) continue;
    pen.beginPath();
    pen.moveTo(first[0] * scale, first[1] * scale);
    // A dot of the pen is a stroke as well.
    if (stroke.length === 1) pen.lineTo(first[0] * scale + 0.1, first[1] * scale);
    for (const [x, y] of stroke.slice(1)) pen.lineTo(x * scale, y * scale);
    pen.stroke();
  }
}

/** The small picture of a signature: PNG in base64. */
function pictureOf(signature: Signature): string {
  const canvas = document.createElement('canvas');
  canvas.width = PICTURE_WIDTH;
  canvas.height = Math.round((PICTURE_WIDTH * signature.height) / signature.width);
  draw(canvas, signature);
  const text = canvas.toDataURL('image/png').replace('data:image/png;base64,', '');
  // Setting the size is what empties a canvas for certain.
  canvas.width = 1;
  canvas.height = 1;
  return text;
}

export interface SignaturePadProps {
  /** Accessible name: the question. */
  readonly label: string;
  /** The answer as the form keeps it. */
  readonly value: string;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly onChange: (value: string) => void;
}

/**
 * A sheet to sign on. Every finished stroke is kept in the form at once, so that nothing is lost by whatever comes after;
 * one finger writes, others are not looked at.
 */
export function SignaturePad({ label, value, wrong, describedBy, onChange }: SignaturePadProps): ReactElement {
  const { t } = useTranslation('ui');
  const canvas = useRef<HTMLCanvasElement>(null);
  const writing = useRef<{ readonly pointer: number; readonly stroke: SignaturePoint[] } | null>(null);
  const written = (readSignature(value)?.strokes.length ?? 0) > 0;
  const strokes = useRef<Signature['strokes']>([]);

  const paint = useCallback((): void => {
    const element = canvas.current;
    if (element === null) return;
    const under = writing.current?.stroke;
    draw(element, { ...SHEET, strokes: under === undefined ? strokes.current : [...strokes.current, under] });
  }, []);

  // What the form keeps is what stands on the sheet; before the sheet is fitted, so that it is painted at once.
  useLayoutEffect(() => {
    strokes.current = readSignature(value)?.strokes ?? [];
    paint();
  }, [value, paint]);

  // The sheet is as fine as the glass, also after the panel was turned or the mode changed.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const fit = (): void => {
      element.width = Math.max(1, Math.round(element.clientWidth * window.devicePixelRatio));
      element.height = Math.max(1, Math.round(element.clientHeight * window.devicePixelRatio));
      paint();
    };
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(element);
    return () => {
      watch.disconnect();
      element.width = 1;
      element.height = 1;
    };
  }, [paint]);

  const keep = (next: Signature['strokes']): void => {
    if (next.length === 0) return onChange('');
    const signature = thinned({ ...SHEET, strokes: next });
    return onChange(signatureText({ ...signature, picture: pictureOf(signature) }));
  };
  const pointOf = (event: PointerEvent<HTMLCanvasElement>): SignaturePoint => {
    const box = event.currentTarget.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * SHEET.width,
      ((event.clientY - box.top) / box.height) * SHEET.height,
    ];
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (writing.current !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    writing.current = { pointer: event.pointerId, stroke: [pointOf(event)] };
    paint();
  };
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (writing.current?.pointer !== event.pointerId) return;
    writing.current.stroke.push(pointOf(event));
    paint();
  };
  const finish = (event: PointerEvent<HTMLCanvasElement>): void => {
    const done = writing.current;
    if (done?.pointer !== event.pointerId) return;
    writing.current = null;
    keep([...strokes.current, done.stroke]);
  };
  return (
    <div className="sign">
      <div className={`sign-sheet ${written ? 'is-written' : ''} ${wrong ? 'is-wrong' : ''}`}>
        <span className="sign-line" />
        {written ? null : <span className="sign-hint">{t('sign.hint')}</span>}
        <canvas
          ref={canvas}
          role="img"
          aria-label={t(written ? 'sign.written' : 'sign.empty', { question: label })}
          aria-describedby={describedBy}
          onPointerDown={begin}
          onPointerMove={move}
          onPointerUp={finish}
          onPointerCancel={finish}
        />
      </div>
      <div className="sign-tools">
        <ThirdButton icon="close" onPress={() => onChange('')}>
          {t('sign.clear')}
        </ThirdButton>
        <button
          type="button"
          className={`btn ghost ${value === SIGNED_BY_CARD ? 'press' : ''}`}
          aria-pressed={value === SIGNED_BY_CARD}
          onClick={() => onChange(value === SIGNED_BY_CARD ? '' : SIGNED_BY_CARD)}
        >
          <span className="btn-words">
            <ButtonWords>{t(value === SIGNED_BY_CARD ? 'sign.byCardChosen' : 'sign.byCard')}</ButtonWords>
          </span>
        </button>
      </div>
    </div>
  );
}
