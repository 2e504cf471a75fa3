export { hidKeypad, serialKeypad } from './keypad.ts';
