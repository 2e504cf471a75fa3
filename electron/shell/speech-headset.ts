import { spawn, type ChildProcess } from 'node:child_process';
import { Emitter } from '../../native/model/events.ts';
import type { Headset } from '../services/speech.ts';
import {
  askAlsa,
  askPulse,
  extconPlugged,
  runTool,
  soundEnv,
  usbHandsets,
  usbPlugged,
  type RunTool,
} from './headset-probes.ts';

/** How often a socket is asked that does not tell by itself, in milliseconds. */
const LOOK_MS = 1_500;
/** The same where a program must be run to ask. */
const LOOK_BY_TOOL_MS = 4_000;
/** A sound server tells several things at once; it is asked after they have come, in milliseconds. */
const SETTLE_MS = 150;

/** Where the machine is asked; other places in tests. */
export interface HeadsetPlaces {
  readonly extcon: string;
  readonly asound: string;
  readonly run: RunTool;
  /** How often it is asked, in milliseconds, where that is not left to the watch. */
  readonly everyMs?: number;
}

const PLACES: HeadsetPlaces = { extcon: '/sys/class/extcon', asound: '/proc/asound', run: runTool };

/** Hears from the sound server that something changed; `null` where there is none that tells. */
function subscribe(onChange: () => void, onEnd: () => void): ChildProcess {
  const child = spawn('pactl', ['subscribe'], { stdio: ['ignore', 'pipe', 'ignore'], env: soundEnv() });
  child.stdout?.on('data', onChange);
  child.on('error', onEnd);
  child.on('close', onEnd);
  return child;
}

/**
 * Watches whether somebody listens alone: the handset of a configured USB id; else the kernel's extcon class, the sound
 * server, or the jack controls of the sound card, whichever can be asked first. A machine that says nothing has no headset
 * plugged in as far as anybody knows, and is asked again now and then: sound cards and servers come late.
 * @param begin when the machine is asked first
 */
export function watchHeadset(places: HeadsetPlaces = PLACES, begin: Promise<void> = Promise.resolve()): Headset {
  const changes = new Emitter<'in' | 'out'>();
  let state: 'in' | 'out' = 'out';
  let usbId: string | null = null;
  let stopped = false;
  let looking = false;
  let wanted = false;
  let timer: NodeJS.Timeout | undefined;
  let server: ChildProcess | null = null;
  const { extcon, asound, run } = places;

  const later = (ms: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void look(), ms);
    timer.unref();
  };
  const ask = async (): Promise<{ readonly plugged: boolean; readonly againMs: number | null }> => {
    if (usbId !== null) return { plugged: (await usbPlugged(asound, usbId)) === true, againMs: LOOK_MS };
    const byKernel = await extconPlugged(extcon);
    if (byKernel !== null) return { plugged: byKernel, againMs: LOOK_MS };
    const byServer = await askPulse(run);
    if (byServer !== null && run === runTool && !stopped) {
      server ??= subscribe(
        () => later(SETTLE_MS),
        () => {
          server = null;
          later(LOOK_BY_TOOL_MS);
        },
      );
      server.unref();
    }
    if (byServer !== null) return { plugged: byServer, againMs: server === null ? LOOK_BY_TOOL_MS : null };
    return { plugged: (await askAlsa(run, asound)) === true, againMs: LOOK_BY_TOOL_MS };
  };
  const look = async (): Promise<void> => {
    if (looking) {
      wanted = true;
      return;
    }
    looking = true;
    const { plugged, againMs } = await ask();
    looking = false;
    if (stopped) return;
    const next = plugged ? 'in' : 'out';
    if (next !== state) {
      state = next;
      changes.emit(next);
    }
    if (wanted) later(0);
    else if (againMs !== null) later(places.everyMs ?? againMs);
    wanted = false;
  };
  void begin.then(() => (stopped ? undefined : look()));
  return {
    get state() {
      return state;
    },
    changes,
    handsets: () => usbHandsets(asound),
    only: (id) => {
      usbId = id;
      later(0);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      server?.kill();
    },
  };
}
