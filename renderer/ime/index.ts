export { Keyboard } from './keyboard.tsx';
export { useTyping, type TypingHandle } from './use-typing.ts';
export { withoutLast, type KeyMode } from './typing.ts';
