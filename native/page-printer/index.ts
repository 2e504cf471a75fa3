import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PagePrinter } from '../model/page-printer.ts';
import { SPOOLER_DATATYPES } from '../model/spooler.ts';
import { IppPagePrinter } from './ipp-printer.ts';
import { WindowsSpoolerPrinter } from './windows-spooler.ts';

/** A4 printers at a CUPS server, or such that take PDF by IPP themselves. */
export const ippPrinter: DriverDefinition<PagePrinter> = {
  id: 'ipp',
  deviceClass: 'page-printer',
  name: { 'zh-CN': 'A4 打印机（CUPS / IPP）', en: 'A4 printer (CUPS / IPP)' },
  schemes: ['ipp'],
  bauds: [],
  options: [],
  create: ({ transport, clock }) => new IppPagePrinter(transport, clock),
};

/** A4 printers of a Windows kiosk that take PDF as it is. */
export const windowsSpooler: DriverDefinition<PagePrinter> = {
  id: 'windows-spooler',
  deviceClass: 'page-printer',
  name: { 'zh-CN': 'A4 打印机（Windows，打印机直接支持 PDF）', en: 'A4 printer (Windows, one that takes PDF itself)' },
  schemes: ['winspool'],
  bauds: [],
  options: [
    {
      key: 'datatype',
      label: {
        'zh-CN': '传给打印驱动的方式（v4 驱动选 XPS_PASS）',
        en: 'Passed to the printer driver as (XPS_PASS for v4 drivers)',
      },
      values: SPOOLER_DATATYPES,
      fallback: 'RAW',
    },
  ],
  create: ({ transport, clock, options }) => {
    const datatype = SPOOLER_DATATYPES.find((one) => one === options['datatype']) ?? 'RAW';
    return new WindowsSpoolerPrinter(transport, clock, datatype);
  },
};
