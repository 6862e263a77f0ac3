import { judgeQemu } from './qemu';
import type { Judge } from './reader';

/** QEMU 2.6 to 9.2: the current size for five creators, the geometry for all others. */
export const judgeQemuUpTo9: Judge = (input) => judgeQemu(input, 'qemuUpTo9');
