export { TechnicianUnlockScreen } from './unlock-screen.tsx';
export { TechnicianScreen } from './technician-screen.tsx';
