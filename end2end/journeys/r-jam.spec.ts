// Two people request, accept and share a Jam (R1 to R4, J5 to J10).
import { addToJam, jamQueue, startJam } from '../support/jam';
import { becomeContacts, expect, Member, openConversation, test } from '../support/test';

const status = (member: Member, words: string) => member.page.getByRole('status').filter({ hasText: words });

test('R3 the acceptor hosts what they play, both hear it in time, and J5 each row says who added it', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await ben.goto('/search?q=first');
  await ben.page.getByRole('button', { name: 'Play First Light' }).click();
  await expect(ben.player.getByRole('button', { name: 'Pause' })).toBeVisible();
  // Within the page, so that the music goes on.
  await ben.page.getByRole('link', { name: 'Messages' }).first().click();
  await ben.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: /Ana/ }).first().click();

  await startJam(ana, ben);
  for (const one of [ana, ben]) {
    await expect(jamQueue(one).getByRole('listitem').filter({ hasText: 'First Light' })).toContainText('Ben');
    await expect(one.page.getByRole('list', { name: 'In this Jam' }).getByRole('listitem')).toHaveCount(2);
    await expect(one.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });
  }

  await addToJam(ana, 'low', 'Low Water');
  await addToJam(ben, 'slack', 'Slack');
  for (const one of [ana, ben]) {
    await expect(jamQueue(one).getByRole('listitem').filter({ hasText: 'Low Water' })).toContainText('Ana');
    await expect(jamQueue(one).getByRole('listitem').filter({ hasText: 'Slack' })).toContainText('Ben');
  }

  await ana.player.getByRole('button', { name: 'Next' }).click();
  for (const one of [ana, ben]) await expect(one.player).toContainText('Low Water');
  await ana.player.getByRole('button', { name: 'Pause' }).click();
  await expect(ben.player.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await ben.player.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('J7 the switch of the host takes control from guests at once, and J6 reorders and removes', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await startJam(ana, ben);
  await addToJam(ben, 'first', 'First Light');
  await addToJam(ana, 'low', 'Low Water');
  await addToJam(ana, 'slack', 'Slack');

  await ana.page.getByRole('button', { name: 'Move Slack up' }).click();
  await expect(jamQueue(ben).getByRole('listitem').nth(1)).toContainText('Slack');
  await ben.page.getByRole('button', { name: 'Remove Low Water' }).click();
  await expect(jamQueue(ana).getByRole('listitem')).toHaveCount(2);

  await ben.page.getByRole('switch', { name: 'Guests control playback' }).click();
  await expect(ana.page.getByRole('button', { name: 'Remove First Light' })).toHaveCount(0);
  await ana.player.getByRole('button', { name: 'Pause' }).click();
  await expect(ana.page.getByRole('alert').filter({ hasText: 'Only the host' })).toBeVisible();
  await expect(ben.player.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('J8 a reload and a second tab come back into the same Jam, and it goes on when the host leaves', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await startJam(ana, ben);
  await addToJam(ben, 'first', 'First Light');
  await expect(ana.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });

  await ana.page.reload();
  await expect(jamQueue(ana).getByRole('listitem')).toHaveCount(1);
  await expect(ana.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });

  const second = await ana.context.newPage();
  await second.goto(ana.page.url());
  await expect(second.getByRole('list', { name: 'Jam queue' }).getByRole('listitem')).toHaveCount(1);

  await ben.page.getByRole('button', { name: 'Leave Jam' }).click();
  await expect(ana.page.getByRole('switch', { name: 'Guests control playback' })).toBeVisible();
  await expect(ana.page.getByRole('list', { name: 'In this Jam' }).getByRole('listitem')).toHaveCount(1);
});

test('R2 a declined request disappears on both sides and starts nothing', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await ana.page.getByRole('button', { name: 'Request Jam' }).click();
  await expect(ana.page.getByRole('region', { name: 'Jam request' })).toContainText('Waiting for Ben');
  await ben.page.getByRole('region', { name: 'Jam request' }).getByRole('button', { name: 'Decline Jam' }).click();
  for (const one of [ana, ben]) await expect(one.page.getByRole('region', { name: 'Jam request' })).toHaveCount(0);
  await expect(ana.page.getByRole('button', { name: 'Request Jam' })).toBeEnabled();
  await openConversation(ana, ben);
});

test('R3 an accepted Jam sounds where it was accepted, though another tab was playing', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  const solo = await ben.context.newPage();
  await solo.goto('/search?q=first');
  await solo.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  await solo.getByRole('button', { name: 'Play First Light' }).click();
  await expect(ben.player).toContainText('First Light');

  await startJam(ana, ben);
  await expect(ben.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });
  await expect(jamQueue(ana).getByRole('listitem').filter({ hasText: 'First Light' })).toBeVisible();
  await expect.poll(() => solo.evaluate(() => [...document.querySelectorAll('audio')].every((audio) => audio.paused))).toBe(true);
});

test('J8 a Jam survives a restart of the server: it sounds again, in time, and goes where it is told', async ({ member, earshot, allowNetworkErrors }) => {
  allowNetworkErrors();
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await startJam(ana, ben);
  await addToJam(ben, 'first', 'First Light');
  await addToJam(ana, 'low', 'Low Water');
  for (const one of [ana, ben]) await expect(status(one, 'In sync')).toBeVisible({ timeout: 20_000 });
  await earshot.kill();
  await earshot.up();
  await addToJam(ben, 'slack', 'Slack');
  await expect(jamQueue(ana).getByRole('listitem')).toHaveCount(3);
  for (const one of [ana, ben]) await expect(status(one, 'In sync')).toBeVisible({ timeout: 20_000 });
  await ana.player.getByRole('button', { name: 'Next' }).click();
  for (const one of [ana, ben]) await expect(one.player).toContainText('Low Water');
  for (const one of [ana, ben]) await expect(status(one, 'In sync')).toBeVisible({ timeout: 20_000 });
});
