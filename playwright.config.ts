import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './build/scripts/chromium.mjs';

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  // A test that passes only sometimes is a broken test.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'e2e',
      testMatch: 'e2e/**/*.spec.ts',
      outputDir: 'test-results/e2e',
      use: {
        browserName: 'chromium',
        launchOptions: chromiumLaunchOptions(),
        viewport: { width: 1280, height: 800 },
      },
    },
    {
      name: 'desktop',
      testMatch: 'desktop/**/*.spec.ts',
      outputDir: 'test-results/desktop',
      // Room for a program that is started a second time.
      timeout: 90_000,
    },
  ],
});
