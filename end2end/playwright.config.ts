import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

// The system's Chromium; nothing is downloaded.
const chromium = process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
const quiet = [
  '--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'results',
  // Sound and sync need the machine for themselves.
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: /gesture/,
      use: {
        launchOptions: {
          executablePath: chromium,
          args: [...quiet, '--autoplay-policy=no-user-gesture-required'],
        },
      },
    },
    {
      // As browsers with a window are: no sound before a gesture. Headless Chromium is laxer unless it is told.
      name: 'gesture',
      testMatch: /gesture/,
      use: {
        launchOptions: {
          executablePath: chromium,
          args: [...quiet, '--autoplay-policy=document-user-activation-required'],
        },
      },
    },
  ],
});
