import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/bridge.ts';
import { blobOf } from '../api/bytes.ts';
import { hallExtras, subscribeHallExtras } from '../i18n/packs.ts';

/** Address of a clip in this page's memory, or null while there is none. */
function useClip(name: string | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (name === null) return undefined;
    let made: string | null = null;
    let gone = false;
    void call('hall.clip', { name }).then(async (answer) => {
      if (gone || !answer.ok || answer.value === null || answer.value.data === '') return;
      const film = await blobOf(answer.value.data, answer.value.type);
      if (gone) return;
      made = URL.createObjectURL(film);
      setUrl(made);
    });
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [name]);
  return url;
}

/** Name of the hall's clip for a screen, or null: then there is no frame either. */
export function useSignClip(screen: string, wanted: boolean): string | null {
  const { clips } = useSyncExternalStore(subscribeHallExtras, hallExtras);
  return wanted && clips.includes(screen) ? screen : null;
}

/** A step in sign language, 16:9, again and again and without sound. */
export function SignClip({ name }: { name: string }): ReactElement | null {
  const { t } = useTranslation('modes');
  const url = useClip(name);
  if (url === null) return null;
  return <video className="sign-clip" src={url} autoPlay loop muted playsInline aria-label={t('signing.clip')} />;
}
