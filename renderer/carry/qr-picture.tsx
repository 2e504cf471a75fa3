import { useMemo, type ReactElement } from 'react';
import { encode } from 'uqr';

/** Quiet zone round a code, in modules (ISO/IEC 18004). */
const BORDER = 4;

/** A QR code, black on white in every theme: it is for a camera. */
export function QrPicture({ text, label }: { text: string; label: string }): ReactElement {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: 'M', border: BORDER });
    const rows = code.data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''));
    return { size: code.size, path: rows.join('') };
  }, [text]);
  return (
    <svg
      className="qr-picture"
      data-code={text}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
