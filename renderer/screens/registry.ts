import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { ScreenId, ScreenProps } from '../flow/types.ts';

type Screen = ComponentType<ScreenProps> | LazyExoticComponent<ComponentType<ScreenProps>>;

interface ScreenEntry {
  readonly component: Screen;
  /** Whether the 60 s quiet clock runs here. */
  readonly quietClock: boolean;
}

/** One line per screen: this is where a screen is added. The id itself stands in `flow/types.ts`. */
export const REGISTRY: Readonly<Record<ScreenId, ScreenEntry>> = {
  attract: {
    component: lazy(async () => ({ default: (await import('./attract.tsx')).AttractScreen })),
    quietClock: false,
  },
  home: { component: lazy(async () => ({ default: (await import('./home.tsx')).HomeScreen })), quietClock: true },
  find: { component: lazy(async () => ({ default: (await import('./find/index.tsx')).FindScreen })), quietClock: true },
  guide: { component: lazy(async () => ({ default: (await import('./guide.tsx')).GuideScreen })), quietClock: true },
  card: { component: lazy(async () => ({ default: (await import('./card/index.tsx')).CardScreen })), quietClock: true },
  form: { component: lazy(async () => ({ default: (await import('./form/index.tsx')).FormScreen })), quietClock: true },
  review: { component: lazy(async () => ({ default: (await import('./review.tsx')).ReviewScreen })), quietClock: true },
  submitting: {
    component: lazy(async () => ({ default: (await import('./submitting.tsx')).SubmittingScreen })),
    quietClock: false,
  },
  done: { component: lazy(async () => ({ default: (await import('./done/index.tsx')).DoneScreen })), quietClock: true },
  progress: {
    component: lazy(async () => ({ default: (await import('./progress/index.tsx')).ProgressScreen })),
    quietClock: true,
  },
  problem: {
    component: lazy(async () => ({ default: (await import('./problem.tsx')).ProblemScreen })),
    quietClock: true,
  },
  'pickup-code': {
    component: lazy(async () => ({ default: (await import('./pickup/index.tsx')).PickupCodeScreen })),
    quietClock: true,
  },
  'pickup-open': {
    component: lazy(async () => ({ default: (await import('./pickup/index.tsx')).PickupOpenScreen })),
    quietClock: true,
  },
  rating: {
    component: lazy(async () => ({ default: (await import('./rating/index.tsx')).RatingScreen })),
    quietClock: true,
  },
  'technician-unlock': {
    component: lazy(async () => ({ default: (await import('./technician/index.tsx')).TechnicianUnlockScreen })),
    quietClock: true,
  },
  technician: {
    component: lazy(async () => ({ default: (await import('./technician/index.tsx')).TechnicianScreen })),
    quietClock: false,
  },
};
