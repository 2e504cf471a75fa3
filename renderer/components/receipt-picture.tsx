import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import type { PrintDto } from '../../electron/contract/dto.ts';

type Line = PrintDto['preview'][number];

function Qr({ data }: { data: string }): ReactElement {
  const { data: rows, size } = encode(data, { ecc: 'M', border: 2 });
  let path = '';
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x} ${y}h1v1h-1z`;
    });
  });
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden="true">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#111" />
    </svg>
  );
}

function ReceiptLine({ line }: { line: Line }): ReactElement {
  switch (line.kind) {
    case 'rule':
      return <div className="rule" />;
    case 'state':
      return (
        <p className="inv">
          {line.text}
          {line.note === undefined ? null : (
            <>
              <br />
              {line.note}
            </>
          )}
        </p>
      );
    case 'number':
      return <p className="x2 c">{line.text}</p>;
    case 'pair':
      return (
        <p className="kv">
          <span>{line.text}</span>
          <span>{line.note}</span>
        </p>
      );
    case 'step':
      return (
        <p className="st">
          <span>
            {line.done === true ? '■' : '□'} {line.text}
          </span>
          <span>{line.note}</span>
        </p>
      );
    case 'qr':
      return <Qr data={line.text} />;
    case 'feed':
      return <div className="gap" />;
    case 'title':
      return <p className="c b x2">{line.text}</p>;
    case 'heading':
      return <p className="c b h2x">{line.text}</p>;
    case 'centre':
      return <p className="c">{line.text}</p>;
    case 'label':
      return <p className="b">{line.text}</p>;
    default:
      return <p>{line.text}</p>;
  }
}

/**
 * Plain texts get their look from their place, as on paper: the hall's name, the lines under it, the kind of paper, and
 * what stands around the number and the code.
 */
function placed(lines: PrintDto['preview']): PrintDto['preview'] {
  const stateAt = lines.findIndex((line) => line.kind === 'state');
  const rulesBefore = (index: number): number => lines.slice(0, index).filter((line) => line.kind === 'rule').length;
  return lines.map((line, index) => {
    if (line.kind !== 'text') return line;
    if (index === 0) return { ...line, kind: 'title' };
    if (rulesBefore(index) === 0) return { ...line, kind: 'centre' };
    if (index < stateAt) return { ...line, kind: 'heading' };
    const before = lines.slice(0, index).findLast(({ kind }) => kind !== 'text')?.kind;
    if (lines[index + 1]?.kind === 'number' || before === 'qr') return { ...line, kind: 'centre' };
    return lines[index + 1]?.kind === 'step' ? { ...line, kind: 'label' } : line;
  });
}

/** The receipt as it came out of the printer, scaled to `width` panel pixels. */
export function ReceiptPicture({ lines, width }: { lines: PrintDto['preview']; width: number }): ReactElement {
  const { t } = useTranslation('ui');
  const scale = width / 624;
  return (
    <figure className="paper" style={{ width }} aria-label={t('receipt.picture')}>
      <div className="rcpt" style={{ zoom: scale }}>
        {placed(lines).map((line, index) => (
          // The lines of one print never change order.
          <ReceiptLine key={`${index}-${line.kind}`} line={line} />
        ))}
      </div>
    </figure>
  );
}
