import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AppFacts } from '../../src-shared/ipc';
import { api } from '../api';
import { runCommand } from '../commands/registry';
import { useDisks } from './disks';
import { useErrors } from './errors';
import { useImages } from './images';
import { useJobs } from './jobs';
import { useRecents } from './recents';
import { useSettings } from './settings';

/** What this door is, and the wiring of main's events to the stores. Started once, by App. */
export const useSession = defineStore('session', () => {
  const facts = ref<AppFacts | null>(null);
  const isDesktop = computed(() => facts.value?.door === 'desktop');

  function listen(): void {
    const client = api();
    const disks = useDisks();
    client.on('job.changed', (job) => useJobs().put(job));
    client.on('settings.changed', (settings) => useSettings().take(settings));
    client.on('recents.changed', () => void useRecents().load());
    client.on('command.run', ({ commandId }) => runCommand(commandId));
    client.on('file.changed', ({ fileId, kind }) => useImages().markChanged(fileId, kind));
    client.on('files.opened', ({ files }) => files.forEach((file) => disks.show(file)));
  }

  async function start(): Promise<void> {
    const errors = useErrors();
    listen();
    await errors.guard(async () => {
      facts.value = await api().call('app.describe', {});
      const { files } = await api().call('files.startup', {});
      files.forEach((file) => useDisks().show(file));
    });
    await Promise.all([
      errors.guard(() => useSettings().load()),
      errors.guard(() => useJobs().load()),
      errors.guard(() => useRecents().load()),
    ]);
  }

  return { facts, isDesktop, start };
});
