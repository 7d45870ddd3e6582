import { defineConfig } from '@playwright/test';
import journeys from './playwright.config';

// Figures, not verdicts: a bench prints what it measured and never asserts a time.
export default defineConfig({
  ...journeys,
  testDir: 'bench',
  testMatch: /\.bench\.ts$/,
  timeout: 15 * 60_000,
  reporter: [['line']],
  use: { ...journeys.use, trace: 'off' },
  projects: journeys.projects?.filter((project) => project.name === 'chromium'),
});
