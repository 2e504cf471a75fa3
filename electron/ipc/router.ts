import { CALLS, type CallName, type CallOutput } from '../contract/calls.ts';
import { problem, type Problem } from '../contract/problems.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { placeOf } from './error-place.ts';
import { isOwnPage } from './own-page.ts';
import { isSmall } from './size.ts';
import type { z } from 'zod';

/** One handler a call; its input has passed the contract. */
export type Handlers = {
  readonly [N in CallName]: (input: z.output<(typeof CALLS)[N]['input']>) => Promise<Result<CallOutput<N>, Problem>>;
};

/** Who sent a call, as the shell knows it. */
export interface Sender {
  /** URL of the frame. */
  readonly url: string;
  /** False for an iframe, none of ours has one, and for a page that is not the one at the kiosk. */
  readonly mainFrame: boolean;
}

/** What a router is made of. */
export interface RouterOptions {
  readonly handlers: Handlers;
  /** Origin of the product's own page, e.g. `app://hall24`. */
  readonly origin: string;
  readonly log: (level: 'warn' | 'error', event: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** Answers one call: checks the sender, then the payload, then runs the handler. Never rejects. */
export type Router = (sender: Sender, name: unknown, input: unknown) => Promise<Result<unknown, Problem>>;

function isCall(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(CALLS, name);
}

/** Where the faults lie, not what stands there: the values may be personal. Keys of a record come from the page. */
function faultPaths(error: z.ZodError): string[] {
  return error.issues.slice(0, 5).map((issue) => issue.path.join('.').slice(0, 80));
}

/** Makes the router over the handlers; see `Router`. */
export function createRouter(options: RouterOptions): Router {
  const { handlers, origin, log } = options;
  return async (sender, name, input) => {
    if (!sender.mainFrame || !isOwnPage(sender.url, origin)) {
      log('warn', 'call-from-stranger', { mainFrame: sender.mainFrame });
      return err(problem('K101-bad-request'));
    }
    if (!isCall(name)) {
      log('warn', 'call-unknown', {});
      return err(problem('K101-bad-request'));
    }
    if (!isSmall(input)) {
      log('warn', 'call-too-large', { call: name });
      return err(problem('K101-bad-request'));
    }
    const parsed = CALLS[name].input.safeParse(input);
    if (!parsed.success) {
      log('warn', 'call-refused', { call: name, paths: faultPaths(parsed.error) });
      return err(problem('K101-bad-request'));
    }
    try {
      const handler = handlers[name] as (value: unknown) => Promise<Result<unknown, Problem>>;
      const answer = await handler(parsed.data);
      if (!answer.ok) return answer;
      const output = CALLS[name].output.safeParse(answer.value);
      if (!output.success) {
        log('error', 'answer-breaks-contract', { call: name, paths: faultPaths(output.error) });
        return err(problem('K105-internal'));
      }
      return ok(output.data);
    } catch (cause) {
      // A throw is a bug. The screen gets a defined answer, the log the place.
      log('error', 'handler-threw', { call: name, place: placeOf(cause) });
      return err(problem('K105-internal'));
    }
  };
}
