import { describe, expect, it } from 'vitest';
import { reportProgress } from '../../../src-main/cli/progress';
import type { OutputSink } from '../../../src-main/cli/io';

function makeSink(isTerminal: boolean, columns: number | null): OutputSink & { readonly text: string[] } {
  const text: string[] = [];
  const write = (chunk: string | Uint8Array): Promise<void> => {
    text.push(String(chunk));
    return Promise.resolve();
  };
  return { isTerminal, columns, text, write };
}

const MIB = 1024 * 1024;

describe('progress', () => {
  it('is silent where nobody watches, and where it is not wanted', () => {
    for (const [mode, isTerminal] of [
      ['auto', false],
      ['none', true],
    ] as const) {
      const sink = makeSink(isTerminal, 80);
      const report = reportProgress(mode, sink);
      report.listen({ phase: 'copy', doneBytes: 1, totalBytes: 2 });
      report.end();
      expect(sink.text).toEqual([]);
    }
  });

  it('draws a bar that never runs over the line, and takes it away', () => {
    for (const columns of [12, 40, 60, 200]) {
      const sink = makeSink(true, columns);
      const report = reportProgress('auto', sink);
      report.listen({ phase: 'copy', doneBytes: 0, totalBytes: 3000 * MIB });
      report.listen({ phase: 'copy', doneBytes: 3000 * MIB, totalBytes: 3000 * MIB });
      report.end();
      report.end();
      for (const line of sink.text) expect(line.replace('\r\u001b[K', '').length).toBeLessThan(columns);
      expect(sink.text[1]).toContain('100%');
      expect(sink.text.at(-1)).toBe('\r\u001b[K');
      expect(sink.text).toHaveLength(3);
    }
  });

  it('lets the first and the last report of every phase pass, whatever comes between', () => {
    const sink = makeSink(false, null);
    const { listen } = reportProgress('json', sink);
    for (const phase of ['copy', 'verify']) {
      for (let done = 0; done <= 1000; done += 1) listen({ phase, doneBytes: done, totalBytes: 1000 });
    }
    const lines = sink.text.map((line) => JSON.parse(line) as { phase: string; doneBytes: number });
    expect(lines.length).toBeLessThan(100);
    for (const phase of ['copy', 'verify']) {
      const own = lines.filter((line) => line.phase === phase);
      expect(own[0]).toEqual({ phase, doneBytes: 0, totalBytes: 1000 });
      expect(own.at(-1)).toEqual({ phase, doneBytes: 1000, totalBytes: 1000 });
    }
  });

  it('does not divide by an empty disk', () => {
    const sink = makeSink(true, 80);
    reportProgress('auto', sink).listen({ phase: 'copy', doneBytes: 0, totalBytes: 0 });
    expect(sink.text[0]).toContain('100%');
  });
});
