export { Keyboard, useTyping, type TypingHandle } from './keyboard.tsx';
export { withoutLast, type KeyMode } from './typing.ts';
