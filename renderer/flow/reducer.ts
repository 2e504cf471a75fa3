import type { FlowAction, FlowState, ScreenId } from './types.ts';

/** State between two visits. `epoch` counts up so that nothing of the last visit stays mounted. */
export function emptyFlow(epoch: number): FlowState {
  return {
    screen: 'attract',
    history: [],
    direction: 'forward',
    overlay: 'none',
    epoch,
    visitId: null,
    typing: false,
    lifeEvent: null,
    item: null,
    card: null,
    values: {},
    question: null,
    fromReview: false,
    submissionId: null,
    toHandIn: [],
    result: null,
    pickup: null,
    rating: null,
    technician: null,
    problem: null,
  };
}

/** Screens after which there is nothing to go back to: something happened that cannot be undone. */
const NO_WAY_BACK: ReadonlySet<ScreenId> = new Set([
  'home',
  'submitting',
  'done',
  'pickup-open',
  'rating',
  'technician',
]);

/** Screens that Back never leads to. */
const NOT_A_STOP: ReadonlySet<ScreenId> = new Set(['attract', 'submitting', 'problem', 'technician-unlock']);

function go(state: FlowState, screen: ScreenId, replace = false): FlowState {
  const kept = replace || NOT_A_STOP.has(state.screen) ? state.history : [...state.history, state.screen];
  return {
    ...state,
    screen,
    history: NO_WAY_BACK.has(screen) ? [] : kept,
    direction: 'forward',
    overlay: 'none',
    problem: null,
  };
}

/** Whether Back has somewhere to go. */
export function canGoBack(state: FlowState): boolean {
  return state.history.length > 0;
}

/** The visit as a pure function. Answers that come after the visit's end are dropped by the caller through `epoch`. */
export function reduceFlow(state: FlowState, action: FlowAction): FlowState {
  switch (action.type) {
    case 'start':
      return state.screen === 'attract' ? go(state, 'home') : state;
    case 'visit-begun':
      return action.epoch === state.epoch ? { ...state, visitId: action.visitId } : state;
    case 'go':
      return {
        ...go(state, action.screen, action.replace),
        typing: action.typing === true,
        lifeEvent: action.lifeEvent ?? null,
      };
    case 'back': {
      if (state.overlay !== 'none') return { ...state, overlay: 'none' };
      const last = state.history.at(-1);
      if (last === undefined) return state;
      return {
        ...state,
        screen: last,
        history: state.history.slice(0, -1),
        direction: 'back',
        fromReview: false,
        problem: null,
      };
    }
    case 'home':
      return {
        ...go(state, 'home'),
        direction: 'back',
        result: null,
        pickup: null,
        rating: null,
        fromReview: false,
        ...(state.result === null ? {} : { item: null, values: {}, question: null, submissionId: null }),
      };
    case 'item-chosen': {
      const same = state.item?.id === action.item.id && state.item.version === action.item.version;
      const next = go(state, 'guide');
      return same ? next : { ...next, item: action.item, values: {}, question: null, submissionId: null, result: null };
    }
    case 'resumed':
      return {
        ...go(state, 'card', true),
        item: action.item,
        values: action.values,
        question: null,
        submissionId: null,
        result: null,
      };
    case 'card-read':
      return { ...state, card: action.card, values: { ...state.values, ...action.values } };
    case 'answered':
      return { ...state, values: { ...state.values, [action.field]: action.value }, submissionId: null };
    case 'ask':
      return {
        ...(state.screen === 'form' ? state : go(state, 'form')),
        question: action.field,
        fromReview: action.fromReview ?? state.fromReview,
        direction: action.back === true ? 'back' : 'forward',
      };
    case 'submit':
      return { ...go(state, 'submitting'), submissionId: action.submissionId, toHandIn: action.toHandIn ?? [] };
    case 'submitted':
      return state.screen === 'submitting' ? { ...go(state, 'done'), result: action.result } : state;
    case 'case-changed':
      return state.result?.caseId === action.result.caseId ? { ...state, result: action.result } : state;
    case 'pickup-accepted':
      return { ...go(state, 'pickup-open'), pickup: action.pickup };
    case 'rate':
      return { ...go(state, 'rating'), rating: action.subject };
    case 'technician-unlocked':
      return { ...go(state, 'technician'), technician: { token: action.token, lockAt: action.lockAt } };
    case 'problem':
      return { ...go(state, 'problem'), problem: { problem: action.problem, retry: action.retry } };
    case 'overlay':
      return { ...state, overlay: action.overlay };
    case 'ended':
      return emptyFlow(state.epoch + 1);
  }
}
