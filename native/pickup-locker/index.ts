export { bcc8aLocker } from './bcc-8a.ts';
export { kerongCu48Locker } from './kerong-cu48.ts';
