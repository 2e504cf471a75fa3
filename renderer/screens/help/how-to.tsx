import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { blobOf } from '../../api/bytes.ts';
import { call } from '../../api/index.ts';

/** Name of the hall's film for a screen, `how-to-SCREEN`; null where the hall has none. */
export function useHowTo(screen: string): string | null {
  const [clips, setClips] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    void call('hall.extras', {}).then((answer) => {
      if (!gone && answer.ok) setClips(answer.value.clips);
    });
    return () => {
      gone = true;
    };
  }, []);
  const name = `how-to-${screen}`;
  return clips.includes(name) ? name : null;
}

/** The film of a step; its captions are in the picture. */
export function HowTo({ name }: { readonly name: string }): ReactElement | null {
  const { t } = useTranslation('help');
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    void call('hall.clip', { name }).then(async (answer) => {
      if (gone || !answer.ok || answer.value === null) return;
      const film = await blobOf(answer.value.data, answer.value.type);
      if (gone) return;
      made = URL.createObjectURL(film);
      setUrl(made);
    });
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [name]);
  if (url === null) return null;
  return <video className="how-to" src={url} autoPlay loop muted playsInline aria-label={t('howToTitle')} />;
}
