import { describe, expect, it } from 'vitest';
import { baudOf, faultCodes, isPort, schemeOf, withBaud, withPort } from './address-text.ts';
import { agoOf, deviceLook, lastedOf } from './device-look.ts';
import { shows } from './log-levels.ts';

describe('an address', () => {
  it('takes another speed only when it is a serial port', () => {
    expect(withBaud('serial:///dev/ttyUSB1?baud=9600', 38400)).toBe('serial:///dev/ttyUSB1?baud=38400');
    expect(withBaud('serial://COM3', 9600)).toBe('serial://COM3?baud=9600');
    expect(withBaud('tcp://10.0.0.1:4001', 9600)).toBe('tcp://10.0.0.1:4001');
    expect(baudOf('tcp://10.0.0.1:4001')).toBeNull();
  });
  it('keeps its speed when another port is chosen', () => {
    expect(withPort('serial:///dev/a?baud=38400', 'serial:///dev/b', [9600])).toBe('serial:///dev/b?baud=38400');
    expect(withPort('', 'serial:///dev/b', [9600])).toBe('serial:///dev/b?baud=9600');
    expect(withPort('serial:///dev/a?baud=38400', 'hid://0c27:3bfa', [])).toBe('hid://0c27:3bfa');
    expect(isPort('serial:///dev/b?baud=38400', 'serial:///dev/b')).toBe(true);
    expect(isPort('', '')).toBe(false);
  });
});

describe('an address by a USB device', () => {
  const usb = 'serial+usb://1a86:7523?at=1-1.2';
  it('has a speed like a port by its name, and keeps where it is plugged in', () => {
    expect(withPort('serial:///dev/a?baud=38400', usb, [9600])).toBe(`${usb}&baud=38400`);
    expect(withBaud(`${usb}&baud=38400`, 9600)).toBe(`${usb}&baud=9600`);
    expect(isPort(`${usb}&baud=9600`, usb)).toBe(true);
    expect(isPort('serial+usb://1a86:7523?at=1-1.3&baud=9600', usb)).toBe(false);
    expect(withBaud('serial+usb://0403:6001/A1?baud=9600', 115200)).toBe('serial+usb://0403:6001/A1?baud=115200');
  });
  it('belongs to the drivers of its kind of line', () => {
    expect(['serial:///dev/a', usb, 'hid+tcp://h:1', 'ipp://localhost/printers/a', ''].map(schemeOf)).toEqual([
      'serial',
      'serial',
      'hid',
      'ipp',
      '',
    ]);
  });
});

describe('a refused setting', () => {
  it('names its codes, the most exact last', () => {
    expect(faultCodes('bad-address: missing-baud: a serial address needs one')).toEqual([
      'bad-address',
      'missing-baud',
    ]);
    expect(faultCodes('version 8 was saved meanwhile')).toEqual([]);
  });
});

describe('a device', () => {
  it('without paper needs work although it answers', () => {
    expect(deviceLook({ status: 'userError', paper: 'out' })).toMatchObject({ word: 'paper-out', needsWork: true });
    expect(deviceLook({ status: 'online', paper: 'low' })).toMatchObject({ word: 'paper-low', tone: 'wait' });
  });
  it('that does not answer says that, not the paper of before', () => {
    expect(deviceLook({ status: 'offline', paper: 'out' })).toMatchObject({ word: 'offline', tone: 'err' });
  });
  it('that is not there or well needs nothing', () => {
    for (const status of ['online', 'noDevice', 'starting']) {
      expect(deviceLook({ status, paper: null }).needsWork).toBe(false);
    }
    expect(deviceLook(undefined).word).toBe('none');
    expect(deviceLook({ status: 'something new', paper: null }).needsWork).toBe(true);
  });
  it('was so for a time', () => {
    expect([300, 90_000, 7_200_000, 260_000_000].map(lastedOf)).toEqual([
      { unit: 'seconds', count: 1 },
      { unit: 'minutes', count: 2 },
      { unit: 'hours', count: 2 },
      { unit: 'days', count: 3 },
    ]);
  });
  it('answered so long ago', () => {
    expect(agoOf(400)).toEqual({ unit: 'now', count: 0 });
    expect(agoOf(61_000)).toEqual({ unit: 'minutes', count: 1 });
  });
});

describe('the log', () => {
  it('shows what is at least as serious as wanted', () => {
    expect(shows({ level: 'warn' }, 'error')).toBe(false);
    expect(shows({ level: 'error' }, 'warn')).toBe(true);
    expect(shows({ level: 'debug' }, 'all')).toBe(true);
  });
});
