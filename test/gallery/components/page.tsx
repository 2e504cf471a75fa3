import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../../../renderer/components/index.ts';
import { setModes, useLayoutAttribute, useModes, type Modes } from '../../../renderer/flow/modes.ts';
import { switchLanguage } from '../../../renderer/i18n/index.ts';
import { Buttons } from './buttons.tsx';
import { Fields, Keyboards } from './input.tsx';
import { Lists, Pictures, States } from './reading.tsx';

/** The parts of the page by name; each is a picture of the gallery. */
export const PARTS: Readonly<Record<string, () => ReactElement>> = {
  buttons: Buttons,
  fields: Fields,
  keyboards: Keyboards,
  states: States,
  lists: Lists,
  pictures: Pictures,
};

const TURNS: readonly (keyof Modes)[] = ['elder', 'contrast'];

/** Every component in every state; light and dark, standard and large by the buttons at its head. */
export function ComponentsPage({ part }: { readonly part: string | null }): ReactElement {
  useLayoutAttribute();
  const { i18n } = useTranslation();
  const modes = useModes();
  const [shown, show] = useState(part);
  const english = i18n.language === 'en';
  const names = Object.keys(PARTS).filter((name) => shown === null || name === shown);
  return (
    <main className="components" data-screen="components">
      <h1>
        <Mark />
        <span lang="en">Components: {shown ?? 'all'}</span>
      </h1>
      {part === null ? (
        <div className="components-turn" lang="en">
          {TURNS.map((mode) => (
            <button
              key={mode}
              type="button"
              className={modes[mode] ? 'chip on' : 'chip'}
              aria-pressed={modes[mode]}
              onClick={() => setModes({ [mode]: !modes[mode] })}
            >
              {mode}
            </button>
          ))}
          <button type="button" className="chip" onClick={() => switchLanguage(english ? 'zh-CN' : 'en')}>
            {english ? '中文' : 'English'}
          </button>
          {['all', ...Object.keys(PARTS)].map((name) => (
            <button
              key={name}
              type="button"
              className={name === (shown ?? 'all') ? 'chip on' : 'chip'}
              aria-pressed={name === (shown ?? 'all')}
              onClick={() => show(name === 'all' ? null : name)}
            >
              {name}
            </button>
          ))}
        </div>
      ) : null}
      {names.map((name) => {
        const Part = PARTS[name];
        return Part === undefined ? null : (
          <section key={name} className="sample-part" aria-label={name}>
            <Part />
          </section>
        );
      })}
    </main>
  );
}
