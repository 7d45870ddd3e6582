// The demo, as somebody alone meets it: music that composes itself, one click to enter, and Mira.
import { Earshot } from '../support/earshot';
import { expect, Member, test } from '../support/test';

test('the demo shows everything to one person alone', async ({ browser, troubles }) => {
  test.setTimeout(240_000);
  const demo = await Earshot.start([]);
  const ana = await Member.visit('ana', browser, demo.url, troubles);
  await ana.goto('/');
  await ana.page.getByRole('button', { name: 'Enter as Ana' }).click();
  await expect(ana.player).toBeVisible();

  // She plays as soon as the first track is composed, and her activity is on.
  await ana.goto('/messages');
  await ana.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: /Mira/ }).click();
  const activity = ana.page.getByRole('region', { name: 'Listening activity' });
  await expect(activity).toContainText('Now playing', { timeout: 120_000 });

  await ana.page.getByRole('textbox', { name: 'Message' }).fill('Hello Mira');
  await ana.page.getByRole('button', { name: 'Send' }).click();
  const log = ana.page.getByRole('log', { name: 'Messages' });
  await expect(log).toContainText('Hello Mira');
  const said = await log.getByRole('article').count();
  await expect.poll(() => log.getByRole('article').count(), { timeout: 20_000 }).toBeGreaterThan(said);

  await ana.page.getByRole('button', { name: 'Request Jam' }).click();
  await expect(ana.page.getByRole('list', { name: 'In this Jam' }).getByRole('listitem')).toHaveCount(2, { timeout: 20_000 });
  await expect(ana.page.getByRole('list', { name: 'Jam queue' }).getByRole('listitem').first()).toBeVisible();
  await expect(ana.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 30_000 });
  await ana.page.getByRole('button', { name: 'Leave Jam' }).click();

  await ana.goto('/library');
  await expect(ana.page.getByText(/Ines Varrow|Lantern Street|Kilo Tanager/).first()).toBeVisible();
  await ana.context.close();
  await demo.stop();
});
