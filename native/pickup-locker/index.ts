export { bcc8aLocker } from './bcc-8a.ts';
export { kerongCuLocker } from './kerong-cu.ts';
export { kerongCu12Locker } from './kerong-cu12.ts';
export { kerongCu16Locker } from './kerong-cu16.ts';
export { kerongCu48Locker } from './kerong-cu48.ts';
export { modbusRelayLocker } from './modbus-relay.ts';
export { wklyLocker } from './wkly.ts';
