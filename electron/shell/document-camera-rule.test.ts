import { describe, expect, it } from 'vitest';
import { mayUseCamera } from './document-camera-rule.ts';

const ASKED = { allowed: true, own: true, permission: 'media', media: ['video'] };

describe('the camera permission', () => {
  it('is given to the own page while a screen takes pictures', () => {
    expect(mayUseCamera(ASKED)).toBe(true);
  });

  it.each([
    ['no screen takes pictures', { allowed: false }],
    ['somebody else asks', { own: false }],
    ['it is something else', { permission: 'geolocation' }],
    ['the screen is to be recorded', { permission: 'display-capture' }],
    ['sound is asked for too', { media: ['video', 'audio'] }],
    ['only sound is asked for', { media: ['audio'] }],
    ['nothing is named', { media: [] }],
    ['what is asked is not known', { media: ['unknown'] }],
  ])('is refused when %s', (_name, change) => {
    expect(mayUseCamera({ ...ASKED, ...change })).toBe(false);
  });
});
