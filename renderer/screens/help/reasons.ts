import type { HelpReason } from '../../../electron/domain/help.ts';
import type { ScreenId } from '../../flow/index.ts';

/** Reasons that make sense on a screen, the likeliest first; five at most, as large type shows no more. */
const BY_SCREEN: Readonly<Partial<Record<ScreenId, readonly HelpReason[]>>> = {
  find: ['cannot-find', 'cannot-type', 'machine-slow'],
  guide: ['cannot-find', 'machine-slow'],
  card: ['card-not-read', 'not-accepted', 'machine-slow'],
  form: ['cannot-type', 'not-accepted', 'machine-slow'],
  review: ['not-accepted', 'cannot-type', 'machine-slow'],
  submitting: ['machine-slow', 'not-accepted'],
  done: ['nothing-printed', 'not-accepted', 'machine-slow'],
  progress: ['cannot-find', 'cannot-type', 'machine-slow'],
  'pickup-code': ['not-accepted', 'cannot-type', 'machine-slow'],
  'pickup-open': ['door-shut', 'nothing-printed', 'machine-slow'],
  rating: ['nothing-printed', 'machine-slow'],
};

const EVERYWHERE: readonly HelpReason[] = [
  'cannot-find',
  'card-not-read',
  'nothing-printed',
  'door-shut',
  'machine-slow',
];

export function reasonsFor(screen: ScreenId): readonly HelpReason[] {
  return BY_SCREEN[screen] ?? EVERYWHERE;
}
