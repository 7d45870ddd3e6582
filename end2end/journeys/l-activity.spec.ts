// One shares what they play; the other sees it at once, in both places, until it is switched off (L1 to L10).
import { becomeContacts, capital, expect, Member, test } from '../support/test';

const region = (member: Member) => member.page.getByRole('region', { name: 'Listening activity' });

async function share(member: Member, on: boolean) {
  const page = await member.context.newPage();
  await page.goto('/settings/privacy');
  await page.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  const toggle = page.getByRole('switch', { name: 'Listening activity' });
  await expect(toggle).toHaveAttribute('aria-checked', String(!on));
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-checked', String(on));
  await page.close();
}

async function sayFromAnotherTab(who: Member, to: Member, text: string) {
  const page = await who.context.newPage();
  await page.goto('/messages');
  await page.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: new RegExp(capital(to.name)) }).first().click();
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('log', { name: 'Messages' })).toContainText(text);
  await page.close();
}

async function play(member: Member, words: string, title: string) {
  await member.goto('/search?q=' + words);
  await member.page.getByRole('button', { name: `Play ${title}` }).click();
  await expect(member.player.getByRole('button', { name: 'Pause' })).toBeVisible();
}

test('L1 nothing is shared until it is switched on, and L6 play, pause, skip and seek show at once', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);

  // From its album, which lists it first. Among equal finds a search lists first what the scan stored first, and its two
  // workers race: where First Light came last, Next ended the queue.
  await ana.goto('/library');
  await ana.page.getByRole('link', { name: /Tide Tables/ }).first().click();
  await ana.page.getByRole('button', { name: 'Play First Light' }).click();
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();

  // A message that comes after the report of what plays: had that been shared, it would be here by now.
  await sayFromAnotherTab(ana, ben, 'psst');
  await expect(ben.page.getByRole('log', { name: 'Messages' })).toContainText('psst');
  await expect(ben.page.getByText('First Light')).toHaveCount(0);

  await share(ana, true);
  await expect(region(ben)).toContainText('First Light');
  await expect(region(ben)).toContainText('Hana Mori');
  await expect(region(ben)).toContainText('Now playing');

  await ana.player.getByRole('button', { name: 'Pause' }).click();
  await expect(region(ben)).toContainText('Paused');
  await ana.player.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(region(ben)).toContainText('Now playing');
  await ana.player.getByRole('button', { name: 'Next' }).click();
  await expect(region(ben)).toContainText('Low Water');

  const list = await ben.context.newPage();
  await list.goto('/messages');
  const row = list.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: 'Ana' });
  await expect(row).toContainText('Low Water');

  await share(ana, false);
  await expect(row).not.toContainText('Low Water');
  await expect(ben.page.getByText('Low Water')).toHaveCount(0);
});

test('L3 who does not share sees others all the same', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana, true);
  await play(ben, 'slack', 'Slack');
  await play(ana, 'low', 'Low Water');
  await ben.page.goto('/messages');
  await expect(ben.page.getByRole('list', { name: 'Conversations' })).toContainText('Low Water');
  await sayFromAnotherTab(ben, ana, 'psst');
  await ana.goto('/messages');
  await expect(ana.page.getByRole('list', { name: 'Conversations' })).toContainText('psst');
  await expect(ana.page.getByRole('list', { name: 'Conversations' })).not.toContainText('Slack');
});

test('L5 a reload that silences the player is not shown as playing', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana, true);
  await play(ana, 'slack', 'Slack');
  await expect(region(ben)).toContainText('Now playing');
  await ana.page.reload();
  await expect(region(ben)).toContainText('Paused');
});

test('L5 a queue that is over is not shown as paused', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana, true);
  await play(ana, 'short', 'Short One');
  await expect(region(ben)).toContainText('Now playing');
  await ana.player.getByRole('button', { name: 'Next' }).click();
  // It did not sound for long enough to be what was played last.
  await expect(ben.page.getByText('Nothing to see of what Ana plays.')).toBeVisible();
});

test('L9 a reaction floats in on both sides, and goes with the track', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana, true);
  const listener = await ana.context.newPage();
  await listener.goto('/search?q=slack');
  await listener.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  await listener.getByRole('button', { name: 'Play Slack' }).click();

  await expect(region(ben)).toContainText('Slack');
  await region(ben).getByRole('button', { name: 'React' }).click();
  await ben.page.getByRole('menuitem', { name: /🔥/ }).click();
  await expect(ana.page.getByText('🔥').first()).toBeVisible();
  await expect(ben.page.getByText('🔥').first()).toBeVisible();

  await listener.goto('/search?q=last');
  await listener.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  await listener.getByRole('button', { name: 'Play Last Stop' }).click();
  await expect(region(ben)).toContainText('Last Stop');
  for (const one of [ana, ben]) await expect(one.page.getByText('🔥')).toHaveCount(0);
});

test('L7 play this plays the same track here', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana, true);
  await play(ana, 'last', 'Last Stop');
  await region(ben).getByRole('button', { name: 'Play this' }).click();
  await expect(ben.player).toContainText('Last Stop');
});
