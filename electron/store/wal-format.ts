import { PAGE_SIZE } from './pragmas.ts';

/*
 * A WAL is a head and a list of frames, each a page with a head of its own, whose checksum goes on from that of the frame
 * before. (SQLite file format: "The WAL Format".) All lengths in bytes.
 */

export const WAL_HEAD_BYTES = 32;
export const FRAME_HEAD_BYTES = 24;
export const FRAME_BYTES = FRAME_HEAD_BYTES + PAGE_SIZE;
