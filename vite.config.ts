import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The renderer, one build for both doors (desktop and browser): out/renderer.

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Matches the header the hosts send, so that a violation shows up while developing. */
const DEV_CSP = [
  "default-src 'none'",
  "script-src 'self' 'nonce-dev'",
  "style-src 'self' 'nonce-dev'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export default defineConfig(({ command }) => ({
  root: at('src-renderer'),
  // Relative addresses: the desktop serves app://, the browser door http://127.0.0.1.
  base: './',
  cacheDir: at('node_modules/.vite/renderer'),
  // The host replaces the placeholder by a fresh nonce in every page it serves.
  html: { cspNonce: command === 'serve' ? 'dev' : '__CSP_NONCE__' },
  plugins: [vue(), tailwind()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  },
  server: { headers: { 'Content-Security-Policy': DEV_CSP } },
  build: {
    // Chromium 108 is the runtime of the desktop tests (Electron 22); see CONTRIBUTING.
    target: 'chrome108',
    cssTarget: 'chrome108',
    cssMinify: 'lightningcss' as const,
    outDir: at('out/renderer'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Inlined assets would need data: in font-src and script-src.
    assetsInlineLimit: 0,
  },
}));
