import { describe, expect, it } from 'vitest';
import type { OutputSink } from '../../../src-main/cli/io';
import { nearestName } from '../../../src-main/cli/suggest';
import { TextOutput } from '../../../src-main/cli/text/output';
import { displayWidth, printable, styleFor } from '../../../src-main/cli/text/style';

function makeOutput(
  isTerminal = false,
  columns: number | null = null,
): { out: TextOutput; text: () => string } {
  let text = '';
  const sink: OutputSink = {
    isTerminal,
    columns,
    write: (chunk) => {
      text += String(chunk);
      return Promise.resolve();
    },
  };
  return { out: new TextOutput(sink, styleFor(sink, {})), text: () => text };
}

describe('text that comes from files', () => {
  const plain = makeOutput().out.style;
  const coloured = makeOutput(true).out.style;

  it('cannot move the cursor, forge lines or turn the text around', () => {
    expect(printable('a\nb\r\tc', plain)).toBe('a\\nb\\r\\tc');
    expect(printable('\u001b[2J\u0007\u009b1m', coloured)).toBe('\\x1b[2J\\x07\\x9b1m');
    expect(printable('gpj.\u202eexe', coloured)).toBe('gpj.\\u202eexe');
    expect(printable('a\u2028b', plain)).toBe('a\\u2028b');
  });

  it('keeps our own colours where they are in use, and only there', () => {
    const red = coloured.bad('x');
    expect(printable(red, coloured)).toBe(red);
    expect(printable(red, plain)).not.toContain('\u001b');
  });

  it('keeps letters of every script', () => {
    expect(printable('Grüße 日本 💾', plain)).toBe('Grüße 日本 💾');
  });
});

describe('layout', () => {
  it('counts columns as a terminal does', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3);
  });

  it('aligns tables by their widest cell, numbers to the right', async () => {
    const { out, text } = makeOutput();
    out.table(
      [{ title: 'Name' }, { title: 'Bytes', align: 'right' }],
      [
        ['日本', '1'],
        ['a', '1,000'],
      ],
    );
    await out.flush();
    expect(text()).toBe('  Name  Bytes\n  日本      1\n  a     1,000\n');
  });

  it('breaks paragraphs between words at the width of the terminal', async () => {
    const { out, text } = makeOutput(true, 44);
    out.paragraph('one two three four five six seven eight nine ten eleven', 4, 2);
    await out.flush();
    const lines = text().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => line.length <= 44)).toBe(true);
    expect(lines[0]).toMatch(/^ {2}one/);
    expect(lines[1]).toMatch(/^ {4}\S/);
  });
});

describe('the nearest name', () => {
  const names = ['info', 'check', 'repair', 'resize', 'rescue'];
  it('finds slips, swaps and beginnings, and does not guess wildly', () => {
    expect(nearestName('inof', names)).toBe('info');
    expect(nearestName('chek', names)).toBe('check');
    expect(nearestName('rep', names)).toBe('repair');
    expect(nearestName('RESIZE', names)).toBe('resize');
    expect(nearestName('frobnicate', names)).toBeNull();
    expect(nearestName('', names)).toBeNull();
  });
});

describe('a narrow terminal', () => {
  it('gets paragraphs that hang less far instead of a column of single words', () => {
    const { out, text } = makeOutput(true, 30);
    out.paragraph('  Reader            refuses   it takes fixed disks only, and this one is dynamic', 30, 0);
    void out.flush();
    const lines = text().trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(lines[1]).toMatch(/^ {4}\S/);
  });
});
