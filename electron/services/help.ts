import type { Problem } from '../contract/problems.ts';
import {
  HELP_ASKED,
  HELP_LOOK_BACK,
  HELP_SENT,
  helpDetail,
  pendingHelp,
  type HelpReason,
  type HelpRequest,
  type HelpState,
} from '../domain/help.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { storeProblem } from './cases.ts';
import { newId } from './ids.ts';
import { correctedNow, type Ports } from './kiosk.ts';

/** A request as the screen shows it. */
export interface HelpStanding {
  readonly requestId: string;
  readonly state: HelpState;
}

/** The same reason again within this time is the same request: people press twice when nobody comes at once. In ms. */
const SAME_MS = 120_000;

/**
 * Calls duty staff. A request is written down before it is sent, goes along with the next sign of life, and is "sent" only
 * when the platform has said that it has it; a kiosk without a network keeps it and says so.
 */
export class HelpDesk {
  readonly #ports: Pick<Ports, 'store' | 'sync' | 'clock' | 'random' | 'log'>;

  constructor(ports: Pick<Ports, 'store' | 'sync' | 'clock' | 'random' | 'log'>) {
    this.#ports = ports;
  }

  /** Asks for help; nothing personal is taken in. */
  async ask(reason: HelpReason, screen: string): Promise<Result<HelpStanding, Problem>> {
    const { store, sync, log } = this.#ports;
    const now = correctedNow(this.#ports);
    const trail = await store.auditTail(HELP_LOOK_BACK);
    const known = trail.ok ? pendingHelp(trail.value) : [];
    const same = known.find((one) => one.reason === reason && Math.abs(now - Date.parse(one.at)) < SAME_MS);
    const request: HelpRequest = same ?? {
      requestId: newId(this.#ports),
      at: new Date(now).toISOString(),
      reason,
      screen: screen.replaceAll(/[^a-z-]/g, '').slice(0, 40) || 'unknown',
    };
    if (!same) {
      const kept = await store.audit({ at: now, who: 'citizen', what: HELP_ASKED, detail: helpDetail(request) });
      if (!kept.ok) return { ok: false, error: storeProblem(kept.error) };
      log.event('warn', 'help-asked', { reason, screen: request.screen });
    }
    // The next sign of life need not wait half a minute when somebody stands there.
    if (sync.kick) sync.kick();
    else sync.wake();
    return ok({ requestId: request.requestId, state: 'kept' });
  }

  /** Whether the roster has a request by now. */
  async standing(requestId: string): Promise<Result<HelpStanding, Problem>> {
    const trail = await this.#ports.store.auditTail(HELP_LOOK_BACK);
    if (!trail.ok) return { ok: false, error: storeProblem(trail.error) };
    const sent = trail.value.some(({ what, detail }) => what === HELP_SENT && detail === requestId);
    return ok({ requestId, state: sent ? 'sent' : 'kept' });
  }
}
