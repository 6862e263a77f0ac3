import { FolderOpen, FolderSearch, Lightbulb, Plus } from '@lucide/vue';
import type { useOpen } from '../composables/use-open';
import { t } from '../i18n';
import { useNavigation } from '../stores/navigation';
import type { Command } from './registry';

/** What can be begun from anywhere. */
export function appCommands(opener: ReturnType<typeof useOpen>): Command[] {
  const navigation = useNavigation();
  return [
    {
      id: 'file.open',
      group: 'file',
      title: () => t('shell.commands.open'),
      icon: FolderOpen,
      shortcut: 'Mod+O',
      run: () => void opener.openImages(),
    },
    {
      id: 'file.scan',
      group: 'file',
      title: () => t('shell.commands.scan'),
      icon: FolderSearch,
      shortcut: 'Mod+Shift+O',
      run: () => void opener.scanFolder(),
    },
    {
      id: 'make.create',
      group: 'make',
      title: () => t('shell.commands.create'),
      icon: Plus,
      shortcut: 'Alt+N',
      run: () => navigation.go('create'),
    },
    {
      id: 'file.guide',
      group: 'file',
      title: () => t('shell.commands.guide'),
      icon: Lightbulb,
      run: () => navigation.go('guide'),
    },
  ];
}
