import { describe, expect, it } from 'vitest';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceSettings } from './driver-types.ts';
import { driverRegistry } from './registry.ts';
import { readSavedSettings, validateAllSettings, validateSettings } from './settings.ts';

const READER: DeviceSettings = {
  deviceClass: 'id-card-reader',
  driver: 'sdt',
  address: 'serial:///dev/ttyUSB0?baud=115200',
  options: {},
};
const SCANNER: DeviceSettings = {
  deviceClass: 'code-scanner',
  driver: 'serial-scanner',
  address: 'tcp://192.0.2.7:4001',
  options: { tail: 'none' },
};

describe('driver registry', () => {
  it('has drivers of the right class with unique ids and usable options', () => {
    for (const deviceClass of DEVICE_CLASSES) {
      const drivers = driverRegistry[deviceClass];
      expect(new Set(drivers.map(({ id }) => id)).size).toBe(drivers.length);
      for (const driver of drivers) {
        expect(driver.deviceClass).toBe(deviceClass);
        expect(driver.schemes.includes('serial')).toBe(driver.bauds.length > 0);
        for (const { values, fallback } of driver.options) expect(values).toContain(fallback);
      }
    }
  });
});

describe('settings of one device', () => {
  it('fills in the options', () => {
    const known = driverRegistry['code-scanner'].find(({ id }) => id === SCANNER.driver)?.options ?? [];
    const fallbacks = Object.fromEntries(known.map(({ key, fallback }) => [key, fallback]));
    expect(Object.keys(fallbacks).length).toBeGreaterThan(1);
    expect(fallbacks['tail']).not.toBe('none');
    expect(validateSettings(driverRegistry, SCANNER)).toEqual({
      ok: true,
      value: { ...SCANNER, options: { ...fallbacks, tail: 'none' } },
    });
  });

  it.each([
    ['unknown-driver', 'driver', { ...READER, driver: 'nope' }],
    ['unknown-driver', 'driver', { ...READER, driver: 'escpos' }],
    ['bad-address', 'address', { ...READER, address: '/dev/ttyUSB0' }],
    ['bad-address', 'address', { ...READER, address: 'serial:///dev/ttyUSB0' }],
    ['wrong-scheme', 'address', { ...READER, address: 'hid://0400:c35a' }],
    ['wrong-scheme', 'address', { ...READER, address: 'hid+tcp://127.0.0.1:9' }],
    ['wrong-baud', 'address', { ...READER, address: 'serial:///dev/ttyUSB0?baud=2400' }],
    ['wrong-baud', 'address', { ...READER, address: 'serial+usb://1a86:7523?baud=2400' }],
    ['unknown-option', 'options', { ...SCANNER, options: { beep: 'on' } }],
    ['bad-option-value', 'options', { ...SCANNER, options: { tail: 'bell' } }],
    ['unknown-class', 'deviceClass', { ...READER, deviceClass: 'teapot' as 'code-scanner' }],
  ] as const)('refuses with %s', (code, field, settings) => {
    expect(validateSettings(driverRegistry, settings)).toMatchObject({ ok: false, error: { code, field } });
  });
});

describe('settings of a kiosk', () => {
  it('takes different devices on different lines', () => {
    expect(validateAllSettings(driverRegistry, [READER, SCANNER])).toMatchObject({ ok: true });
  });

  it('refuses a second device of a class and a line used twice, also at another speed', () => {
    expect(validateAllSettings(driverRegistry, [READER, { ...READER, address: 'tcp://192.0.2.7:1' }])).toMatchObject({
      error: { code: 'class-set-twice' },
    });
    const sameLine = { ...SCANNER, address: 'serial:///dev/ttyUSB0?baud=9600' };
    expect(validateAllSettings(driverRegistry, [READER, sameLine])).toMatchObject({
      error: { code: 'address-used-twice' },
    });
    const usb = 'serial+usb://1a86:7523?at=1-1.2';
    const twins = [
      { ...READER, address: `${usb}&baud=115200` },
      { ...SCANNER, address: 'serial+usb://1A86:7523?baud=9600&at=1-1.2' },
    ];
    expect(validateAllSettings(driverRegistry, twins)).toMatchObject({ error: { code: 'address-used-twice' } });
    const elsewhere = { ...SCANNER, address: 'serial+usb://1a86:7523?at=1-1.3&baud=9600' };
    expect(validateAllSettings(driverRegistry, [{ ...READER, address: `${usb}&baud=115200` }, elsewhere]).ok).toBe(
      true,
    );
  });
});

describe('saved settings', () => {
  it('lose options that are gone, and no device for it', () => {
    const old = { ...SCANNER, options: { ...SCANNER.options, beep: 'on' } };
    expect(readSavedSettings(driverRegistry, [READER, old])).toEqual({
      usable: [READER, SCANNER],
      refused: [],
      dropped: [{ deviceClass: 'code-scanner', driver: 'serial-scanner', option: 'beep' }],
    });
  });

  it('leave out the device that is set wrong, and only that', () => {
    const odd = [
      { ...READER, driver: 'nope', options: { speed: '9' } },
      SCANNER,
      { ...SCANNER, deviceClass: 'teapot' as 'code-scanner' },
      { ...READER, address: SCANNER.address },
    ];
    const { usable, refused, dropped } = readSavedSettings(driverRegistry, odd);
    expect(usable).toEqual([SCANNER]);
    expect(refused.map(({ error }) => error.code)).toEqual(['unknown-driver', 'unknown-class', 'address-used-twice']);
    expect(dropped).toEqual([]);
  });
});
