import { expect, test } from 'vitest';
import ChecksumCalculator from '../../../src-renderer/views/calculators/ChecksumCalculator.vue';
import SizeField from '../../../src-renderer/ui/SizeField.vue';
import { mount } from './support/mount';

test('the checksum calculator takes hyphens between bytes, and no minus sign for a digit', async () => {
  const screen = await mount(ChecksumCalculator, { modelValue: null });
  const field = screen.getByRole('textbox');
  await field.fill(Array.from({ length: 512 }, () => 'ab').join('-'));
  await expect.element(screen.getByText('Calculated', { exact: true })).toBeVisible();
  await field.fill(`-${'ab'.repeat(512)}`);
  await expect.element(screen.getByText('Only hexadecimal digits, spaces and line breaks')).toBeVisible();
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
});

test('a size that was emptied says what it needs; one that was never touched does not', async () => {
  const screen = await mount(SizeField, { modelValue: null, label: 'Size' });
  const field = screen.getByRole('textbox', { name: 'Size' });
  await expect.element(field).not.toHaveAttribute('aria-invalid');
  await field.fill('4');
  await field.fill('');
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  await expect.element(screen.getByText(/Give a size/)).toBeVisible();
});
