import { judgeQemu } from './qemu';
import type { Judge } from './reader';

/** QEMU from 10 on: the geometry for `vpc ` and `qemu`, the current size for all others. */
export const judgeQemuFrom10: Judge = (input) => judgeQemu(input, 'qemuFrom10');
