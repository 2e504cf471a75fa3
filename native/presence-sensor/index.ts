export { modbusInput } from './input-module.ts';
export { modemLine } from './modem-line.ts';
export { radarSensor, ultrasonicSensor } from './range-finder.ts';
