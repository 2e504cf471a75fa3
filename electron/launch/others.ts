import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.ts';
import type { KioskEnvironment } from './prepare.ts';

// The development tools that commands hand over to. They are loaded when needed and by their path, because test/ is
// a TypeScript project of its own.

/** test/e2e/journeys.ts: walks journeys in real Electron; prints one JSON object as its last line. */
export interface Journeys {
  /** @param displays screens to walk on, one journey on each at a time */
  main(
    args: readonly string[],
    environment: KioskEnvironment,
    displays?: readonly Readonly<Record<string, string>>[],
  ): Promise<number>;
  /** Walks one journey in a packed build that may be driven. */
  packedJourney(executable: string, environment: { readonly display: Record<string, string> }): Promise<number>;
}

/** test/dev/run.ts: the kiosk with simulated devices and a local platform, for a person to use. */
export interface DevelopmentKiosk {
  /** What `npm start` takes on its command line. */
  readonly USAGE: string;
  runKiosk(environment: KioskEnvironment, args: readonly string[]): Promise<number>;
}

/** test/gallery/gallery.ts: photographs every screen; prints one JSON object as its last line. */
export interface Gallery {
  /** What `npm run gallery` takes on its command line. */
  readonly USAGE: string;
  main(args: readonly string[], environment: Omit<KioskEnvironment, 'appDir'>): Promise<number>;
}

async function load(...path: string[]): Promise<unknown> {
  return import(pathToFileURL(join(ROOT, ...path)).href);
}

/** Loads the journeys when they are needed. */
export async function loadJourneys(): Promise<Journeys> {
  return (await load('test', 'e2e', 'journeys.ts')) as Journeys;
}

/** Loads the development kiosk when it is needed. */
export async function loadDevelopmentKiosk(): Promise<DevelopmentKiosk> {
  return (await load('test', 'dev', 'run.ts')) as DevelopmentKiosk;
}

/** Loads the gallery when it is needed. */
export async function loadGallery(): Promise<Gallery> {
  return (await load('test', 'gallery', 'gallery.ts')) as Gallery;
}

/** test/peripherals/main.ts: trials with real services; prints one JSON object as its last line. */
export interface Peripherals {
  /** @param hindrances why a trial cannot be run here, or null */
  main(args: readonly string[], hindrances: { readonly windows: string | null }): Promise<number>;
}

/** Loads the trials of the peripherals when they are needed. */
export async function loadPeripherals(): Promise<Peripherals> {
  return (await load('test', 'peripherals', 'main.ts')) as Peripherals;
}

/** test/residue/main.ts: looks for what is left of the last person; prints one JSON object as its last line. */
export interface Residue {
  main(args: readonly string[], environment: KioskEnvironment): Promise<number>;
}

/** Loads the search for residue when it is needed. */
export async function loadResidue(): Promise<Residue> {
  return (await load('test', 'residue', 'main.ts')) as Residue;
}

/** test/monkey/main.ts: touches at random; prints one JSON object as its last line. */
export interface Monkey {
  main(args: readonly string[], environment: KioskEnvironment): Promise<number>;
}

/** Loads the monkey when it is needed. */
export async function loadMonkey(): Promise<Monkey> {
  return (await load('test', 'monkey', 'main.ts')) as Monkey;
}

/** test/support/suites.ts: runs the benchmarks and the fault campaigns, one file a suite. */
interface Suites {
  runSuites(family: 'bench' | 'fault', args: readonly string[]): Promise<number>;
}

/** Runs one suite of a family, or all of them; gives the exit code. */
export async function suites(family: 'bench' | 'fault', args: readonly string[]): Promise<number> {
  return ((await load('test', 'support', 'suites.ts')) as Suites).runSuites(family, args);
}
