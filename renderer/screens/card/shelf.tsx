import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskSnapshot } from '../../../electron/contract/dto.ts';

type Place = 'left' | 'middle' | 'right';
const X: Readonly<Record<Place, number>> = { left: 236, middle: 468, right: 700 };

/** The shelf under this kiosk's screen with its real slots; the one for the card is lit. Never mirrored. */
export function Shelf({
  slots,
  scanner,
  printer,
  taking = false,
}: Pick<KioskSnapshot, 'slots' | 'scanner' | 'printer'> & {
  /** The card is to be taken away, not laid down. */
  readonly taking?: boolean;
}): ReactElement {
  const { t } = useTranslation('ui');
  const card = X[slots.card];
  return (
    <svg
      className="shelf"
      viewBox="0 0 936 500"
      role="img"
      aria-label={t(taking ? 'takeCard.picture' : 'card.picture')}
    >
      <rect width="936" height="500" rx="32" fill="var(--paper)" />
      <path
        d="M168 0H768V92a20 20 0 0 1-20 20H188a20 20 0 0 1-20-20Z"
        fill="var(--qing-deep)"
        stroke="var(--shelf-line)"
      />
      <rect x="186" width="564" height="94" rx="6" fill="var(--qing)" />
      <text x="468" y="58" fontSize="28" fill="var(--on-qing)" textAnchor="middle">
        {t('card.thisScreen')}
      </text>
      <path
        d="M108 148H828a28 28 0 0 1 28 28V404a28 28 0 0 1-28 28H108a28 28 0 0 1-28-28V176a28 28 0 0 1 28-28Z"
        fill="var(--shelf)"
        stroke="var(--shelf-line)"
      />
      {printer === 'none' || slots.receipt === slots.card ? null : (
        <g transform={`translate(${X[slots.receipt] - 236} 0)`}>
          <rect x="128" y="262" width="216" height="22" rx="11" fill="#4A4F4C" />
          <rect x="168" y="273" width="136" height="76" fill="#fff" />
          <path d="M188 298h96M188 316h96M188 334h60" stroke="#C9C2B2" strokeWidth="5" />
          <text x="236" y="474" fontSize="28" textAnchor="middle" fill="var(--ink-2)">
            {t('card.receiptSlot')}
          </text>
        </g>
      )}
      {scanner === 'none' || slots.scanner === slots.card || slots.scanner === slots.receipt ? null : (
        <g transform={`translate(${X[slots.scanner] - 468} 0)`}>
          <rect x="404" y="240" width="128" height="128" rx="16" fill="#3B4644" />
          <rect x="420" y="256" width="96" height="96" rx="8" fill="#25302E" />
          <path d="M430 304h76" stroke="#C2503F" strokeWidth="4" />
          <text x="468" y="474" fontSize="28" textAnchor="middle" fill="var(--ink-2)">
            {t('card.scanner')}
          </text>
        </g>
      )}
      <g transform={`translate(${card - 700} 0)`}>
        <rect x="572" y="196" width="256" height="196" rx="24" fill="var(--lamp)" opacity=".35" />
        <rect
          x="584"
          y="208"
          width="232"
          height="172"
          rx="18"
          fill="var(--lamp-tint)"
          stroke="var(--lamp)"
          strokeWidth="6"
        />
        <g transform="translate(700 292) rotate(-5)">
          <rect x="-92" y="-58" width="184" height="116" rx="10" fill="#fff" stroke="#14201F" strokeWidth="4" />
          <rect x="36" y="-36" width="42" height="54" rx="4" fill="#B9D3D2" />
          <circle cx="57" cy="-17" r="10" fill="#0B4F57" />
          <path d="M40 18c0-14 8-20 17-20s17 6 17 20z" fill="#0B4F57" />
          <path d="M-76 -34h64M-76 -14h84M-76 6h70M-76 36h110" stroke="#B9B2A2" strokeWidth="7" />
        </g>
        <path
          d={taking ? 'M700 186v-56m-24 24 24-26 24 26' : 'M700 126v56m-24-24 24 26 24-26'}
          fill="none"
          stroke="var(--ink)"
          strokeWidth="10"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <text x="700" y="474" fontSize="28" textAnchor="middle" fontWeight="700" fill="var(--ink)">
          {t('card.zone')}
        </text>
      </g>
    </svg>
  );
}
