import type { Component } from 'vue';

/** One line of a menu. An item that cannot run now stays in the menu and says why. */
export type MenuEntry =
  | {
      readonly kind: 'item';
      readonly id: string;
      readonly label: string;
      readonly icon?: Component | undefined;
      readonly shortcut?: string | undefined;
      readonly danger?: boolean;
      readonly checked?: boolean | undefined;
      readonly disabledReason?: string | null | undefined;
      readonly run: () => void;
    }
  | { readonly kind: 'separator'; readonly id: string }
  | { readonly kind: 'label'; readonly id: string; readonly label: string };

/** Reka's parts of one kind of menu: drop-down and context menu have the same ones under other names. */
export interface MenuParts {
  readonly item: Component;
  readonly label: Component;
  readonly separator: Component;
}

/** Runs an item's action, or keeps the menu open where it cannot run. */
export function selectEntry(event: Event, entry: MenuEntry & { kind: 'item' }): void {
  if (entry.disabledReason) event.preventDefault();
  else entry.run();
}
