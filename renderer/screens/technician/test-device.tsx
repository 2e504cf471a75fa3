import { useCallback, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceTestDto, KioskSnapshot } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { Actions, DocumentCamera, MainButton, Notice, Scroll, SecondButton, Waiting } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import type { DeviceClass } from './device-look.ts';
import type { Ask } from './use-session.ts';

/** A device's own test. */
export type TestState =
  | { readonly name: 'choosing'; readonly deviceClass: DeviceClass }
  | { readonly name: 'running'; readonly deviceClass: DeviceClass; readonly cell: string | null }
  | {
      readonly name: 'over';
      readonly deviceClass: DeviceClass;
      readonly cell: string | null;
      readonly result: DeviceTestDto;
    }
  | {
      readonly name: 'failed';
      readonly deviceClass: DeviceClass;
      readonly cell: string | null;
      readonly problem: Problem;
    };

export interface Tester {
  readonly test: TestState | null;
  readonly begin: (deviceClass: DeviceClass) => void;
  readonly run: (deviceClass: DeviceClass, cell: string | null) => void;
  /** Leaves the test; one that waits is cancelled. */
  readonly leave: () => void;
}

/** Runs one test at a time; the answer of a cancelled one is dropped. */
export function useTester(ask: Ask, language: Language): Tester {
  const [test, setTest] = useState<TestState | null>(null);
  const turn = useRef(0);
  const run = useCallback(
    (deviceClass: DeviceClass, cell: string | null): void => {
      turn.current += 1;
      const mine = turn.current;
      setTest({ name: 'running', deviceClass, cell });
      void ask('technician.test', { deviceClass, language, ...(cell === null ? {} : { cell }) }).then((answer) => {
        if (answer === null || mine !== turn.current) return;
        setTest(
          answer.ok
            ? { name: 'over', deviceClass, cell, result: answer.value }
            : { name: 'failed', deviceClass, cell, problem: answer.error },
        );
      });
    },
    [ask, language],
  );
  const begin = useCallback(
    (deviceClass: DeviceClass): void => {
      if (deviceClass === 'pickup-locker') setTest({ name: 'choosing', deviceClass });
      else run(deviceClass, null);
    },
    [run],
  );
  const leave = useCallback((): void => {
    turn.current += 1;
    setTest((old) => {
      if (old?.name === 'running') void ask('technician.cancelTest', {});
      return null;
    });
  }, [ask]);
  return { test, begin, run, leave };
}

/** What the technician's hand has to do, the wait, and the result in words. */
export function TestDevice(props: { test: TestState; tester: Tester; locker: KioskSnapshot['locker'] }): ReactElement {
  const { t } = useTranslation('technician');
  const { test, tester, locker } = props;
  if (test.name === 'choosing') {
    return (
      <Scroll label={t('testing.cells')}>
        <ul className="cells" aria-label={t('testing.cells')}>
          {(locker?.cells ?? []).map(({ cell }) => (
            <li key={cell}>
              <button
                type="button"
                className="cell"
                aria-label={t('testing.openCell', { cell })}
                onClick={() => tester.run('pickup-locker', cell)}
              >
                {cell}
              </button>
            </li>
          ))}
        </ul>
        {locker === null ? <Notice tone="wait" fact={t('testing.noLayout')} /> : null}
      </Scroll>
    );
  }
  if (test.name === 'running' && test.deviceClass === 'document-camera') {
    // The main process hears that a picture was taken; the picture is wiped.
    return <DocumentCamera onAccept={() => undefined} />;
  }
  if (test.name === 'running') {
    return (
      <div className="testing">
        <Waiting
          words={t(`testing.wait.${test.deviceClass}`, { cell: test.cell ?? '' })}
          next={t('testing.long')}
          since
        />
      </div>
    );
  }
  if (test.name === 'failed') {
    const { title, help } = problemText(t, test.problem);
    return <Notice tone="err" live fact={title} todo={help} />;
  }
  const { result } = test;
  const detail = { detail: result.detail, cell: test.cell ?? '' };
  return result.passed ? (
    <Notice
      tone="ok"
      live
      fact={t('testing.passed')}
      todo={t(`testing.result.${result.result}`, { ...detail, defaultValue: result.result })}
    />
  ) : (
    <Notice
      tone="err"
      live
      fact={result.code === null ? t('testing.failed') : t(`problems:${result.code}.title`, detail)}
      todo={
        <>
          {result.code === null ? '' : t(`problems:${result.code}.technician`, detail)}
          {result.detail === '' ? null : <span className="mono test-detail">{result.detail}</span>}
        </>
      }
    />
  );
}

export function TestActions({ test, tester }: { test: TestState; tester: Tester }): ReactElement {
  const { t } = useTranslation('technician');
  if (test.name === 'running' || test.name === 'choosing') {
    return (
      <Actions>
        <SecondButton onPress={tester.leave}>
          {t(test.name === 'running' ? 'testing.cancel' : 'edit.back')}
        </SecondButton>
      </Actions>
    );
  }
  return (
    <Actions split="one-two">
      <SecondButton onPress={tester.leave}>{t('edit.back')}</SecondButton>
      <MainButton icon="play" onPress={() => tester.begin(test.deviceClass)}>
        {t('testing.again')}
      </MainButton>
    </Actions>
  );
}
