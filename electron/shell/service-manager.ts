import { spawn } from 'node:child_process';

/** How the kiosk speaks to what started it. */
export interface ServiceManager {
  /** The page is on the screen. */
  ready(): void;
  stop(): void;
}

const NOBODY: ServiceManager = { ready: () => undefined, stop: () => undefined };

/** The environment that systemd gives to a service that it watches. */
interface ServiceEnvironment {
  NOTIFY_SOCKET?: string | undefined;
  WATCHDOG_USEC?: string | undefined;
  PATH?: string | undefined;
}

/** A word that is not taken within so long is given up, in milliseconds; the next sign of life comes soon. */
const TELL_WITHIN_MS = 10_000;
/** Signs of life within the time after which systemd takes the service for dead. */
const SIGNS = 3;

/** Hands words to systemd; its socket is of a kind that Node does not know. */
function tellBySystemdNotify(environment: ServiceEnvironment): (words: string) => void {
  const { NOTIFY_SOCKET, PATH } = environment;
  return (words) => {
    const child = spawn('systemd-notify', [words], { stdio: 'ignore', env: { NOTIFY_SOCKET, PATH } });
    const late = setTimeout(() => child.kill('SIGKILL'), TELL_WITHIN_MS);
    // Without the program the service is started anew when its time is over, and says so in the journal.
    child.on('error', () => clearTimeout(late));
    child.on('exit', () => clearTimeout(late));
  };
}

/**
 * Tells systemd that the kiosk is up, and from then on that it lives: a main process whose loop stands still says nothing
 * and is started anew. Takes the variables out of the environment, so that no helper process speaks for the kiosk.
 */
export function serviceManager(
  environment: ServiceEnvironment,
  tell: (words: string) => void = tellBySystemdNotify({ ...environment }),
): ServiceManager {
  const { NOTIFY_SOCKET, WATCHDOG_USEC } = environment;
  delete environment.NOTIFY_SOCKET;
  delete environment.WATCHDOG_USEC;
  if (NOTIFY_SOCKET === undefined) return NOBODY;
  const everyMs = Number(WATCHDOG_USEC ?? 0) / 1_000 / SIGNS;
  let signs: NodeJS.Timeout | null = null;
  return {
    ready: () => {
      tell('READY=1');
      if (everyMs > 0 && signs === null) signs = setInterval(() => tell('WATCHDOG=1'), everyMs);
    },
    stop: () => {
      if (signs) clearInterval(signs);
      signs = null;
      tell('STOPPING=1');
    },
  };
}
