import { KIB_BYTES, MIB_BYTES } from '../../src-shared/vhd/constants';
import { formatSize } from '../../src-shared/vhd/format-size';
import type { Progress, ProgressListener } from '../../src-shared/model/job';
import type { OutputSink } from './io';

const REDRAW_MS = 100;
const BAR_CHARACTERS = 24;

/** What an operation calls its phases, for people. */
const PHASE_WORDS: Readonly<Record<string, string>> = {
  allocate: 'Allocating',
  blocks: 'Checking',
  check: 'Checking',
  compare: 'Comparing',
  copy: 'Copying',
  hash: 'Hashing',
  merge: 'Merging',
  move: 'Moving',
  read: 'Reading',
  receive: 'Receiving',
  scan: 'Scanning',
  settle: 'Finishing',
  survey: 'Looking',
  verify: 'Verifying',
  write: 'Writing',
};

export interface ProgressReport {
  readonly listen: ProgressListener;
  /** Takes the bar away, so that what is printed next stands alone. */
  end(): void;
}

export type ProgressMode = 'auto' | 'none' | 'json';

/** A bar on a terminal, or one JSON object a line on standard error, or nothing. */
export function reportProgress(mode: ProgressMode, stderr: OutputSink): ProgressReport {
  if (mode === 'json') return jsonLines(stderr);
  if (mode === 'auto' && stderr.isTerminal) return terminalBar(stderr);
  return { listen: () => undefined, end: () => undefined };
}

/** The first and the last of a phase always pass, between them one in a tenth of a second. */
function throttle(show: (progress: Progress) => void): ProgressListener {
  let phase = '';
  let shownAt = 0;
  return (progress) => {
    const now = Date.now();
    const isEdge = progress.phase !== phase || progress.doneBytes >= progress.totalBytes;
    if (!isEdge && now - shownAt < REDRAW_MS) return;
    phase = progress.phase;
    shownAt = now;
    show(progress);
  };
}

function jsonLines(stderr: OutputSink): ProgressReport {
  const listen = throttle(({ phase, doneBytes, totalBytes }) => {
    void stderr.write(`${JSON.stringify({ phase, doneBytes, totalBytes })}\n`).catch(() => undefined);
  });
  return { listen, end: () => undefined };
}

function terminalBar(stderr: OutputSink): ProgressReport {
  const started = new Map<string, { readonly at: number; readonly doneBytes: number }>();
  let isShown = false;
  const listen = throttle((progress) => {
    const start = started.get(progress.phase) ?? { at: Date.now(), doneBytes: progress.doneBytes };
    started.set(progress.phase, start);
    isShown = true;
    const line = barLine(progress, start, (stderr.columns ?? 80) - 1);
    void stderr.write(`\r\u001b[K${line}`).catch(() => undefined);
  });
  return {
    listen,
    end: () => {
      if (isShown) void stderr.write('\r\u001b[K').catch(() => undefined);
      isShown = false;
    },
  };
}

function barLine(
  { phase, doneBytes, totalBytes }: Progress,
  start: { readonly at: number; readonly doneBytes: number },
  columns: number,
): string {
  const part = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 1;
  const filled = Math.round(part * BAR_CHARACTERS);
  const bar = `[${'='.repeat(filled)}${' '.repeat(BAR_CHARACTERS - filled)}]`;
  const seconds = (Date.now() - start.at) / 1000;
  const rate = seconds > 0.5 ? (doneBytes - start.doneBytes) / seconds : 0;
  const left = formatSeconds((totalBytes - doneBytes) / rate);
  const pace = rate > 0 && doneBytes < totalBytes ? `  ${formatSize(roundRate(rate))}/s  ${left} left` : '';
  const percent = `${Math.floor(part * 100)}%`.padStart(4);
  const sizes = `${formatSize(doneBytes)} of ${formatSize(totalBytes)}`;
  const name = PHASE_WORDS[phase] ?? phase;
  const full = `${name.padEnd(10)} ${percent} ${bar} ${sizes}${pace}`;
  const shorter = [`${name} ${percent} ${bar} ${sizes}`, `${name} ${percent} ${sizes}`, `${name} ${percent}`];
  return [full, ...shorter].find((line) => line.length <= columns) ?? percent;
}

/** Two decimals that change ten times a second help nobody. */
function roundRate(bytesPerSecond: number): number {
  const unit = bytesPerSecond >= 10 * MIB_BYTES ? MIB_BYTES : KIB_BYTES;
  return Math.max(1, Math.round(bytesPerSecond / unit)) * unit;
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
