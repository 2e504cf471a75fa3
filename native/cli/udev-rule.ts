import { parseAddress } from '../transport/address.ts';
import { EXIT, UsageError } from './common.ts';
import type { DeviceCommand } from './common.ts';

/**
 * The udev rules for a USB device of these ids: the kiosk's user may open its hidraw node, and the desktop does not take
 * its keys, so that a keypad or scanner that is a keyboard does not type into the page.
 */
function udevRules(vendorId: number, productId: number): readonly string[] {
  const hex = (id: number): string => id.toString(16).padStart(4, '0');
  const ids = `ATTRS{idVendor}=="${hex(vendorId)}", ATTRS{idProduct}=="${hex(productId)}"`;
  return [
    `SUBSYSTEM=="hidraw", ${ids}, GROUP="plugdev", MODE="0660"`,
    `SUBSYSTEM=="input", ${ids}, ENV{LIBINPUT_IGNORE_DEVICE}="1"`,
  ];
}

/** Prints the rules for the device at `--port hid://vid:pid`; opens nothing. */
export const UDEV: DeviceCommand = {
  word: 'udev',
  summary: 'prints udev rules for a USB device that must not type into the page; opens nothing',
  more: 'For --port hid://vid:pid. Put the lines into /etc/udev/rules.d/70-hall24.rules, then\n"sudo udevadm control --reload" and plug the device in again. JSON: {"ok": true, "rules": [...]}.',
  prepare: () => () => Promise.resolve(EXIT.done),
  alone: ({ port, json }, ports) => {
    const address = port === undefined ? null : parseAddress(port);
    if (!address?.ok || address.value.scheme !== 'hid' || address.value.vendorId === null) {
      throw new UsageError('--port hid://vid:pid is needed; npm run device -- list shows it');
    }
    const rules = udevRules(address.value.vendorId, address.value.productId ?? 0);
    if (json === true) ports.out(JSON.stringify({ ok: true, rules }));
    else for (const rule of rules) ports.out(rule);
    return Promise.resolve(EXIT.done);
  },
};
