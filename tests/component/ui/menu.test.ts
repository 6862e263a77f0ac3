import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { defineComponent, h } from 'vue';
import { UiButton, UiMenu } from '../../../src-renderer/ui';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

describe('a menu', () => {
  test('tells of what cannot run now, dims it, says why, and stays open', async () => {
    const ran: string[] = [];
    const item = (id: string, disabledReason: string | null) => ({
      kind: 'item' as const,
      id,
      label: id,
      disabledReason,
      run: () => void ran.push(id),
    });
    const entries = [item('Resize', null), item('Merge', 'It has no parent')];
    const menu = defineComponent(() => () => h(UiMenu, { entries }, () => h(UiButton, () => 'Actions')));
    const screen = await mount(menu, {}, loopback({}));
    await screen.getByRole('button', { name: 'Actions' }).click();
    const can = screen.getByRole('menuitem', { name: 'Resize' });
    const cannot = screen.getByRole('menuitem', { name: /^Merge/ });
    await expect.element(cannot).toHaveAttribute('aria-disabled', 'true');
    await expect.element(can).not.toHaveAttribute('aria-disabled');
    await expect.element(cannot).toHaveTextContent('It has no parent');
    expect(getComputedStyle(cannot.element()).color).not.toBe(getComputedStyle(can.element()).color);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await expect.element(cannot).toBeVisible();
    expect(ran).toEqual([]);
    await userEvent.keyboard('{ArrowUp}{Enter}');
    expect(ran).toEqual(['Resize']);
    await expect.element(cannot).not.toBeInTheDocument();
  });
});
