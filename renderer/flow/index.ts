export type { EndReason, FlowAction, FlowState, Overlay, ScreenId, ScreenProps, Subject } from './types.ts';
export { SCREENS } from './types.ts';
export { canGoBack, emptyFlow, reduceFlow } from './reducer.ts';
export { FlowContext, useFlow, useHoldClock } from './context.tsx';
