import { createElement, lazy, useState, type ComponentType } from 'react';
import type { ScreenId, ScreenProps } from '../flow/types.ts';
import { loadTechnicianTexts } from '../i18n/index.ts';

type Screen = ComponentType<ScreenProps>;

interface ScreenEntry {
  readonly component: Screen;
  /** Fetches the screen's code before it is needed. */
  readonly preload: () => Promise<unknown>;
  /** Whether the 60 s quiet clock runs here. */
  readonly quietClock: boolean;
}

/**
 * A screen whose code is loaded apart, so that one broken screen does not keep the others from showing. Loaded before it is
 * opened, it is drawn at once: a lazy component alone would show the empty page first, every time, and React leaves what
 * stands in for a screen there for 300 ms.
 */
function screen(load: () => Promise<Screen>, quietClock = true): ScreenEntry {
  let loaded: Screen | null = null;
  const preload = async (): Promise<Screen> => (loaded = await load());
  const Later = lazy(async () => ({ default: await preload() }));
  const Opening = (props: ScreenProps): ReturnType<typeof createElement> => {
    // What it was opened with stays: another component in its place would lose what was done on the screen.
    const [Opened] = useState(() => loaded ?? Later);
    return createElement(Opened, props);
  };
  return { component: Opening, preload, quietClock };
}

/** The technician's screens with their texts, which no visit needs. */
async function technician(): Promise<typeof import('./technician/index.tsx')> {
  const [screens] = await Promise.all([import('./technician/index.tsx'), loadTechnicianTexts()]);
  return screens;
}

/** One line per screen: this is where a screen is added. The id itself stands in `flow/types.ts`. */
export const REGISTRY: Readonly<Record<ScreenId, ScreenEntry>> = {
  attract: screen(async () => (await import('./attract.tsx')).AttractScreen, false),
  home: screen(async () => (await import('./home.tsx')).HomeScreen),
  find: screen(async () => (await import('./find/index.tsx')).FindScreen),
  guide: screen(async () => (await import('./guide.tsx')).GuideScreen),
  card: screen(async () => (await import('./card/index.tsx')).CardScreen),
  form: screen(async () => (await import('./form/index.tsx')).FormScreen),
  papers: screen(async () => (await import('./papers/index.tsx')).PapersScreen),
  review: screen(async () => (await import('./review.tsx')).ReviewScreen),
  submitting: screen(async () => (await import('./submitting.tsx')).SubmittingScreen, false),
  done: screen(async () => (await import('./done/index.tsx')).DoneScreen),
  progress: screen(async () => (await import('./progress/index.tsx')).ProgressScreen),
  resume: screen(async () => (await import('./resume/index.tsx')).ResumeScreen),
  problem: screen(async () => (await import('./problem.tsx')).ProblemScreen),
  'pickup-code': screen(async () => (await import('./pickup/index.tsx')).PickupCodeScreen),
  'pickup-open': screen(async () => (await import('./pickup/index.tsx')).PickupOpenScreen),
  rating: screen(async () => (await import('./rating/index.tsx')).RatingScreen),
  'technician-unlock': screen(async () => (await technician()).TechnicianUnlockScreen),
  technician: screen(async () => (await technician()).TechnicianScreen, false),
};

/** A screen is loaded after so long even when the page is never idle, in milliseconds. */
const BUSY_MS = 1_000;

/**
 * Loads every screen once, so that none is waited for in a visit: the first one at once, the others one by one while
 * nothing else is to be done. One that cannot be loaded shows when it is opened.
 */
export async function preloadScreens(): Promise<void> {
  await REGISTRY.attract.preload().catch(() => undefined);
  for (const { preload } of Object.values(REGISTRY)) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: BUSY_MS }));
    await preload().catch(() => undefined);
  }
}
