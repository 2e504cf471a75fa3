import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/support/fake-clock.ts';
import { Brake } from './brake.ts';
import type { CallFailure } from './platform-client.ts';

const later = (reason: string): CallFailure => ({ kind: 'later', reason, retryAfterMs: null });
const brake = (): Brake => new Brake(seededRandom(3), () => false);

describe('the brake', () => {
  it.each([
    'urn:hall24:busy',
    'urn:hall24:unauthorised',
    // A platform of tomorrow may say to each message what nobody here has heard of.
    'unknown-problem',
    'status-500-no-problem',
  ])('is pulled by %s to many messages in a row', (reason) => {
    const pulled = brake();
    for (let time = 0; time < 4; time += 1) pulled.failed(later(reason), 0);
    expect(pulled.pulled).toBe(true);
    expect(pulled.pause(0)).toBeGreaterThan(0);
    expect(pulled.worked()).toBe(true);
    expect(pulled.pulled).toBe(false);
  });

  it.each(['urn:hall24:in-progress', 'urn:hall24:sequence-gap'])('is not pulled by %s', (reason) => {
    const loose = brake();
    for (let time = 0; time < 9; time += 1) loose.failed(later(reason), 0);
    expect(loose.pulled).toBe(false);
  });

  it('is not pulled by messages that are refused, nor by trouble between which others get through', () => {
    const loose = brake();
    for (let time = 0; time < 9; time += 1) loose.failed({ kind: 'refused', type: 'urn:hall24:malformed' }, 0);
    for (let time = 0; time < 9; time += 1) {
      loose.failed(later('unknown-problem'), 0);
      loose.worked();
    }
    expect(loose.pulled).toBe(false);
  });
});
