import { afterEach, describe, expect, it, vi } from 'vitest';
import { serviceManager } from './service-manager.ts';

afterEach(() => vi.useRealTimers());

describe('the word to systemd', () => {
  it('is that the kiosk is up, then that it lives, three times in the time that it has', () => {
    vi.useFakeTimers();
    const told: string[] = [];
    const environment = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '60000000', OTHER: 'stays' };
    const manager = serviceManager(environment, (words) => told.push(words));
    expect(environment).toEqual({ OTHER: 'stays' });
    vi.advanceTimersByTime(120_000);
    expect(told).toEqual([]);
    manager.ready();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    manager.stop();
    vi.advanceTimersByTime(60_000);
    expect(told.slice(4)).toEqual(['STOPPING=1']);
  });

  it('is not said where nobody listens, and no sign of life where none is wanted', () => {
    vi.useFakeTimers();
    const told: string[] = [];
    const say = (words: string): void => void told.push(words);
    serviceManager({}, say).ready();
    expect(told).toEqual([]);
    serviceManager({ NOTIFY_SOCKET: '/run/notify' }, say).ready();
    vi.advanceTimersByTime(600_000);
    expect(told).toEqual(['READY=1']);
  });
});
