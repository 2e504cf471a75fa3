import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, schemeFamily } from './address.ts';
import { matchReader } from './pcsc.ts';

describe('addresses of readers, printers and cameras', () => {
  it.each([
    ['pcsc://', 'pcsc', { scheme: 'pcsc', reader: null }],
    ['pcsc://Virtual%20PCD%2000%2000', 'pcsc', { scheme: 'pcsc', reader: 'Virtual PCD 00 00' }],
    ['pcsc+tcp://127.0.0.1:4000', 'pcsc', { scheme: 'pcsc+tcp', host: '127.0.0.1', port: 4000 }],
    ['ipp://localhost/printers/A4', 'ipp', { scheme: 'ipp', host: 'localhost', port: 631, path: '/printers/A4' }],
    ['ipp://[::1]:8631/ipp/print', 'ipp', { scheme: 'ipp', host: '::1', port: 8631, path: '/ipp/print' }],
    ['camera://', 'camera', { scheme: 'camera', label: null }],
    ['camera://Document%20cam', 'camera', { scheme: 'camera', label: 'Document cam' }],
  ])('reads and writes %s', (text, family, expected) => {
    const parsed = parseAddress(text);
    expect(parsed).toEqual({ ok: true, value: expected });
    if (!parsed.ok) return;
    expect(formatAddress(parsed.value)).toBe(text);
    expect(schemeFamily(parsed.value)).toBe(family);
  });

  it('takes a reader name with plain spaces', () => {
    expect(parseAddress('pcsc://Virtual PCD 00 00')).toMatchObject({ value: { reader: 'Virtual PCD 00 00' } });
  });

  it.each([
    ['pcsc://x?baud=1', 'unknown-parameter'],
    ['pcsc://%E0%A4', 'bad-path'],
    ['ipp://localhost', 'bad-host'],
    ['ipp:///printers/A4', 'bad-host'],
    ['ipp://localhost:0/p', 'bad-port'],
    ['ipp://localhost/p q', 'bad-host'],
  ])('refuses %s', (text, code) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, error: { code } });
  });

  it('picks the reader that is meant', () => {
    const names = ['Virtual PCD 00 01', 'ACS ACR39U 01 00', 'Virtual PCD 00 00'];
    expect(matchReader(null, names)).toBe('ACS ACR39U 01 00');
    expect(matchReader('Virtual PCD 00 01', names)).toBe('Virtual PCD 00 01');
    expect(matchReader('Virtual', names)).toBe('Virtual PCD 00 00');
    expect(matchReader('Feitian', names)).toBeNull();
    expect(matchReader(null, [])).toBeNull();
  });
});
