import type { ReactElement } from 'react';
import i18next from 'i18next';
import type { Problem } from '../../electron/contract/problems.ts';
import { LANGUAGES } from '../../electron/domain/text.ts';
import { Icon, Mark, Notice, Phrases, Ring, Title } from '../components/index.ts';
import { problemText } from '../i18n/index.ts';

/**
 * The whole screen of a kiosk that could not start: there is no snapshot, so neither the hall's name nor a language is
 * known; it says the same in every language. The duty phone stands here when the failure brought it along.
 */
export function OutOfServiceScreen({ problem }: { problem: Problem }): ReactElement {
  const { phone } = problem.params;
  const first = i18next.getFixedT(LANGUAGES[0], 'ui');
  return (
    <main className="screen out-of-service" data-screen="out-of-service">
      <header className="head">
        <div className="head-id">
          <Mark />
        </div>
      </header>
      <div className="body">
        <section className="wall wall-full">
          <div className="block" lang={LANGUAGES[0]}>
            <h1>
              <Title>{first('outOfService.title')}</Title>
            </h1>
            <p className="lead">
              <Phrases>{first('outOfService.lead')}</Phrases>
            </p>
          </div>
          <div className="wall-picture">
            <Ring size={230} part={0.5} tone="wait">
              <Icon name="warning" className="in-ring wait" />
            </Ring>
          </div>
        </section>
        <div className="desk">
          <section className="counter">
            {LANGUAGES.map((language, index) => {
              const t = i18next.getFixedT(language, 'ui');
              const code = t('outOfService.code', { code: problem.code.slice(0, 4) });
              const call = phone === undefined ? '' : `${t('outOfService.call', { phone })} `;
              return (
                <section key={language} lang={language} className="out-words">
                  {index === 0 ? null : (
                    <>
                      <h2>{t('outOfService.title')}</h2>
                      <p className="lead">{t('outOfService.lead')}</p>
                    </>
                  )}
                  <Notice
                    tone="plain"
                    icon="help"
                    fact={t('outOfService.why', { reason: problemText(t, problem).title })}
                    todo={`${call}${code}`}
                  />
                </section>
              );
            })}
          </section>
        </div>
      </div>
    </main>
  );
}
