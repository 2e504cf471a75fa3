import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Emitter } from '../../native/model/events.ts';
import type { Headset } from '../services/speech.ts';

/** How often the socket is asked, in milliseconds. */
const LOOK_MS = 1_500;
/** Jacks that the kernel's extcon class names, e.g. `HEADPHONE=1`. */
const EXTCON = '/sys/class/extcon';
const PLUGGED = /^(HEADPHONE|MICROPHONE|LINE-OUT)=1$/mu;

async function pluggedByExtcon(root: string): Promise<boolean | null> {
  try {
    const names = await readdir(root);
    if (names.length === 0) return null;
    const states = await Promise.all(names.map((name) => readFile(join(root, name, 'state'), 'utf8').catch(() => '')));
    return states.some((state) => PLUGGED.test(state));
  } catch {
    return null;
  }
}

/**
 * Watches the headset socket: the kernel's extcon class where the sound card reports to it. A machine that says nothing
 * has no headset plugged in as far as anybody knows. `root` for tests.
 */
export function watchHeadset(root = EXTCON): Headset {
  const changes = new Emitter<'in' | 'out'>();
  let state: 'in' | 'out' = 'out';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const plugged = await pluggedByExtcon(root);
    if (stopped || plugged === null) return;
    const next = plugged ? 'in' : 'out';
    if (next !== state) {
      state = next;
      changes.emit(next);
    }
    timer = setTimeout(() => void look(), LOOK_MS);
    timer.unref();
  };
  void look();
  return {
    get state() {
      return state;
    },
    changes,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
