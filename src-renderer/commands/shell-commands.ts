import {
  ArrowLeft, ArrowRight, Calculator, CircleQuestionMark, Command as CommandIcon, Files, HardDrive, House, History, Languages,
  ListTodo, Moon, PanelLeft, PanelRight, Settings, SwatchBook, Waypoints, X,
} from '@lucide/vue'; // prettier-ignore
import { i18n, setLocale, t } from '../i18n';
import { useDisks } from '../stores/disks';
import { useNavigation, type ViewName } from '../stores/navigation';
import { useErrors } from '../stores/errors';
import { usePreferences } from '../stores/preferences';
import { useSettings } from '../stores/settings';
import type { Command } from './registry';

/** The commands of the window itself. `open` shows the palette or the shortcut sheet. */
export function shellCommands(open: (what: 'palette' | 'shortcuts') => void): Command[] {
  const navigation = useNavigation();
  const preferences = usePreferences();
  const disks = useDisks();
  const go = (id: string, view: ViewName, title: () => string, icon: Command['icon'], shortcut: string): Command => ({
    id, group: 'go', title, icon, shortcut, run: () => navigation.go(view),
  }); // prettier-ignore
  const needsTab = (): string | null => (disks.open.length ? null : t('shell.commands.noTab'));

  const commands: Command[] = [
    go('go.home', 'home', () => t('shell.commands.goHome'), House, 'Mod+1'),
    {
      id: 'go.disks',
      group: 'go',
      title: () => t('shell.commands.goDisks'),
      icon: HardDrive,
      shortcut: 'Mod+2',
      run: () => disks.showLast(),
    },
    go('go.chains', 'chains', () => t('shell.commands.goChains'), Waypoints, 'Mod+3'),
    go('go.jobs', 'jobs', () => t('shell.commands.goJobs'), ListTodo, 'Mod+4'),
    go('go.calculators', 'calculators', () => t('shell.commands.goCalculators'), Calculator, 'Mod+5'),
    go('go.history', 'history', () => t('shell.commands.goHistory'), History, 'Mod+6'),
    go('go.settings', 'settings', () => t('shell.commands.goSettings'), Settings, 'Mod+,'),
    {
      id: 'back',
      group: 'go',
      title: () => t('shell.commands.back'),
      icon: ArrowLeft,
      shortcut: 'Alt+ArrowLeft',
      disabledReason: () => (navigation.canGoBack ? null : t('shell.commands.noBack')),
      run: () => navigation.back(),
    },
    {
      id: 'forward',
      group: 'go',
      title: () => t('shell.commands.forward'),
      icon: ArrowRight,
      shortcut: 'Alt+ArrowRight',
      disabledReason: () => (navigation.canGoForward ? null : t('shell.commands.noForward')),
      run: () => navigation.forward(),
    },
    {
      id: 'disk.close',
      group: 'disk',
      title: () => t('shell.commands.closeTab'),
      icon: X,
      shortcut: 'Alt+W',
      disabledReason: () => (disks.currentId ? null : t('shell.commands.noTab')),
      run: () => disks.currentId && disks.close(disks.currentId),
    },
    {
      id: 'disk.next',
      group: 'disk',
      title: () => t('shell.commands.nextTab'),
      icon: Files,
      shortcut: 'Alt+PageDown',
      disabledReason: needsTab,
      run: () => disks.step(1),
    },
    {
      id: 'disk.previous',
      group: 'disk',
      title: () => t('shell.commands.previousTab'),
      icon: Files,
      shortcut: 'Alt+PageUp',
      disabledReason: needsTab,
      run: () => disks.step(-1),
    },
    { id: 'palette', group: 'view', title: () => t('shell.commands.palette'), icon: CommandIcon, shortcut: 'Mod+K', run: () => open('palette') },
    { id: 'theme', group: 'view', title: () => t('shell.commands.themeNext'), icon: Moon, shortcut: 'Alt+T', run: () => {
        preferences.nextTheme();
        void useErrors().guard(() => useSettings().change({ theme: preferences.theme }));
      } },
    { id: 'context', group: 'view', title: () => t('shell.commands.context'), icon: PanelRight, shortcut: 'Mod+Shift+D', run: () => (preferences.contextShown = !preferences.contextShown) },
    { id: 'rail', group: 'view', title: () => t('shell.commands.rail'), icon: PanelLeft, shortcut: 'Mod+B', run: () => (preferences.railWide = !preferences.railWide) },
    { id: 'shortcuts', group: 'help', title: () => t('shell.commands.shortcuts'), icon: CircleQuestionMark, shortcut: '?', run: () => open('shortcuts') },
  ]; // prettier-ignore

  if (import.meta.env.DEV) {
    commands.push(
      { id: 'dev.gallery', group: 'develop', title: () => t('shell.commands.gallery'), icon: SwatchBook, run: () => navigation.go('gallery') },
      { id: 'dev.pseudo', group: 'develop', title: () => t('shell.commands.pseudo'), icon: Languages, run: () => setLocale(i18n.global.locale.value === 'pseudo' ? 'en' : 'pseudo') },
    ); // prettier-ignore
  }
  return commands;
}
