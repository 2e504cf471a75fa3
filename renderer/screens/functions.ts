import type { FunctionId } from '../../electron/contract/dto.ts';
import type { IconName } from '../components/index.ts';
import type { ScreenId } from '../flow/index.ts';

/** What each function of the kiosk looks like in a list, and the screen that it begins with. */
export const FUNCTIONS: Readonly<Record<FunctionId, { readonly icon: IconName; readonly screen: ScreenId }>> = {
  apply: { icon: 'files', screen: 'find' },
  collect: { icon: 'stamp', screen: 'pickup-code' },
  progress: { icon: 'list-search', screen: 'progress' },
};
