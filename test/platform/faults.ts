import type { PlatformProblemType } from '../../electron/platform-api/messages.ts';
import type { RouteName } from '../../electron/platform-api/routes.ts';
import type { UploadRouteName } from '../../electron/platform-api/uploads.ts';

/** A call that a fault may meet. */
export type AnyRoute = RouteName | UploadRouteName;

/** Which requests a fault meets: all routes and every time when left out. */
export interface FaultScope {
  readonly routes?: readonly AnyRoute[];
  /** How many requests it lets pass first. */
  readonly skip?: number;
  /** How many requests it meets before it is over. */
  readonly times?: number;
}

/**
 * What goes wrong with an answer:
 * `refuse` a problem type, or a bare HTTP status of 400 and more with a problem that says nothing (`about:blank`);
 * `html` a page with status 200 instead of the platform, as a captive portal gives; nothing was kept;
 * `drop` the connection is cut before anything is kept, or after everything was;
 * `silent` the request is taken and never answered, nothing is kept;
 * `twice` the right answer, sent two times on the same connection; `empty-answer` the right status without a body.
 */
export type Fault =
  | { readonly kind: 'refuse'; readonly what: number | PlatformProblemType }
  | { readonly kind: 'html' }
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'twice' }
  | { readonly kind: 'empty-answer' };

/** Switches of the platform's misbehaviour. At most one fault and one delay hold at a time; the latest call counts. */
export interface Faults {
  /** Every answer waits `ms` milliseconds; 0 ends it. */
  slow(ms: number, scope?: FaultScope): void;
  refuse(what: number | PlatformProblemType, scope?: FaultScope): void;
  html(scope?: FaultScope): void;
  drop(when: 'before' | 'after', scope?: FaultScope): void;
  silent(scope?: FaultScope): void;
  twice(scope?: FaultScope): void;
  emptyAnswer(scope?: FaultScope): void;
  /** Stops listening and drops every connection; the address stays its own. */
  vanish(): Promise<void>;
  /** Ends every fault; listens again, at the same address. */
  restore(): Promise<void>;
  state(): FaultState;
}

/** What holds at the moment. */
export interface FaultState {
  readonly slowMs: number;
  readonly fault: Fault | null;
  readonly vanished: boolean;
}

interface Armed<T> {
  readonly what: T;
  readonly routes: readonly AnyRoute[] | null;
  skip: number;
  left: number;
}

/** The switches without the listening part. */
export class FaultSwitches {
  #delay: Armed<number> | null = null;
  #fault: Armed<Fault> | null = null;

  slow(ms: number, scope: FaultScope): void {
    this.#delay = ms > 0 ? armed(ms, scope) : null;
  }

  set(fault: Fault, scope: FaultScope): void {
    this.#fault = armed(fault, scope);
  }

  clear(): void {
    this.#delay = null;
    this.#fault = null;
  }

  /** What meets this request; counts it. */
  take(route: AnyRoute): { readonly slowMs: number; readonly fault: Fault | null } {
    return { slowMs: meet(this.#delay, route) ?? 0, fault: meet(this.#fault, route) };
  }

  get slowMs(): number {
    return this.#delay !== null && this.#delay.left > 0 ? this.#delay.what : 0;
  }

  get fault(): Fault | null {
    return this.#fault !== null && this.#fault.left > 0 ? this.#fault.what : null;
  }
}

function armed<T>(what: T, { routes, skip, times }: FaultScope): Armed<T> {
  return { what, routes: routes ?? null, skip: skip ?? 0, left: times ?? Number.POSITIVE_INFINITY };
}

function meet<T>(switched: Armed<T> | null, route: AnyRoute): T | null {
  if (switched === null || switched.left <= 0 || switched.routes?.includes(route) === false) return null;
  if (switched.skip > 0) {
    switched.skip -= 1;
    return null;
  }
  switched.left -= 1;
  return switched.what;
}
