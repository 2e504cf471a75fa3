import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskSnapshot } from '../../../electron/contract/dto.ts';
import './card.css';

type Place = 'left' | 'middle' | 'right';
const X: Readonly<Record<Place, number>> = { left: 236, middle: 468, right: 700 };

const INK = '#14201F';

/** Where the hand belongs: a lamp's light around the place. */
function Lit({ x, y, width, height }: { x: number; y: number; width: number; height: number }): ReactElement {
  return (
    <>
      <rect x={x - 12} y={y - 12} width={width + 24} height={height + 24} rx="24" fill="var(--lamp)" opacity=".35" />
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx="18"
        fill="var(--lamp-tint)"
        stroke="var(--lamp)"
        strokeWidth="6"
      />
    </>
  );
}

/** The word under a place; bold where the hand belongs. */
function Word({ x, lit, children }: { x: number; lit: boolean; children: string }): ReactElement {
  return (
    <text
      x={x}
      y="474"
      textAnchor="middle"
      className={lit ? 'lit' : undefined}
      fontWeight={lit ? 700 : 400}
      fill={lit ? 'var(--ink)' : 'var(--ink-2)'}
    >
      {children}
    </text>
  );
}

function Arrow({ x, up }: { x: number; up: boolean }): ReactElement {
  return (
    <path
      d={up ? `M${x} 186v-56m-24 24 24-26 24 26` : `M${x} 126v56m-24-24 24 26 24-26`}
      fill="none"
      stroke="var(--ink)"
      strokeWidth="10"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
}

/** A phone that shows a code, held over the scanner. */
function Phone({ x }: { x: number }): ReactElement {
  return (
    <g transform={`translate(${x + 36} 292) rotate(8)`}>
      <rect x="-46" y="-78" width="92" height="156" rx="14" fill="#fff" stroke={INK} strokeWidth="4" />
      <path
        d="M-28 -44h22v22h-22zM6 -44h22v22h-22zM-28 -10h22v22h-22zM6 -10h10v10h-10zM18 2h10v10h-10z"
        fill="#0B4F57"
      />
      <path d="M-12 58h24" stroke="#B9B2A2" strokeWidth="6" strokeLinecap="round" />
    </g>
  );
}

/** The shelf under this kiosk's screen with its real slots; the one that is meant is lit. Never mirrored. */
export function Shelf({
  slots,
  scanner,
  printer,
  lit = 'card',
  taking = false,
}: Pick<KioskSnapshot, 'slots' | 'scanner' | 'printer'> & {
  /** Where the hand belongs now. */
  readonly lit?: 'card' | 'scanner';
  /** The card is to be taken away, not laid down. */
  readonly taking?: boolean;
}): ReactElement {
  const { t } = useTranslation('ui');
  const card = X[slots.card];
  const code = X[slots.scanner];
  const atCard = lit === 'card';
  const meant = atCard ? slots.card : slots.scanner;
  const shows = (slot: Place, before: readonly Place[]): boolean => !before.includes(slot);
  return (
    <svg
      className="shelf"
      viewBox="0 0 936 500"
      role="img"
      aria-label={t(taking ? 'takeCard.picture' : atCard ? 'card.picture' : 'modes:resume.picture')}
    >
      <rect width="936" height="500" rx="32" fill="var(--paper)" />
      <path
        d="M168 0H768V92a20 20 0 0 1-20 20H188a20 20 0 0 1-20-20Z"
        fill="var(--qing-deep)"
        stroke="var(--shelf-line)"
      />
      <rect x="186" width="564" height="94" rx="6" fill="var(--qing)" />
      <text x="468" y="58" fill="var(--on-qing)" textAnchor="middle">
        {t('card.thisScreen')}
      </text>
      <path
        d="M108 148H828a28 28 0 0 1 28 28V404a28 28 0 0 1-28 28H108a28 28 0 0 1-28-28V176a28 28 0 0 1 28-28Z"
        fill="var(--shelf)"
        stroke="var(--shelf-line)"
      />
      {printer !== 'none' && shows(slots.receipt, [meant]) ? (
        <>
          <g transform={`translate(${X[slots.receipt] - 236} 0)`}>
            <rect x="128" y="262" width="216" height="22" rx="11" fill="#4A4F4C" />
            <rect x="168" y="273" width="136" height="76" fill="#fff" />
            <path d="M188 298h96M188 316h96M188 334h60" stroke="#C9C2B2" strokeWidth="5" />
          </g>
          <Word x={X[slots.receipt]} lit={false}>
            {t('card.receiptSlot')}
          </Word>
        </>
      ) : null}
      {scanner !== 'none' && (!atCard || shows(slots.scanner, [slots.card, slots.receipt])) ? (
        <>
          {atCard ? null : <Lit x={code - 116} y={208} width={232} height={172} />}
          <rect x={code - 64} y="240" width="128" height="128" rx="16" fill="#3B4644" />
          <rect x={code - 48} y="256" width="96" height="96" rx="8" fill="#25302E" />
          <path d={`M${code - 38} 304h76`} stroke="#C2503F" strokeWidth="4" />
          {atCard ? null : (
            <>
              <Phone x={code} />
              <Arrow x={code} up={false} />
            </>
          )}
          <Word x={code} lit={!atCard}>
            {t('card.scanner')}
          </Word>
        </>
      ) : null}
      {atCard ? (
        <>
          <Lit x={card - 116} y={208} width={232} height={172} />
          <g transform={`translate(${card} 292) rotate(-5)`}>
            <rect x="-92" y="-58" width="184" height="116" rx="10" fill="#fff" stroke={INK} strokeWidth="4" />
            <rect x="36" y="-36" width="42" height="54" rx="4" fill="#B9D3D2" />
            <circle cx="57" cy="-17" r="10" fill="#0B4F57" />
            <path d="M40 18c0-14 8-20 17-20s17 6 17 20z" fill="#0B4F57" />
            <path d="M-76 -34h64M-76 -14h84M-76 6h70M-76 36h110" stroke="#B9B2A2" strokeWidth="7" />
          </g>
          <Arrow x={card} up={taking} />
          <Word x={card} lit>
            {t('card.zone')}
          </Word>
        </>
      ) : shows(slots.card, [slots.scanner, slots.receipt]) ? (
        <>
          <rect x={card - 96} y="226" width="192" height="136" rx="16" fill="none" stroke="#857E70" strokeWidth="5" />
          <rect x={card - 60} y="256" width="120" height="76" rx="8" fill="none" stroke="#857E70" strokeWidth="5" />
          <Word x={card} lit={false}>
            {t('card.zone')}
          </Word>
        </>
      ) : null}
    </svg>
  );
}
