export { VisitDesk, type DeskProcess } from './visit-desk.ts';
export { serveVisit, type DeskLine, type PageLine } from './desk-server.ts';
export { isFarClass, type FromDesk, type ToDesk } from './protocol.ts';
