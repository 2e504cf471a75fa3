import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { LockerLayoutDto } from '../../../electron/contract/dto.ts';
import { halfWidths } from '../../components/phrases.tsx';
import { bodyBox, cellBox, PICTURE, type Box } from './locker-shape.ts';

/** How the wanted door is drawn. `closing`: open, with the arrow that shuts it; `aim`: shut, lit. */
export type DoorLook = 'open' | 'closing' | 'aim' | 'shut';

/** The number fits a low door as well. */
const numberSize = (height: number): number => Math.min(26, Math.max(18, height - 8));

function ShutDoor({ box, cell, lit }: { box: Box; cell: string; lit: boolean }): ReactElement {
  const middle = box.y + box.height / 2;
  return (
    <g>
      <rect {...box} rx="8" className={lit ? 'lk-aim' : 'lk-door'} />
      <rect x={box.x + box.width - 22} y={middle - 14} width="8" height="28" rx="4" className="lk-handle" />
      {lit ? (
        <text
          x={box.x + box.width / 2}
          y={middle + 14}
          fontSize="40"
          fontWeight="700"
          textAnchor="middle"
          className="lk-ink"
        >
          {cell}
        </text>
      ) : (
        <text
          x={box.x + 20}
          y={Math.min(box.y + 38, middle + 10)}
          fontSize={numberSize(box.height)}
          className="lk-number"
        >
          {cell}
        </text>
      )}
    </g>
  );
}

function OpenDoor({ box, cell, closing }: { box: Box; cell: string; closing: boolean }): ReactElement {
  const { x, y, width, height } = box;
  const right = x + width;
  const bottom = y + height;
  const middle = y + height / 2;
  const leaf = Math.min(86, width * 0.5);
  const lip = Math.min(22, height * 0.28);
  return (
    <g>
      <rect {...box} fill="#18302F" />
      <path d={`M${x} ${y}H${right}l-18 12H${x + 18}z`} fill="#0E2221" />
      <path d={`M${x} ${bottom}H${right}l-18-10H${x + 18}z`} fill="#2C4846" />
      {closing ? (
        <path
          d={`M${x + width * 0.22} ${middle}h${width * 0.56}m-30-26l30 26-30 26`}
          className="lk-arrow"
          strokeWidth="10"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      ) : (
        <g>
          <path d={`M${x + 26} ${bottom - 10}v-46h74v46z`} fill="#F4F0E7" />
          <path d={`M${x + 36} ${bottom - 42}h54M${x + 36} ${bottom - 28}h36`} stroke="#B9B2A2" strokeWidth="5" />
          <rect x={x + 108} y={bottom - 38} width="40" height="28" rx="4" fill="#B9D3D2" />
          <rect x={x + 120} y={bottom - 52} width="16" height="16" rx="4" fill="#B9D3D2" />
        </g>
      )}
      <rect x={x - 3} y={y - 3} width={width + 6} height={height + 6} rx="4" className="lk-lit" />
      <path d={`M${x} ${y}L${x - leaf} ${y - lip * 0.73}V${bottom + lip}L${x} ${bottom}Z`} className="lk-leaf" />
      <text x={x - leaf / 2} y={middle + 14} fontSize="38" fontWeight="700" textAnchor="middle" fill="#14201F">
        {cell}
      </text>
    </g>
  );
}

/** Room of the words over the drawn kiosk, and of one half width in its type, in units of the picture. */
const HERE = { room: 176, half: 0.56, largest: 40 } as const;
/** Half widths from which on the words over the kiosk take two lines. */
const HERE_LONG = 9;

/** The words over the kiosk in one line or two, cut at the space that is nearest to the middle. */
function hereLines(here: string): readonly string[] {
  if (halfWidths(here) < HERE_LONG) return [here];
  const spaces = [...here.matchAll(/\s/gu)].map(({ index }) => index);
  const middle = here.length / 2;
  const at = spaces.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return at === undefined ? [here] : [here.slice(0, at), here.slice(at + 1)];
}

/** Size of a line over the kiosk: as large as its room allows, whatever the language. */
const hereSize = (line: string): number => Math.min(HERE.largest, HERE.room / (halfWidths(line) * HERE.half));

function Kiosk({ side, here }: { side: 'left' | 'right'; here: string }): ReactElement {
  const lines = hereLines(here);
  return (
    <g transform={side === 'left' ? undefined : `translate(${PICTURE.width - 184} 0)`}>
      <rect x="46" y="206" width="92" height="150" rx="10" className="lk-kiosk" />
      <rect x="54" y="214" width="76" height="134" rx="5" className="lk-screen" />
      <path d="M62 356h60l14 38H48z" fill="#857E70" />
      <path d="M80 394h24v186H80z" fill="#A9A191" />
      <path d="M56 572h72v10H56z" fill="#857E70" />
      <text textAnchor="middle" className="lk-ink lk-here">
        {lines.map((line, index) => (
          <tspan key={line} x="92" y={178 - 40 * (lines.length - 1 - index)} style={{ fontSize: hereSize(line) }}>
            {line}
          </tspan>
        ))}
      </text>
    </g>
  );
}

/** The real locker of this hall; only the wanted door stands out. Never mirrored. */
export function LockerPicture(props: { layout: LockerLayoutDto; cell: string; look: DoorLook }): ReactElement {
  const { t } = useTranslation('pickup');
  const { layout, cell, look } = props;
  const body = bodyBox(layout.kioskSide);
  const wanted = layout.cells.find((one) => one.cell === cell);
  return (
    <svg
      className="locker"
      viewBox={`0 0 ${PICTURE.width} ${PICTURE.height}`}
      role="img"
      aria-label={t(`picture.${look}`, {
        cell,
        side: t(`picture.side.${layout.kioskSide === 'left' ? 'right' : 'left'}`),
      })}
    >
      <rect width={PICTURE.width} height={PICTURE.height} rx="32" fill="var(--paper)" />
      <rect {...body} rx="18" className="lk-body" />
      <path d={`M0 580H${PICTURE.width}`} className="lk-floor" strokeWidth="4" />
      <rect x={body.x + 18} y="580" width="60" height="14" fill="#A9A191" />
      <rect x={body.x + body.width - 78} y="580" width="60" height="14" fill="#A9A191" />
      {layout.cells
        .filter((one) => one.cell !== cell)
        .map((one) => (
          <ShutDoor key={one.cell} box={cellBox(layout, one)} cell={one.cell} lit={false} />
        ))}
      <Kiosk side={layout.kioskSide} here={t('picture.here')} />
      {wanted === undefined ? null : look === 'open' || look === 'closing' ? (
        <OpenDoor box={cellBox(layout, wanted)} cell={cell} closing={look === 'closing'} />
      ) : (
        <ShutDoor box={cellBox(layout, wanted)} cell={cell} lit={look === 'aim'} />
      )}
    </svg>
  );
}
