import type { Device } from 'node-hid';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import type { HidAddress } from './address.ts';
import { matchDevice, serialNumbersToChoose } from './hid.ts';

function device(path: string, serialNumber: string, usagePage = 1): Device {
  return { vendorId: 0xf055, productId: 1, path, serialNumber, release: 1, interface: 0, usagePage, usage: 6 };
}

function address(text: string): HidAddress {
  const parsed = parseAddress(text);
  if (!parsed.ok || parsed.value.scheme !== 'hid') throw new Error(text);
  return parsed.value;
}

const [ONE, TWO] = [device('/dev/hidraw0', 'ONE'), device('/dev/hidraw1', 'TWO')];

describe('two devices of the same kind', () => {
  it('are told apart by their serial numbers', () => {
    expect(matchDevice(address('hid://f055:1?serial=TWO'), [ONE, TWO])).toBe('/dev/hidraw1');
    expect(serialNumbersToChoose(address('hid://f055:1?serial=TWO'), [ONE, TWO])).toEqual([]);
    expect(matchDevice(address('hid://f055:1?serial=THREE'), [ONE, TWO])).toBeNull();
  });

  it('are a choice for the technician where the address has none, and no choice where only one fits', () => {
    expect(serialNumbersToChoose(address('hid://f055:1'), [TWO, ONE])).toEqual(['ONE', 'TWO']);
    expect(serialNumbersToChoose(address('hid://f055:1'), [ONE, device('/dev/hidraw2', 'ONE', 0xff00)])).toEqual([]);
    expect(serialNumbersToChoose(address('hid://f055:1?usagePage=ff00'), [ONE, device('x', 'TWO', 0xff00)])).toEqual(
      [],
    );
    expect(serialNumbersToChoose(address('hid:///dev/hidraw0'), [ONE, TWO])).toEqual([]);
    // Twins without numbers cannot be told apart by one.
    expect(serialNumbersToChoose(address('hid://f055:1'), [device('a', ''), device('b', '')])).toEqual([]);
  });
});
