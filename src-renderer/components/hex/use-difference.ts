import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import type { InspectedField, InspectedStructure } from '../../../src-shared/model';
import { api } from '../../api';
import { HexSource } from './hex-source';
import { seekDifference } from './seek-difference';

/** What the bytes of an image are held against. */
export type Against =
  | { readonly kind: 'footerCopy' }
  /** `id` reads the other side: another image, or this one before a change. */
  | { readonly kind: 'state' | 'image'; readonly id: string; readonly label: string };

const FOOTER_BYTES = 512;

/** The difference between an image and its footer copy, its own past, or another image: which bytes, and where next. */
export function useDifference(
  fileId: Ref<string>,
  source: Ref<HexSource | null>,
  structures: Ref<readonly InspectedStructure[]>,
) {
  const against = shallowRef<Against | null>(null);
  const other = shallowRef<HexSource | null>(null);
  const otherStructures = shallowRef<readonly InspectedStructure[]>([]);
  const error = ref<AppError | null>(null);
  const seekingAt = ref<number | null>(null);
  /** Set where a search found nothing more in its direction. */
  const ended = ref<'next' | 'previous' | null>(null);
  let run = 0;

  const present = (name: string): InspectedStructure | undefined =>
    structures.value.find((one) => one.structure === name && one.present);
  const footers = computed(() => {
    const [end, copy] = [present('footer'), present('footerCopy')];
    return end && copy ? { end, copy } : null;
  });

  /** Where a byte's counterpart lies, and what it is; `undefined` where it has none, null while it is on its way. */
  function otherByte(offset: number): number | null | undefined {
    const kind = against.value?.kind;
    if (!kind) return undefined;
    if (kind !== 'footerCopy') {
      const there = other.value;
      if (!there) return null;
      return offset < there.fileSizeBytes.value ? there.byteAt(offset) : undefined;
    }
    const twin = twinOf(offset);
    return twin === null ? undefined : source.value?.byteAt(twin);
  }

  /** The place in the other one of footer and copy. */
  function twinOf(offset: number): number | null {
    if (!footers.value) return null;
    const { end, copy } = footers.value;
    if (offset >= end.offset && offset < end.offset + FOOTER_BYTES) return copy.offset + offset - end.offset;
    if (offset >= copy.offset && offset < copy.offset + FOOTER_BYTES)
      return end.offset + offset - copy.offset;
    return null;
  }

  /** Marks the bytes that differ; undefined where nothing is compared. */
  const differing = computed(() => {
    const kind = against.value?.kind;
    const bytes = source.value;
    if (!kind || !bytes) return undefined;
    void other.value?.version.value;
    return (offset: number): boolean => {
      const mine = bytes.byteAt(offset);
      const theirs = otherByte(offset);
      if (mine === null || theirs === null) return false;
      // Behind the other's end every byte is a difference; outside the two footers nothing is compared.
      return theirs === undefined ? kind !== 'footerCopy' : theirs !== mine;
    };
  });

  /** The same field on the other side; null where it is not there. */
  function otherField(structure: InspectedStructure, name: string): InspectedField | null {
    const kind = against.value?.kind;
    if (!kind) return null;
    const wanted =
      kind !== 'footerCopy'
        ? structure.structure
        : structure.structure === 'footer'
          ? 'footerCopy'
          : structure.structure === 'footerCopy'
            ? 'footer'
            : null;
    const list = kind === 'footerCopy' ? structures.value : otherStructures.value;
    const found = list.find(
      (one) => one.structure === wanted && one.index === structure.index && one.present,
    );
    return found?.fields.find((field) => field.name === name) ?? null;
  }

  /** The next place that differs, seen from a byte. @returns null where there is none or the search was stopped. */
  async function seek(from: number, backwards: boolean): Promise<number | null> {
    const mine = ++run;
    ended.value = null;
    error.value = null;
    try {
      const found =
        against.value?.kind === 'footerCopy'
          ? await seekInFooters(from, backwards)
          : await seekInFile(from, backwards);
      if (mine !== run) return null;
      if (found === null) ended.value = backwards ? 'previous' : 'next';
      return found;
    } catch (failure) {
      if (mine === run) error.value = asAppError(failure);
      return null;
    } finally {
      if (mine === run) seekingAt.value = null;
    }

    async function seekInFile(start: number, back: boolean): Promise<number | null> {
      const id = otherId();
      if (id === null) return null;
      return seekDifference(
        { fileId: fileId.value, otherId: id, fromOffset: start, backwards: back },
        (at) => {
          if (mine === run) seekingAt.value = at;
          return mine === run;
        },
      );
    }
  }

  async function seekInFooters(from: number, backwards: boolean): Promise<number | null> {
    if (!footers.value || !source.value) return null;
    const { end, copy } = footers.value;
    const places: number[] = [];
    for (const start of [copy.offset, end.offset]) {
      const twin = start === copy.offset ? end.offset : copy.offset;
      const [mine, theirs] = [
        await source.value.read(start, FOOTER_BYTES),
        await source.value.read(twin, FOOTER_BYTES),
      ];
      mine.forEach((byte, at) => byte !== theirs[at] && places.push(start + at));
    }
    const found = backwards ? places.filter((at) => at < from).pop() : places.find((at) => at >= from);
    return found ?? null;
  }

  function stop(): void {
    run += 1;
    seekingAt.value = null;
  }

  const otherId = (): string | null =>
    against.value && against.value.kind !== 'footerCopy' ? against.value.id : null;

  /** Reads the other side anew. */
  async function load(): Promise<void> {
    stop();
    ended.value = null;
    error.value = null;
    other.value = null;
    otherStructures.value = [];
    const id = otherId();
    if (id === null) return;
    try {
      const { fileSizeBytes } = await api().call('image.bytes', { fileId: id, offset: 0, length: 0 });
      if (otherId() !== id) return;
      other.value = new HexSource(id, fileSizeBytes, { owners: false });
      const report = await api()
        .call('image.inspect', { fileId: id })
        // A raw file has no fields; its bytes can be compared all the same.
        .catch(() => null);
      if (otherId() === id) otherStructures.value = report?.structures ?? [];
    } catch (failure) {
      if (otherId() === id) error.value = asAppError(failure);
    }
  }

  watch([against, source], load);
  watch(fileId, () => (against.value = null));

  return { against, footers, differing, otherByte, otherField, seek, stop, seekingAt, ended, error };
}
