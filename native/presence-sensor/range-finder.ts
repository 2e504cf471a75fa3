import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PresenceSensor } from '../model/presence-sensor.ts';
import { HeardSensor } from './heard-sensor.ts';
import { KIOSK_OPTIONS, listed, numberOption } from './options.ts';
import { lookForRadar, RADAR_FRAME_LIMIT } from './radar-frames.ts';
import type { RadarFrame } from './radar-frames.ts';
import { lookForRange, RANGE_FRAME_LENGTH } from './range-frames.ts';

/** Who is believed to be there is so until he is this much further than the limit, in millimetres: nobody stands still. */
const SLACK_MM = 200;
/** What these modules say of anything nearer means nothing (blind zone of the A02YYUW). */
const NEAREST_MM = 30;
const MM_IN_CM = 10;

const DISTANCE = numberOption(
  {
    key: 'distance-mm',
    label: { 'zh-CN': '多近算有人（毫米）', en: 'Somebody is there when nearer than (millimetres)' },
    values: ['1000', '600', '800', '1200', '1500', '2000'],
    fallback: '1000',
  },
  200,
  6_000,
);

const OPTIONS = listed([DISTANCE, ...KIOSK_OPTIONS]);

/** Whether a distance means somebody; who is there already may step back a little. */
function near(millimetres: number, limit: number, there: boolean): boolean {
  return millimetres <= limit + (there ? SLACK_MM : 0);
}

const ULTRASONIC_ID = 'ultrasonic-uart';

/** Ultrasonic range finders that send frames of FF, distance and sum. */
export const ultrasonicSensor: DriverDefinition<PresenceSensor> = {
  id: ULTRASONIC_ID,
  deviceClass: 'presence-sensor',
  name: { 'zh-CN': '超声波测距模块（串口，A02YYUW 一类）', en: 'Ultrasonic range finder, UART (A02YYUW and the like)' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 115200],
  options: OPTIONS,
  create: ({ transport, clock, options }) => {
    const limit = DISTANCE.read(options);
    return new HeardSensor({
      driverId: ULTRASONIC_ID,
      transport,
      clock,
      look: lookForRange,
      limit: RANGE_FRAME_LENGTH - 1,
      read: ({ millimetres }, before) =>
        millimetres < NEAREST_MM ? null : near(millimetres, limit, before === 'present'),
    });
  },
};

/** How far the nearest target of a report is, in millimetres; null when there is none. */
function nearest({ moving, still, movingCm, stillCm }: RadarFrame): number | null {
  if (!moving && !still) return null;
  return Math.min(moving ? movingCm : Infinity, still ? stillCm : Infinity) * MM_IN_CM;
}

const RADAR_ID = 'ld2410';

/** 24 GHz presence radars of the LD2410 family, which also see who stands still. */
export const radarSensor: DriverDefinition<PresenceSensor> = {
  id: RADAR_ID,
  deviceClass: 'presence-sensor',
  name: { 'zh-CN': '毫米波人体存在雷达（LD2410 一类）', en: 'Presence radar (LD2410 family)' },
  schemes: ['serial', 'tcp'],
  bauds: [256000, 115200, 9600, 19200, 38400, 57600, 230400, 460800],
  options: OPTIONS,
  create: ({ transport, clock, options }) => {
    const limit = DISTANCE.read(options);
    return new HeardSensor({
      driverId: RADAR_ID,
      transport,
      clock,
      look: lookForRadar,
      limit: RADAR_FRAME_LIMIT,
      read: (frame, before) => {
        const millimetres = nearest(frame);
        return millimetres !== null && near(millimetres, limit, before === 'present');
      },
    });
  },
};
