/** Switches that a closed build takes from its command line: how to draw, and what a container needs. */
const ALLOWED = new Set([
  'disable-dev-shm-usage',
  'disable-gpu',
  'force-device-scale-factor',
  'lang',
  'log-level',
  'ozone-platform',
  'ozone-platform-hint',
  'touch-events',
]);

/** Switches that have done their work before the first line of ours runs: taking them away comes too late. */
const TOO_LATE =
  /^(js-flags|no-zygote|.*-sandbox|trace-startup.*|.*-cmd-prefix|browser-subprocess-path|log-file|enable-logging)$/;

/** What is to be done about a command line. */
export interface CommandLineVerdict {
  /** To be taken away before Chromium looks: debugging, proxies, profiles, web security, extensions and so on. */
  readonly remove: readonly string[];
  /** Nothing but not starting helps against these. */
  readonly refuse: readonly string[];
}

/**
 * Judges the command line of a closed build: a list of what is allowed, because Chromium has more than a thousand
 * switches and each version brings new ones.
 * @param args the arguments after the executable
 * @param root whether the process runs as root, where Chromium does not start with its sandbox
 */
export function judgeCommandLine(args: readonly string[], root: boolean): CommandLineVerdict {
  const remove: string[] = [];
  const refuse: string[] = [];
  for (const arg of args) {
    if (arg === '--') break;
    const name = /^--?([^=]+)/.exec(arg)?.[1]?.toLowerCase();
    if (name === undefined || ALLOWED.has(name) || (root && name === 'no-sandbox')) continue;
    (TOO_LATE.test(name) ? refuse : remove).push(name);
  }
  return { remove, refuse };
}
