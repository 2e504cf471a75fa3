export { PickupCodeScreen } from './code-screen.tsx';
export { PickupOpenScreen } from './open-screen.tsx';
