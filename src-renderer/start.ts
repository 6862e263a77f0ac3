import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n';
import { useErrors } from './stores/errors';
import { useNavigation } from './stores/navigation';
import { ScreenNotLoaded } from './views/registry';

/** Makes the page. */
export function start(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  const app = createApp(App, nonce ? { nonce } : {});
  app.use(createPinia()).use(i18n);

  const errors = useErrors();
  app.config.errorHandler = (error) => {
    // Said in the place of the screen already.
    if (!(error instanceof ScreenNotLoaded)) errors.show(error);
  };
  window.addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    errors.show(event.reason);
  });
  // A file dropped beside a drop target must not replace the page.
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => event.preventDefault());

  if (import.meta.env.DEV && new URLSearchParams(location.search).has('gallery'))
    useNavigation().go('gallery');

  app.mount('#app');
}
