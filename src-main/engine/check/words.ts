import { formatCount } from '../../../src-shared/vhd/format-size';

/** A number with the words that go with it: `1 block is`, `1,200 blocks are`. */
export const counted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
