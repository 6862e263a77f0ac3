import { createPinia } from 'pinia';
import { render } from 'vitest-browser-vue';
import type { Component } from 'vue';
import type { Client } from '../../../../src-shared/ipc/client';
import { setClient } from '../../../../src-renderer/api';
import { i18n, setLocale } from '../../../../src-renderer/i18n';
import '../../../../src-renderer/styles/index.css';

/** Mounts a component with fresh stores, real styles and a client of the test's own. */
export function mount(
  component: Component,
  props: Record<string, unknown> = {},
  client: Client | null = null,
) {
  sessionStorage.clear();
  setClient(client);
  setLocale('en');
  return render(component, { props, global: { plugins: [createPinia(), i18n] } });
}
