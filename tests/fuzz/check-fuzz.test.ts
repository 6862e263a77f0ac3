/**
 * Whatever the bytes: the check answers, with a report or with a refusal, never with a failure of its own; it writes
 * nothing, asks for no more memory than the file could fill, and reads no more than a few times the file. A hang is
 * caught by the test's own limit. Seeds are printed with a failing case.
 */
import { describe, expect, it } from 'vitest';
import { ByteOwners, checkImage, inspectImage, renderReport } from '../../src-main/engine/check';
import { readMetadata } from '../../src-main/engine/disk/metadata';
import { AppError } from '../../src-shared/errors';
import { MemoryFile, RecordingFile } from '../support/fake-files';
import { batMutants, fieldMutants, randomMutant, type Mutant } from './mutations';
import { CASES_FACTOR } from './mutation-tools';

const RANDOM_CASES = 1500 * CASES_FACTOR;
/** Seed of this run: a fixed one, and with PLATTER_CASES another one each time. */
const FIRST_SEED = CASES_FACTOR > 1 ? Date.now() % 1_000_000_000 : 20_261_123;
const REFUSALS: readonly string[] = ['not-a-vhd', 'no-metadata', 'unsupported'];

/** What is wrong with the way the check took a mutant, or null. */
async function troubleWith({ label, bytes }: Mutant): Promise<string | null> {
  const before = Buffer.from(bytes);
  const memory = new MemoryFile(Uint8Array.from(bytes), 'mutant.vhd');
  const file = new RecordingFile(memory);
  try {
    const metadata = await readMetadata(file);
    const report = await checkImage({ file, metadata }, { deep: true, nowSeconds: 850_000_000 });
    const failed = report.findings.find(({ code }) => code === 'check-rule-failed');
    if (failed) return `${label}: ${failed.detail}`;
    for (const format of ['md', 'html', 'json'] as const)
      renderReport([report], format, '2026-11-23T00:00:00Z');
    await inspectImage(file, metadata, report.findings);
    const owners = await ByteOwners.of(file, metadata);
    const owned = owners.spans(0, Math.min(bytes.length, 8192)).reduce((sum, { length }) => sum + length, 0);
    if (owned !== Math.min(bytes.length, 8192)) return `${label}: ${owned} bytes have an owner`;
  } catch (error) {
    if (!(error instanceof AppError))
      return `${label}: threw ${String(error)} ${error instanceof Error ? (error.stack ?? '') : ''}`;
    if (!REFUSALS.includes(error.code)) return `${label}: ${error.code} ${error.message}`;
  }
  return costOf(label, file, before, Buffer.from(memory.bytes()));
}

function costOf(label: string, file: RecordingFile, before: Buffer, after: Buffer): string | null {
  if (file.named('writeAt', 'setSize', 'zeroRange').length > 0) return `${label}: wrote to the file`;
  if (!before.equals(after)) return `${label}: changed the file`;
  const reads = file.named('readAt');
  const largest = Math.max(0, ...reads.map(({ length }) => length));
  if (largest > Math.max(1024 * 1024, before.length)) return `${label}: asked for ${largest} bytes at once`;
  const total = reads.reduce(
    (sum, { offset, length }) => sum + Math.max(0, Math.min(length, before.length - offset)),
    0,
  );
  return total > 16 * before.length + 4 * 1024 * 1024
    ? `${label}: read ${total} of ${before.length} bytes`
    : null;
}

async function troubles(mutants: Iterable<Mutant>): Promise<{ count: number; found: string[] }> {
  const found: string[] = [];
  let count = 0;
  for (const mutant of mutants) {
    count += 1;
    const trouble = await troubleWith(mutant);
    if (trouble !== null && found.length < 10) found.push(trouble);
  }
  return { count, found };
}

describe('the check of damaged images', () => {
  it('answers for every field of every structure at every nasty value', async () => {
    const { count, found } = await troubles(sampled(fieldMutants(), CASES_FACTOR > 1 ? 1 : 5));
    expect(count).toBeGreaterThan(1000);
    expect(found).toEqual([]);
  });

  it('answers for every BAT entry at every nasty value', async () => {
    const { count, found } = await troubles(batMutants());
    expect(count).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  it(`answers for ${RANDOM_CASES} images damaged at random, from seed ${FIRST_SEED}`, async () => {
    const { found } = await troubles(
      (function* () {
        for (let at = 0; at < RANDOM_CASES; at += 1) yield randomMutant(FIRST_SEED + at);
      })(),
    );
    expect(found).toEqual([]);
  });

  it('answers for every length that an image can be cut to around its structures', async () => {
    const { found } = await troubles(cuts());
    expect(found).toEqual([]);
  });
});

/** Every `step`-th of a list; all of them in a long run. */
function* sampled(mutants: Iterable<Mutant>, step: number): Generator<Mutant> {
  let at = 0;
  for (const mutant of mutants) {
    if (at % step === 0) yield mutant;
    at += 1;
  }
}

function* cuts(): Generator<Mutant> {
  const whole = [...batMutants()][0]?.bytes ?? new Uint8Array(0);
  const lengths = [
    0, 1, 7, 8, 510, 511, 512, 513, 1023, 1024, 1535, 1536, 1537, 1600, 2047, 2048, 2049, 3000,
  ];
  for (const length of [
    ...lengths,
    whole.length - 513,
    whole.length - 512,
    whole.length - 511,
    whole.length - 1,
  ])
    yield { label: `cut to ${length}`, bytes: whole.slice(0, Math.max(0, length)) };
}
