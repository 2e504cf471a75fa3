import { Fragment, useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { LogLineDto } from '../../../electron/contract/dto.ts';
import { Notice, Scroll, SmallButton } from '../../components/index.ts';
import { clockText } from '../../i18n/format.ts';
import { Chips } from './chips.tsx';
import { LEVELS, shows, type Level } from './log-levels.ts';
import type { Ask } from './use-session.ts';

const LINES = 200;

type HostCheck = CallOutput<'technician.selfCheck'>['checks'][number];

/** Log and audit trail, newest first. */
export function LogsTab({ ask }: { ask: Ask }): ReactElement {
  const { t } = useTranslation('technician');
  const [lines, setLines] = useState<readonly LogLineDto[] | null>(null);
  const [level, setLevel] = useState<Level>('all');
  const [host, setHost] = useState<readonly HostCheck[]>([]);
  const check = useCallback((): void => {
    void ask('technician.selfCheck', {}).then((answer) => {
      if (answer?.ok === true) setHost(answer.value.checks);
    });
  }, [ask]);
  useEffect(check, [check]);
  const noteLoss = (): void => void ask('technician.noteLoss', {}).then(check);
  const load = useCallback((): void => {
    void ask('technician.logs', { limit: LINES }).then((answer) => {
      if (answer?.ok === true) setLines(answer.value.lines);
    });
  }, [ask]);
  useEffect(load, [load]);
  const shown = (lines ?? []).filter((line) => shows(line, level));
  return (
    <>
      <div className="tout-head">
        <Chips
          label={t('logs.level')}
          values={LEVELS.map((one) => ({ value: one, words: t(`logs.${one}`) }))}
          chosen={level}
          onChoose={setLevel}
        />
        <SmallButton tone="line" onPress={load}>
          {t('logs.refresh')}
        </SmallButton>
      </div>
      {host
        .filter(({ state }) => state === 'bad')
        .map(({ what, detail }) => (
          <Fragment key={what}>
            <Notice tone="wait" fact={t(`host.${what}`)} todo={t(`host.${what}-todo`)} />
            {what === 'store-loss' || what === 'store-witness' ? (
              <div className="tout-head">
                <span className="mono">{detail}</span>
                <SmallButton tone="line" onPress={noteLoss}>
                  {t('host.seen')}
                </SmallButton>
              </div>
            ) : null}
          </Fragment>
        ))}
      {lines === null ? <p className="note">{t('loading')}</p> : null}
      {lines !== null && shown.length === 0 ? <p className="tempty">{t('logs.empty')}</p> : null}
      <Scroll label={t('tab.logs')}>
        <ul className="tlogs" aria-label={t('tab.logs')}>
          {shown.map((line, index) => (
            <li key={`${line.at} ${index}`} className={`tlog ${line.level}`}>
              <span className="mono">{`${clockText(line.at)}:${line.at.slice(17, 19)}`}</span>
              <span className="tlog-level">{t(`logs.word.${line.level}`)}</span>
              <span className="tlog-what">
                <b className="mono">{line.event}</b> <span className="mono">{line.detail}</span>
              </span>
            </li>
          ))}
        </ul>
      </Scroll>
    </>
  );
}
