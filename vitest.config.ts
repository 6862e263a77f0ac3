import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumLaunchOptions } from './build/scripts/chromium.mjs';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['tests/{unit,property,crash,fuzz,oracle,corpus,toolchain}/**/*.test.ts'],
          // Windows' own Node under Wine is brought by a person, who names it; without it this is no test that was skipped.
          exclude: process.env['PLATTER_WINDOWS_NODE'] === undefined ? ['tests/oracle/windows.test.ts'] : [],
          environment: 'node',
          pool: 'forks',
          // Oracles are other programs and a machine may be busy; a hang is still caught.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'package',
          include: ['tests/package/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        plugins: [vue(), tailwind()],
        // Named, so that a cold cache does not reload the page in the middle of a test.
        optimizeDeps: {
          include: [
            'vue',
            'pinia',
            'reka-ui',
            '@lucide/vue',
            '@tanstack/vue-virtual',
            'vue-i18n',
            'vue-sonner',
            'valibot',
            'vitest-browser-vue',
            'axe-core',
          ],
        },
        test: {
          name: 'browser',
          include: ['tests/component/**/*.test.ts'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
