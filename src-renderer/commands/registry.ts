import { computed, shallowReactive, type Component } from 'vue';

export const COMMAND_GROUPS = ['go', 'file', 'make', 'disk', 'view', 'help', 'develop'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** Something a person can do from anywhere. Palette, shortcut sheet, buttons and the native menu all read this. */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  /** A function, so that the language can change. */
  readonly title: () => string;
  readonly icon?: Component | undefined;
  /** Such as `Mod+K`; `Mod` is Command on a Mac and Control elsewhere. */
  readonly shortcut?: string | undefined;
  /** Null when it can run now, else why not. */
  readonly disabledReason?: () => string | null;
  readonly run: () => void;
}

const commands = shallowReactive(new Map<string, Command>());

/** Adds commands; gives a function that takes them away again (call it when the screen goes). */
export function registerCommands(list: readonly Command[]): () => void {
  for (const command of list) commands.set(command.id, command);
  return () => {
    for (const command of list) if (commands.get(command.id) === command) commands.delete(command.id);
  };
}

/** Every command there is now, in the order of the groups. */
export const allCommands = computed(() =>
  [...commands.values()].sort((a, b) => COMMAND_GROUPS.indexOf(a.group) - COMMAND_GROUPS.indexOf(b.group)),
);

/** Runs a command if it can run; gives whether it did. */
export function runCommand(id: string): boolean {
  const command = commands.get(id);
  if (!command || command.disabledReason?.()) return false;
  command.run();
  return true;
}

/** The shortcut of a command, for tips and buttons. */
export function shortcutOf(id: string): string | undefined {
  return commands.get(id)?.shortcut;
}
