import type { ReactElement } from 'react';
import { Phrases } from '../components/phrases.tsx';
import { useModes } from '../flow/modes.ts';
import { useCaption } from './caption.ts';

const CHINESE = /\p{Script=Han}/u;

/** Every spoken word, at the wall's foot. Not announced: it is what was announced. */
export function CaptionLine(): ReactElement | null {
  const { speech, captions } = useModes();
  const words = useCaption();
  if (!speech && !captions) return null;
  return (
    <div className="caption" aria-hidden="true" data-caption={words === '' ? 'silent' : 'heard'}>
      <p>
        {CHINESE.test(words) ? (
          <span>
            <Phrases>{words}</Phrases>
          </span>
        ) : (
          words
        )}
      </p>
    </div>
  );
}
