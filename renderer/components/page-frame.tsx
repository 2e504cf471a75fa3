import { memo, useContext, useEffect, useRef, useSyncExternalStore, type ReactElement, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { maskName } from '../../electron/domain/masking.ts';
import { shownText } from '../../electron/domain/private-use.ts';
import { CaptionLine } from '../a11y/caption-line.tsx';
import { SignClip, useSignClip } from '../a11y/sign-clip.tsx';
import { usePages } from '../a11y/use-pages.ts';
import { useTightWall } from '../a11y/use-tight-wall.ts';
import { useMinute } from '../api/hooks.ts';
import { CoveredContext, useFlow } from '../flow/context.tsx';
import { unfinishedForm } from '../carry/unfinished.ts';
import { useModes } from '../flow/modes.ts';
import { quietMsUnder } from '../flow/quiet-clock.ts';
import { canGoBack } from '../flow/reducer.ts';
import { useTechnicianEntry } from '../flow/technician-entry.ts';
import { clockText, dateText } from '../i18n/format.ts';
import { hallExtras, locales, subscribeHallExtras, switchLocale } from '../i18n/packs.ts';
import { SpeechBar } from '../speech/speech-bar.tsx';
import { Icon, Mark, type IconName } from './icon.tsx';
import { SmallButton } from './buttons.tsx';
import { Phrases, Title } from './phrases.tsx';
import { Steps, type CaseStep } from './lists.tsx';
import { Ring } from './ring.tsx';
import { StateTag } from './rows.tsx';

export interface PageFrameProps {
  /** `data-screen` of the page, for tests and styles. */
  screen: string;
  /** Another page whose look it shares. */
  like?: string;
  /** The one heading of the page. */
  title: ReactNode;
  /** Title and lead stand on the counter; the wall is a picture (attract, time-out). */
  titleOnCounter?: boolean;
  /** Small line over the title, e.g. "Question 4 of 7". */
  over?: ReactNode;
  /** One line of help under the title. */
  lead?: ReactNode;
  /** Where am I: one of the five steps of a case ... */
  step?: CaseStep;
  /** ... or a path ... */
  path?: readonly string[];
  /** ... or anything else at the wall's top. */
  where?: ReactNode;
  /** Stands at the right of the path, e.g. a state tag. */
  whereState?: ReactNode;
  /** Picture or ring at the wall's right, on the counter's edge. */
  picture?: ReactNode;
  /** Under the lead: a waiting ring. */
  below?: ReactNode;
  /** Height of the wall in portrait: 600, 440 or as low as its words allow. */
  wall?: 'full' | 'middle' | 'low';
  /** `night`: dark wall (time-out, technician). */
  tone?: 'day' | 'night';
  /** Content of the counter. */
  children: ReactNode;
  /** Stands at the counter's foot; use `<Actions>`. */
  actions?: ReactNode;
  /** Keyboard between counter and dock. */
  keyboard?: ReactNode;
  /** What Back does; null leaves its place empty; absent = the flow's own Back. */
  onBack?: (() => void) | null;
  /** The dock's left shows the hotline instead of Back and Home. */
  hotline?: boolean;
  /** False where the screen has its own "finish and clear". */
  visitBar?: boolean;
  /** Where the hand belongs now. Only while it does. */
  lamp?: {
    side: 'left' | 'middle' | 'right';
    words: string;
    /** Where the arrow points: to a slot below, or beside the kiosk (locker). */
    point?: 'down' | 'left' | 'right';
  } | null;
  /** Which of the dock's places is the present page. */
  current?: 'help' | 'accessibility';
  /** What does not fit is turned over in pages also outside of the reach mode. */
  paged?: boolean;
}

/** Drawn anew with what it tells, not with every key of a page. */
const Head = memo(function HeadOfPage(): ReactElement {
  const { t } = useTranslation('ui');
  const { snapshot, language, state, send } = useFlow();
  const now = useMinute();
  const entry = useTechnicianEntry(() => send({ type: 'go', screen: 'technician-unlock' }), state.screen);
  return (
    <header className={snapshot.network.state === 'down' ? 'head head-tagged' : 'head'}>
      <div className="head-id" {...entry.mark}>
        <Mark />
        <div>
          <div className="org">
            <bdi>{snapshot.hallName[language]}</bdi>
          </div>
          <div className="hall">
            <span className="hall-room">
              <bdi>{snapshot.roomName[language]}</bdi>
              <i className="dot" />
            </span>
            {t('head.kiosk', { number: snapshot.kioskNumber })}
          </div>
        </div>
      </div>
      <div className="head-now">
        {snapshot.network.state === 'down' ? (
          <StateTag tone="wait" icon="offline" box>
            {t('head.offline')}
          </StateTag>
        ) : null}
        <div className="clock" {...entry.clock}>
          <b>{clockText(now)}</b>
          <span>
            <bdi>{dateText(now, language)}</bdi>
          </span>
        </div>
      </div>
    </header>
  );
});

function DockButton(props: {
  icon: IconName;
  words: string;
  onPress: () => void;
  current?: boolean;
  lang?: string;
}): ReactElement {
  return (
    <button
      type="button"
      className="dock-i"
      lang={props.lang}
      aria-current={props.current === true ? 'page' : undefined}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
      <span>{props.words}</span>
    </button>
  );
}

/** The language after the present one: the two that are shipped, then those that the hall added. */
function LanguageButton(): ReactElement {
  const { t, i18n } = useTranslation('ui');
  useSyncExternalStore(subscribeHallExtras, hallExtras);
  const all = locales((language) => t(`languages.${language}`));
  const at = all.findIndex(({ tag }) => tag === i18n.language);
  const next = all[(at + 1) % all.length];
  return (
    <DockButton
      icon="translate"
      words={next?.name ?? ''}
      lang={next?.tag ?? 'zh-CN'}
      onPress={() => void switchLocale(next?.tag ?? 'zh-CN')}
    />
  );
}

/** Where Home would lead nowhere, or away from something that is under way. */
const NO_HOME: ReadonlySet<string> = new Set(['home', 'attract', 'submitting']);

const Dock = memo(function DockOfPage({
  onBack,
  current,
  hotline = false,
}: Pick<PageFrameProps, 'onBack' | 'current' | 'hotline'>): ReactElement {
  const { t } = useTranslation('ui');
  const { state, send, snapshot } = useFlow();
  const beforeVisit = hotline || (state.overlay === 'none' && (state.screen === 'attract' || state.screen === 'home'));
  const back = onBack === undefined ? (canGoBack(state) ? () => send({ type: 'back' }) : null) : onBack;
  return (
    <nav className="dock" aria-label={t('dock.label')}>
      {beforeVisit ? (
        <div className="dock-left">
          <b>{snapshot.hotline}</b>
          <span>{t('dock.hotline')}</span>
        </div>
      ) : (
        <>
          {back === null ? <span /> : <DockButton icon="arrow-left" words={t('dock.back')} onPress={back} />}
          {NO_HOME.has(state.screen) ? (
            <span />
          ) : (
            <DockButton icon="house" words={t('dock.home')} onPress={() => send({ type: 'home' })} />
          )}
        </>
      )}
      <LanguageButton />
      <DockButton
        icon="accessibility"
        words={t('dock.accessibility')}
        current={current === 'accessibility'}
        onPress={() => send({ type: 'overlay', overlay: 'accessibility' })}
      />
      <DockButton
        icon="help"
        words={t('dock.help')}
        current={current === 'help'}
        onPress={() => send({ type: 'overlay', overlay: 'help' })}
      />
    </nav>
  );
});

const VisitBar = memo(function BarOfVisit(): ReactElement {
  const { t } = useTranslation('ui');
  const { state, endVisit, send } = useFlow();
  const { elder } = useModes();
  return (
    <section className="visit" aria-label={t('visit.label')}>
      <Ring size={76} part={1} />
      <div className="visit-who">
        <b>
          {state.card === null ? (
            t('visit.serving')
          ) : (
            <Trans
              t={t}
              i18nKey="visit.servingName"
              values={{ name: maskName(shownText(state.card.name)) }}
              components={{ n: <bdi className="whole" /> }}
            />
          )}
        </b>
        <span>{elder ? t('modes:visit.calm') : t('visit.quiet', { seconds: quietMsUnder(state.overlay) / 1000 })}</span>
      </div>
      {!elder && (state.screen === 'form' || state.screen === 'review') && unfinishedForm(state) !== null ? (
        <SmallButton icon="qr" className="carry-offer" onPress={() => send({ type: 'overlay', overlay: 'carry' })}>
          {t('modes:carry.short')}
        </SmallButton>
      ) : null}
      <SmallButton icon="sign-out" onPress={() => endVisit('finished')}>
        {t('visit.end')}
      </SmallButton>
    </section>
  );
});

/** Path of the place: "Find > Housing". */
function Path({ path }: { path: readonly string[] }): ReactElement {
  return (
    <p className="crumb">
      {path.map((part, index) => (
        <span key={part} className="crumb-part">
          {index === 0 ? null : <Icon name="chevron-right" />}
          {part}
        </span>
      ))}
    </p>
  );
}

/** Turns the counter's pages, one large button at each side. */
function Pager(props: { page: number; pages: number; turn: (page: number) => void }): ReactElement {
  const { t } = useTranslation('modes');
  const { page, pages, turn } = props;
  return (
    <nav className="pager" aria-label={t('pager.label')}>
      {page === 0 ? (
        <span />
      ) : (
        <button type="button" className="btn ghost" onClick={() => turn(page - 1)}>
          <Icon name="arrow-left" />
          <span className="btn-words">{t('pager.before')}</span>
        </button>
      )}
      <p role="status">
        <Phrases>{t('pager.place', { now: page + 1, all: pages })}</Phrases>
      </p>
      {page === pages - 1 ? (
        <span />
      ) : (
        <button type="button" className="btn line" onClick={() => turn(page + 1)}>
          <span className="btn-words">{t('pager.next')}</span>
          <Icon name="arrow-right" />
        </button>
      )}
    </nav>
  );
}

/** Height of the pager with its gap, as in a11y.css; in elder mode its buttons are higher. */
const PAGER_PX = 128;
const PAGER_ELDER_PX = 148;

/** The frame of every page: head, wall to read, counter to touch, visit bar, dock, lamp strip. */
export function PageFrame(props: PageFrameProps): ReactElement {
  const { t } = useTranslation('ui');
  const { state } = useFlow();
  const covered = useContext(CoveredContext);
  const { reach, elder, captions, speech } = useModes();
  const { screen, wall = 'full', tone = 'day', lamp = null } = props;
  // Captions and the speech bar take room that no screen reckons with; large type is turned over, never dragged. A
  // question's keys grow and shrink with what stands over them: they are never on another page than their field.
  const large = elder && screen !== 'form' && (props.keyboard === undefined || screen === 'find');
  const paged = props.titleOnCounter !== true && (large || reach || speech || captions || props.paged === true);
  const { box, pages, page, turn } = usePages(paged, elder ? PAGER_ELDER_PX : PAGER_PX);
  const clip = useSignClip(screen, captions);
  const tight = useTightWall([
    props.title,
    props.over,
    props.lead,
    props.below,
    props.step,
    props.path,
    props.where,
    props.whereState,
    props.picture,
    props.actions,
    clip,
    elder,
    reach,
    captions,
    speech,
  ]);
  const bar = props.visitBar ?? state.card !== null;
  const hasWhere = props.step !== undefined || props.path !== undefined || props.where !== undefined;
  const onCounter = props.titleOnCounter === true;
  // Whoever hears the screen or steps through it by keys begins at the title of what is new.
  const heading = useRef<HTMLHeadingElement>(null);
  const { over } = props;
  useEffect(() => heading.current?.focus({ preventScroll: true }), [screen, over]);
  const block = (
    <div className="block">
      {props.over === undefined ? null : (
        <p className="over">
          <Phrases>{props.over}</Phrases>
        </p>
      )}
      <h1 ref={heading} tabIndex={-1}>
        <Title>{props.title}</Title>
      </h1>
      {props.lead === undefined ? null : (
        <p className="lead">
          <Phrases>{props.lead}</Phrases>
        </p>
      )}
      {props.below}
    </div>
  );
  return (
    <main
      className={`screen ${screen} ${props.like ?? ''} ${tone === 'night' ? 'night' : ''} came-${state.direction}`}
      data-screen={screen}
    >
      <Head />
      <div className="body">
        <section className={`wall wall-${wall}`} ref={tight}>
          {hasWhere ? (
            <div className="where">
              {props.step === undefined ? null : <Steps now={props.step} />}
              {props.path === undefined ? null : <Path path={props.path} />}
              {props.where}
              {props.whereState}
            </div>
          ) : null}
          {onCounter ? null : block}
          {clip === null ? (
            props.picture === undefined ? null : (
              <div className="wall-picture">{props.picture}</div>
            )
          ) : (
            <div className="wall-picture wall-sign">
              <SignClip name={clip} />
            </div>
          )}
          <CaptionLine />
        </section>
        <div className="desk">
          <section className="counter" aria-label={t('frame.counter')}>
            <div className={`counter-in ${paged ? 'is-paged' : ''} ${pages > 1 ? 'has-pages' : ''}`} ref={box}>
              {onCounter ? block : null}
              {props.children}
            </div>
            {pages > 1 ? <Pager page={page} pages={pages} turn={turn} /> : null}
            {props.actions}
          </section>
          {props.keyboard}
        </div>
      </div>
      {bar ? <VisitBar /> : null}
      <SpeechBar />
      <Dock
        {...(props.onBack === undefined ? {} : { onBack: props.onBack })}
        {...(props.hotline === undefined ? {} : { hotline: props.hotline })}
        {...(props.current === undefined ? {} : { current: props.current })}
      />
      {lamp === null || covered ? null : (
        <div className={`lampstrip at-${lamp.side}`} role="status">
          <span>{lamp.words}</span>
          <Icon
            name={lamp.point === undefined || lamp.point === 'down' ? 'arrow-down-fat' : 'arrow-right-fat'}
            className={lamp.point === 'left' ? 'points-left' : ''}
          />
        </div>
      )}
    </main>
  );
}
