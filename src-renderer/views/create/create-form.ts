import {
  DEFAULT_CREATOR_APPLICATION,
  MIB_BYTES,
  GIB_BYTES,
  applySizeRule,
  capacityBytes,
  formatSizeApart,
  geometryForSize,
  predictLayout,
  sizeIssues,
  type SizeRule,
} from '../../../src-shared/vhd';
import type { OperationSpec } from '../../../src-shared/ipc';
import { computed, reactive } from 'vue';
import { usePlace } from '../../composables/use-place';
import { t } from '../../i18n';
import type { Fact } from '../../ui';

export const PURPOSES = ['generic', 'hyperv', 'azure', 'virtualpc', 'xen', 'qemu'] as const;
export type Purpose = (typeof PURPOSES)[number];
export type CreateType = 'fixed' | 'dynamic' | 'differencing';

interface Preset {
  readonly type: CreateType;
  readonly rule: SizeRule;
  readonly blockSizeBytes: number;
}

/** What each purpose proposes; everything can be changed in the next step. */
const PRESETS: Readonly<Record<Purpose, Preset>> = {
  generic: { type: 'dynamic', rule: 'exact', blockSizeBytes: 2 * MIB_BYTES },
  hyperv: { type: 'dynamic', rule: 'exact', blockSizeBytes: 2 * MIB_BYTES },
  azure: { type: 'fixed', rule: 'mib', blockSizeBytes: 2 * MIB_BYTES },
  virtualpc: { type: 'dynamic', rule: 'chs', blockSizeBytes: 2 * MIB_BYTES },
  xen: { type: 'dynamic', rule: 'mib', blockSizeBytes: 2 * MIB_BYTES },
  qemu: { type: 'dynamic', rule: 'universal', blockSizeBytes: 2 * MIB_BYTES },
};

/** Block sizes offered: powers of two around the two that Windows makes. */
export const BLOCK_SIZES_BYTES: readonly number[] = [0.5, 1, 2, 4, 8, 16, 32].map((mib) => mib * MIB_BYTES);

/** The state of the Create wizard and everything that follows from it by arithmetic. */
export function useCreateForm(
  initial: Partial<{
    type: CreateType;
    sizeBytes: number;
    blockSizeBytes: number;
    rule: SizeRule;
    creator: string;
  }>,
) {
  const form = reactive({
    purpose: 'generic',
    type: initial.type ?? 'dynamic',
    sizeBytes: initial.sizeBytes ?? 40 * GIB_BYTES,
    /** What the field has against its text, where that is no size. */
    unreadable: null as string | null,
    rule: initial.rule ?? 'exact',
    blockSizeBytes: initial.blockSizeBytes ?? 2 * MIB_BYTES,
    allocate: false,
    parentId: null as string | null,
    parentName: null as string | null,
    sourceId: null as string | null,
    sourceName: null as string | null,
  });
  const where = usePlace('disk.vhd', () => form.sourceId ?? form.parentId);

  function takePurpose(purpose: Purpose): void {
    const { type, rule, blockSizeBytes } = PRESETS[purpose];
    Object.assign(form, { purpose, type, rule, blockSizeBytes });
  }

  const finalBytes = computed(() =>
    form.sizeBytes === null ? null : applySizeRule(form.sizeBytes, form.rule),
  );
  const request = computed(() =>
    finalBytes.value === null || form.type === 'differencing'
      ? null
      : {
          type: form.type,
          sizeBytes: finalBytes.value,
          ...(form.type === 'fixed' ? {} : { blockSizeBytes: form.blockSizeBytes }),
        },
  );
  const layout = computed(() => (request.value ? predictLayout(request.value) : null));
  const issues = computed(() => (request.value ? sizeIssues(request.value) : []));
  /** The geometry that the footer will hold, and how much of the disk it reaches. */
  const geometryFact = computed<Fact | null>(() => {
    const sizeBytes = finalBytes.value;
    if (sizeBytes === null) return null;
    const chs = geometryForSize(sizeBytes);
    const held = capacityBytes(chs);
    return {
      id: 'chs',
      label: t('create.geometry'),
      value: `${chs.cylinders} × ${chs.heads} × ${chs.sectorsPerTrack}`,
      secondary:
        held === sizeBytes
          ? t('create.geometryExact')
          : t('create.geometryHolds', { size: formatSizeApart(held, [sizeBytes]) }),
    };
  });

  const spec = computed<OperationSpec | null>(() => {
    const chosen = where.chosen.value;
    if (!chosen) return null;
    // A child is made by the verb that makes children: size and block size are its parent's.
    if (form.type === 'differencing')
      return form.parentId ? { verb: 'snapshot', fileId: form.parentId, target: chosen.target } : null;
    if (form.sizeBytes === null) return null;
    return {
      verb: 'create',
      ...chosen,
      type: form.type,
      sizeBytes: form.sizeBytes,
      sizeRule: form.rule,
      ...(initial.creator && initial.creator !== DEFAULT_CREATOR_APPLICATION
        ? { creator: initial.creator }
        : {}),
      ...(form.type === 'dynamic'
        ? { blockSizeBytes: form.blockSizeBytes }
        : { allocate: form.allocate ? 'full' : 'sparse' }),
      ...(form.sourceId ? { sourceId: form.sourceId } : {}),
    };
  });

  return { form, where, takePurpose, finalBytes, layout, issues, geometryFact, spec };
}

export type CreateForm = ReturnType<typeof useCreateForm>;
