import {
  Fingerprint,
  GitBranchPlus,
  Boxes,
  Cloud,
  Copy,
  FolderOpen,
  GitMerge,
  Maximize2,
  RefreshCw,
  Shrink,
  Stethoscope,
  Terminal,
} from '@lucide/vue';
import { computed, type Component, type Ref } from 'vue';
import { api } from '../api';
import { t, type MessageKey } from '../i18n';
import { useDisks } from '../stores/disks';
import { useErrors } from '../stores/errors';
import { useImages } from '../stores/images';
import { useJobs } from '../stores/jobs';
import { useNavigation, type ViewName } from '../stores/navigation';
import { useSession } from '../stores/session';
import { copyText } from '../ui';

export interface DiskAction {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon: Component;
  readonly disabledReason: string | null;
  readonly run: () => void;
}

/** Everything that can be done with an open disk, with the reason where it cannot. `verbs` first, then the rest. */
export function useDiskActions(
  fileId: Ref<string>,
  show: { readonly attach: () => void; readonly child: () => void },
) {
  const images = useImages();
  const disks = useDisks();
  const errors = useErrors();
  const navigation = useNavigation();
  const session = useSession();

  const info = computed(() => images.stateOf(fileId.value).info);
  /** Why there are no facts to go by. */
  const notReady = computed(() => {
    if (info.value) return null;
    const isUnreadable = images.stateOf(fileId.value).infoError !== null;
    return t(isUnreadable ? 'disk.actions.unreadable' : 'disk.actions.notReady');
  });
  const path = computed(
    () => info.value?.path ?? disks.open.find(({ id }) => id === fileId.value)?.displayPath ?? '',
  );
  const verb = (
    id: ViewName,
    label: MessageKey,
    hint: MessageKey,
    icon: Component,
    reason: string | null,
  ): DiskAction => ({
    id,
    label: t(label),
    hint: t(hint),
    icon,
    disabledReason: notReady.value ?? reason,
    run: () => navigation.go(id, { fileId: fileId.value }),
  });

  const verbs = computed<DiskAction[]>(() => {
    const type = info.value?.type ?? null;
    const broken = (info.value?.health.errors ?? 0) > 0;
    return [
      {
        id: 'check',
        label: t('disk.actions.check'),
        hint: t(broken ? 'disk.hints.repair' : 'disk.hints.check'),
        icon: Stethoscope,
        disabledReason: null,
        run: () => {
          const disk = disks.open.find((candidate) => candidate.id === fileId.value);
          if (disk) disks.show(disk, 'check');
        },
      },
      verb('convert', 'disk.actions.convert', 'disk.hints.convert', Boxes, null),
      verb('resize', 'disk.actions.resize', 'disk.hints.resize', Maximize2, null),
      verb(
        'compact',
        'disk.actions.compact',
        'disk.hints.compact',
        Shrink,
        type === 'fixed' ? t('disk.actions.compactFixed') : null,
      ),
      verb(
        'merge',
        'disk.actions.merge',
        'disk.hints.merge',
        GitMerge,
        type === 'differencing' ? null : t('disk.actions.mergeOnlyChild'),
      ),
      verb('azure', 'disk.actions.azure', 'disk.hints.azure', Cloud, null),
    ];
  });

  async function startHash(): Promise<void> {
    const jobId = await errors.guard(() => useJobs().start({ verb: 'hash', fileId: fileId.value }));
    if (jobId) navigation.go('jobs');
  }

  const others = computed<DiskAction[]>(() => [
    {
      id: 'child',
      label: t('disk.actions.child'),
      icon: GitBranchPlus,
      disabledReason: notReady.value,
      run: show.child,
    },
    {
      id: 'hash',
      label: t('disk.actions.hash'),
      icon: Fingerprint,
      disabledReason: notReady.value,
      run: () => void startHash(),
    },
    { id: 'attach', label: t('disk.actions.attach'), icon: Terminal, disabledReason: null, run: show.attach },
    {
      id: 'copyPath',
      label: t('disk.actions.copyPath'),
      icon: Copy,
      disabledReason: null,
      run: () => void copyText(path.value),
    },
    {
      id: 'reveal',
      label: t('disk.actions.reveal'),
      icon: FolderOpen,
      disabledReason: session.isDesktop ? null : t('disk.actions.desktopOnly'),
      run: () => void errors.guard(() => api().call('files.reveal', { fileId: fileId.value })),
    },
    {
      id: 'reload',
      label: t('disk.actions.reload'),
      icon: RefreshCw,
      disabledReason: null,
      run: () => void images.load(fileId.value),
    },
  ]);

  return { verbs, others };
}
