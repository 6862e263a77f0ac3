import { describe, expect, it } from 'vitest';
import { printFindings } from '../../../src-main/cli/text/findings';
import { TextOutput } from '../../../src-main/cli/text/output';
import { styleFor } from '../../../src-main/cli/text/style';
import type { Finding } from '../../../src-shared/model/finding';

const MIB = 1024 * 1024;

async function stakeOf(count: number, guestRanges: Finding['guestRanges']): Promise<string> {
  let text = '';
  const sink = {
    isTerminal: false,
    columns: null,
    write: (piece: string) => {
      text += piece;
      return Promise.resolve();
    },
  };
  const out = new TextOutput(sink, styleFor(sink, {}));
  const finding: Finding = {
    code: 'bat-entry-outside',
    severity: 'error',
    title: 'A block lies behind the end of the file',
    detail: 'It is not there.',
    hint: '',
    count,
    where: null,
    examples: [],
    guestRanges,
    repair: 'none',
    source: 'test',
  };
  printFindings([finding], out);
  await out.flush();
  return /at stake: (.*)/.exec(text)?.[1] ?? '';
}

describe('disk content at stake', () => {
  it('is exact where every fault is known', async () => {
    expect(await stakeOf(1, [{ offset: 0, length: 2 * MIB }])).toBe(
      '2 MiB (2,097,152 bytes) from byte 0 of the disk on',
    );
  });

  it('is a lower bound where only the first faults are known, also where they lie side by side', async () => {
    expect(await stakeOf(19_812_901, [{ offset: 0, length: 20 * 512 }])).toMatch(/^at least 10 KiB /);
    expect(
      await stakeOf(
        40,
        Array.from({ length: 20 }, (_, at) => ({ offset: at * 4 * MIB, length: MIB })),
      ),
    ).toMatch(/^at least 20 MiB in 20 places/);
  });
});
