import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AppFacts } from '../../src-shared/ipc';
import { TERMINAL_JOB_STATES, type JobSnapshot, type RepairPlan } from '../../src-shared/model';
import { api } from '../api';
import { runCommand } from '../commands/registry';
import { undoChange } from '../components/hex/undo-change';
import { useDisks } from './disks';
import { useErrors } from './errors';
import { useImages } from './images';
import { useJobs } from './jobs';
import { useLeftovers } from './leftovers';
import { useRecents } from './recents';
import { useSettings } from './settings';
import { t, verbName } from '../i18n';
import { notify } from '../ui';
import { useNavigation } from './navigation';

/** Verbs that change a file that may be open. */
const WRITING_VERBS: readonly string[] = [
  'resize',
  'compact',
  'merge',
  'relink',
  'edit',
  'repair',
  'snapshot',
  'undo',
];

/** What this door is, and the wiring of main's events to the stores. Started once, by App. */
export const useSession = defineStore('session', () => {
  const facts = ref<AppFacts | null>(null);
  const isDesktop = computed(() => facts.value?.door === 'desktop');

  /** Says that a job ended, unless its own screen is in front. */
  function tellEnd(job: JobSnapshot): void {
    const { view: here, params } = useNavigation().current;
    const [changedId] = job.changedIds;
    // a repair and its undo are shown by the disk itself
    const isOnDisk =
      ['repair', 'undo'].includes(job.verb) && here === 'disk' && params['fileId'] === changedId;
    const watched =
      isOnDisk ||
      here === job.verb ||
      (here === 'create' && job.verb === 'snapshot') ||
      here === 'jobs' ||
      job.verb === 'check' ||
      (job.verb === 'compare' && here === 'disk' && params['section'] === 'compare');
    if (watched || !['succeeded', 'failed'].includes(job.state)) return;
    const verb = verbName(job.verb);
    const journal = job.verb === 'repair' ? (job.result as RepairPlan | null)?.journal : null;
    const action =
      journal && changedId
        ? { label: t('history.undo'), run: () => void undoChange(changedId, journal) }
        : { label: t('jobs.show'), run: () => useNavigation().go('jobs') };
    if (job.state === 'succeeded') notify('ok', t('jobs.endedWell', { verb }), { action });
    else notify('error', t('jobs.endedBadly', { verb }), { action });
  }

  /** After a job that wrote, what is known of the open disks may be old: read it again. */
  function takeJob(job: JobSnapshot): void {
    const known = useJobs().byId(job.id);
    useJobs().put(job);
    if (!known || !TERMINAL_JOB_STATES.includes(known.state)) tellEnd(job);
    if (job.state !== 'succeeded' || !WRITING_VERBS.includes(job.verb)) return;
    useDisks().open.forEach((disk) => void useImages().reload(disk.id));
  }

  function listen(): void {
    const client = api();
    const disks = useDisks();
    client.on('job.changed', takeJob);
    client.on('settings.changed', (settings) => useSettings().take(settings));
    client.on('recents.changed', () => void useRecents().load());
    client.on('command.run', ({ commandId }) => runCommand(commandId));
    client.on('file.changed', ({ fileId, kind }) => {
      if (kind === 'own') void useImages().reload(fileId);
      else useImages().markChanged(fileId, kind);
    });
    client.on('events.missed', () => void catchUp());
    client.on('files.opened', ({ files }) => files.forEach((file) => disks.show(file)));
  }

  /** Asks anew for all that events tell. */
  async function catchUp(): Promise<void> {
    const { guard } = useErrors();
    await Promise.all([
      guard(() => useSettings().load()),
      guard(() => useJobs().load()),
      guard(() => useRecents().load()),
      ...useDisks().open.map(({ id }) => guard(() => useImages().reload(id))),
    ]);
  }

  async function start(): Promise<void> {
    const errors = useErrors();
    const navigation = useNavigation();
    const place = navigation.stored();
    listen();
    await errors.guard(async () => {
      facts.value = await api().call('app.describe', {});
      const disks = useDisks();
      await disks.restore();
      const { files } = await api().call('files.startup', {});
      const news = files.filter((file) => !disks.isOpen(file.id));
      files.forEach((file) => disks.show(file));
      // A page that was loaded anew goes back to where the person was, unless there is something new to show.
      if (
        place &&
        news.length === 0 &&
        (place.params['fileId'] === undefined || disks.isOpen(place.params['fileId']))
      )
        navigation.go(place.view, place.params);
      navigation.remember();
    });
    await Promise.all([
      errors.guard(() => useSettings().load()),
      errors.guard(() => useJobs().load()),
      errors.guard(() => useRecents().load()),
      errors.guard(() => useLeftovers().load()),
    ]);
  }

  return { facts, isDesktop, start };
});
