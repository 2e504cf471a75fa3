import { z } from 'zod';
import { DOOR_BEHAVIOURS } from '../../native/pickup-locker/simulated-doors.ts';
import { TEST_CARD_KEYS } from '../fixtures/cards.ts';
import { KEYPADS, LOCKERS, PAPER_ACTIONS, SIMULATED_DEVICES } from './bench-types.ts';
import type { SimulatorBench } from './bench.ts';

/** Faults of the platform that the panel can ask for. */
export const PLATFORM_FAULTS = ['none', 'slow', 'refuse', 'vanish'] as const;
export type PlatformFault = (typeof PLATFORM_FAULTS)[number];

/** A text message that the platform would have sent to somebody's phone. */
export interface PanelMessage {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly to: string;
  readonly text: string;
}

/** What the caller of the panel adds to it; parts that are left out do not appear on the page. */
export interface PanelExtras {
  readonly network?: { isCut(): boolean; cut(): void | Promise<void>; restore(): void | Promise<void> };
  readonly platform?: { fault(): PlatformFault; setFault(fault: PlatformFault): void | Promise<void> };
  readonly messages?: () => readonly PanelMessage[];
}

const cell = z.object({ board: z.int().min(0).max(32), lock: z.int().min(1).max(50) });

/** Everything that a button of the page can ask for. */
const panelAction = z.discriminatedUnion('do', [
  z.object({ do: z.literal('lay-card'), card: z.enum(TEST_CARD_KEYS) }),
  z.object({ do: z.literal('remove-card') }),
  z.object({ do: z.literal('scan'), text: z.string().min(1).max(2000) }),
  z.object({ do: z.literal('press-key'), level: z.literal([1, 2, 3, 4, 5]), keypad: z.enum(KEYPADS) }),
  z.object({ do: z.literal('stand'), present: z.boolean() }),
  z.object({ do: z.literal('paper'), what: z.enum(PAPER_ACTIONS) }),
  z.object({ do: z.literal('door-behaviour'), locker: z.enum(LOCKERS), cell, behaviour: z.enum(DOOR_BEHAVIOURS) }),
  z.object({ do: z.literal('close-door'), locker: z.enum(LOCKERS), cell }),
  z.object({ do: z.literal('force-door'), locker: z.enum(LOCKERS), cell }),
  z.object({ do: z.literal('mute-board'), locker: z.enum(LOCKERS), board: z.int(), mute: z.boolean() }),
  z.object({ do: z.literal('unplug'), device: z.enum(SIMULATED_DEVICES) }),
  z.object({ do: z.literal('replug'), device: z.enum(SIMULATED_DEVICES) }),
  z.object({
    do: z.literal('line'),
    device: z.enum(SIMULATED_DEVICES),
    behaviour: z.object({
      lateMs: z.number().min(0).max(60_000),
      drip: z.boolean(),
      garbageBytes: z.int().min(0).max(1000),
      mute: z.boolean(),
      halfFrames: z.boolean(),
    }),
  }),
  z.object({ do: z.literal('network'), cut: z.boolean() }),
  z.object({ do: z.literal('platform'), fault: z.enum(PLATFORM_FAULTS) }),
]);

/**
 * Does what a button asks for.
 * @returns null when done, else why the request makes no sense
 */
export async function runPanelAction(
  bench: SimulatorBench,
  extras: PanelExtras,
  request: unknown,
): Promise<string | null> {
  const parsed = panelAction.safeParse(request);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const action = parsed.data;
  const { actions } = bench;
  switch (action.do) {
    case 'lay-card':
      actions.layCard(action.card);
      return null;
    case 'remove-card':
      actions.removeCard();
      return null;
    case 'scan':
      actions.scan(action.text);
      return null;
    case 'press-key':
      actions.pressKey(action.level, action.keypad);
      return null;
    case 'stand':
      actions.stand(action.present);
      return null;
    case 'paper':
      actions.paper(action.what);
      return null;
    case 'door-behaviour':
      actions.setDoor(action.locker, action.cell, action.behaviour);
      return null;
    case 'close-door':
      actions.closeDoor(action.locker, action.cell);
      return null;
    case 'force-door':
      actions.forceDoor(action.locker, action.cell);
      return null;
    case 'mute-board':
      actions.muteBoard(action.locker, action.board, action.mute);
      return null;
    case 'unplug':
      await actions.unplug(action.device);
      return null;
    case 'replug':
      await actions.replug(action.device);
      return null;
    case 'line':
      actions.setLine(action.device, action.behaviour);
      return null;
    case 'network':
      if (extras.network === undefined) return 'no network to cut';
      await (action.cut ? extras.network.cut() : extras.network.restore());
      return null;
    case 'platform':
      if (extras.platform === undefined) return 'no platform to disturb';
      await extras.platform.setFault(action.fault);
      return null;
    default:
      return action satisfies never;
  }
}
