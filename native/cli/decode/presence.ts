import { lookForRadar } from '../../presence-sensor/radar-frames.ts';
import { lookForRange } from '../../presence-sensor/range-frames.ts';
import type { Protocol, Seen } from './frames.ts';
import { modbusProtocol } from './lockers.ts';

const silentHost: Pick<Protocol, 'showsUnknown' | 'host'> = { showsUnknown: true, host: () => null };

/** Digital input modules answer like relay boards; words of 16 inputs come besides. */
export function inputModuleProtocol(): Protocol {
  return modbusProtocol();
}

/** Range finders that send FF, distance and sum. */
export function rangeProtocol(): Protocol {
  return {
    ...silentHost,
    device(bytes): Seen {
      const found = lookForRange(bytes, 0);
      if (found === null || found === 'growing') return found;
      return { length: found.length, meaning: `${found.frame.millimetres} mm` };
    },
  };
}

/** Radars of the LD2410 family. */
export function radarProtocol(): Protocol {
  return {
    ...silentHost,
    device(bytes): Seen {
      const found = lookForRadar(bytes, 0);
      if (found === null || found === 'growing') return found;
      const { moving, still, movingCm, stillCm } = found.frame;
      const targets = [...(moving ? [`moving at ${movingCm} cm`] : []), ...(still ? [`still at ${stillCm} cm`] : [])];
      return { length: found.length, meaning: targets.length === 0 ? 'nobody' : targets.join(', ') };
    },
  };
}
