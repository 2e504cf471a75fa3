import { useId, type ReactElement, type ReactNode } from 'react';

/** Path of one brick of a ring: centre line radius `radius`, clockwise from the top. */
function brick(index: number, count: number, radius: number, gapDegrees: number): string {
  const step = 360 / count;
  const from = ((index - 0.5) * step + gapDegrees / 2) * (Math.PI / 180);
  const to = ((index + 0.5) * step - gapDegrees / 2) * (Math.PI / 180);
  const x = (angle: number): string => (radius * Math.sin(angle)).toFixed(2);
  const y = (angle: number): string => (-radius * Math.cos(angle)).toFixed(2);
  return `M${x(from)} ${y(from)}A${radius} ${radius} 0 0 1 ${x(to)} ${y(to)}`;
}

interface RingProps {
  /** Edge length in panel pixels; below 140 the ring has 12 bricks, else 24. */
  size: number;
  /** How many of all bricks are lit, 0 to 1. */
  part: number;
  tone?: 'qing' | 'ok' | 'wait' | 'err' | 'night';
  /** Turns once in 2.4 s: something is waited for. */
  turning?: boolean;
  /** A figure or icon in the middle. */
  children?: ReactNode;
}

const LIT = { qing: 'var(--qing)', ok: 'var(--ok)', wait: 'var(--wait)', err: 'var(--err)', night: 'var(--night-lit)' };

/** The ring of bricks: waiting, time left, half done, done. Decoration; the words beside it carry the meaning. */
export function Ring({ size, part, tone = 'qing', turning = false, children }: RingProps): ReactElement {
  const many = size >= 140;
  const count = many ? 24 : 12;
  const lit = Math.round(Math.min(1, Math.max(0, part)) * count);
  const rest = tone === 'night' ? 'var(--night-rest)' : many ? 'var(--brick)' : 'var(--line)';
  return (
    <span className={turning ? 'ring turning' : 'ring'} style={{ width: size, height: size }} aria-hidden="true">
      <svg viewBox="-80 -80 160 160" width={size} height={size}>
        {Array.from({ length: count }, (_, index) => (
          <path
            key={index}
            d={brick(index, count, many ? 66 : 60, many ? 2.4 : 6)}
            fill="none"
            stroke={index < lit ? LIT[tone] : rest}
            strokeWidth={many ? 14 : 24}
          />
        ))}
      </svg>
      {children === undefined ? null : <span className="ring-in">{children}</span>}
    </span>
  );
}

interface MoonGateProps {
  width: number;
  /** Hour of the day whose brick is lit, 0 to 23. */
  hour: number;
  tone: 'day' | 'night';
}

const LAND = [
  'M-260 60C-228 20-206-24-176-50C-160-63-148-60-136-44C-118-20-104-2-84 4C-62 10-46-10-24-14C2-18 20 14 52 30L260 70V120H-260Z',
  'M-90 112C-40 100-6 66 24 38C56 8 78-34 104-52C118-61 130-56 142-40C164-10 196 36 260 66V130H-90Z',
  'M-300 70C-250 66-214 40-180 44C-140 50-112 84-60 96C-20 104 20 104 60 108L300 122V150H-300Z',
  'M-300 112C-220 104-120 108-20 112C80 116 180 108 300 104V300H-300Z',
] as const;

/** The round gate with its 24 hour bricks and the lake behind; stands on the counter's edge. */
export function MoonGate({ width, hour, tone }: MoonGateProps): ReactElement {
  const clip = useId();
  const height = Math.round((width * 506) / 600);
  return (
    <svg className={`gate gate-${tone}`} width={width} height={height} viewBox="-300 -300 600 506" aria-hidden="true">
      <defs>
        <clipPath id={clip}>
          <circle r="240" />
        </clipPath>
      </defs>
      {Array.from({ length: 24 }, (_, index) => (
        <path
          key={index}
          d={brick(index, 24, 269, 1.6)}
          fill="none"
          stroke={index === hour ? 'var(--lamp)' : 'var(--gate-brick)'}
          strokeWidth="30"
        />
      ))}
      <g clipPath={`url(#${clip})`}>
        <rect x="-300" y="-300" width="600" height="600" fill="var(--gate-sky)" />
        <circle cx="72" cy="-112" r="46" fill="var(--gate-moon)" />
        {LAND.map((path, index) => (
          <path key={path} d={path} fill={`var(--gate-land-${index + 1})`} />
        ))}
        <path
          d="M34 136h92M58 156h56M14 176h120M-150 148h70M-190 172h44M66 196h40"
          stroke="var(--gate-water)"
          strokeWidth="4"
          strokeLinecap="round"
        />
      </g>
    </svg>
  );
}
