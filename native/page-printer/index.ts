import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PagePrinter } from '../model/page-printer.ts';
import { IppPagePrinter } from './ipp-printer.ts';

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
