// Two people become contacts and write to each other (M1 to M4, M8, M14, M15).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomeContacts, expect, Member, openConversation, test } from '../support/test';

const log = (member: Member) => member.page.getByRole('log', { name: 'Messages' });

async function say(member: Member, text: string) {
  await member.page.getByRole('textbox', { name: 'Message' }).fill(text);
  await member.page.getByRole('button', { name: 'Send' }).click();
}

test('M4 an invite link leads a visitor through sign-up to the question, and M3 acceptance opens the chat', async ({ member, visitor }) => {
  const ana = await member('ana');
  await ana.goto('/messages');
  await ana.page.getByRole('button', { name: 'New invite link' }).click();
  const link = await ana.page.getByRole('textbox', { name: 'Invite link' }).inputValue();

  const ben = await visitor('ben');
  await ben.goto(new URL(link).pathname);
  await expect(ben.page.getByText('Ana').first()).toBeVisible();
  await ben.page.getByRole('link', { name: /Create|Sign up/ }).first().click();
  await ben.fillSignUp();
  await ben.page.getByRole('button', { name: 'Ask to chat' }).click();

  const requests = ana.page.getByRole('list', { name: 'Requests' });
  await expect(requests).toContainText('Ben');
  await requests.getByRole('button', { name: 'Accept' }).click();
  await openConversation(ana, ben);
  await openConversation(ben, ana);
});

test('M1 without a relation nobody is found and nothing is sent', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  const eve = await member('eve');
  await becomeContacts(ana, ben);
  const between = new URL(ana.page.url()).pathname;

  await eve.goto('/search?q=ana');
  await expect(eve.page.getByText('Nothing here for')).toBeVisible();
  await expect(eve.page.getByRole('link', { name: 'Ana' })).toHaveCount(0);
  expect(await (await eve.page.request.get(between)).text()).toContain('not one of yours');

  // Past the page, with the id of a conversation that exists: to write, to read, to ask for a Jam.
  const conversation = between.split('/').pop()!;
  const post = (name: string, form: Record<string, string>) => eve.page.request.post(`/api/${name}`, { form, headers: { origin: eve.home } });
  expect((await post('send_message', { id: '01890000-0000-7000-8000-000000000001', conversation, text: 'let me in' })).status()).toBe(404);
  expect((await post('open_conversation', { id: conversation })).status()).toBe(404);
  expect((await post('request_jam', { id: '01890000-0000-7000-8000-000000000002', conversation })).status()).toBe(404);
  await say(ana, 'just us');
  await expect(log(ben)).toContainText('just us');
  await expect(ben.page.getByText('let me in')).toHaveCount(0);
});

test('M8 messages and track cards pass at once, in one order for both', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);

  await say(ana, 'Hello Ben <b>not bold</b>');
  await expect(log(ben).getByRole('article').last()).toContainText('Hello Ben <b>not bold</b>');
  for (let n = 1; n <= 5; n++) {
    await say(ana, `from ana ${n}`);
    await say(ben, `from ben ${n}`);
  }
  await expect(log(ana).getByRole('article')).toHaveCount(11);
  await expect(log(ben).getByRole('article')).toHaveCount(11);
  const texts = async (member: Member) => (await log(member).getByRole('article').allInnerTexts()).map((text) => /from \w+ \d|Hello/.exec(text)?.[0]);
  expect(await texts(ana)).toEqual(await texts(ben));

  await ana.goto('/search?q=slack');
  await ana.page.getByRole('button', { name: 'More for Slack' }).click();
  await ana.page.getByRole('menuitem', { name: 'Share' }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: /Ben/ }).click();
  await expect(log(ben).getByRole('article').last()).toContainText('Slack');
  await log(ben).getByRole('button', { name: 'Play Slack' }).click();
  await expect(ben.player).toContainText('Slack');
});

test('M8 an empty or too long message is refused with a sentence and nothing is lost', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);

  await say(ana, 'x'.repeat(2_001));
  await expect(ana.page.getByRole('alert').first()).toContainText('2000 characters');
  await expect(ana.page.getByRole('textbox', { name: 'Message' })).toHaveValue(/x{2001}/);
  await say(ana, '   ');
  await expect(log(ana).getByRole('article')).toHaveCount(0);
});

test('M15 a server killed between send and acknowledgement loses nothing and doubles nothing', async ({ member, earshot, allowNetworkErrors }) => {
  allowNetworkErrors();
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);

  for (let round = 0; round < 4; round++) {
    await say(ana, `before ${round}`);
    if (round % 2) await ana.page.waitForTimeout(30 * round);
    await earshot.kill();
    await say(ana, `while down ${round}`);
    await earshot.up();
  }

  const expected = [0, 1, 2, 3].flatMap((round) => [`before ${round}`, `while down ${round}`]);
  const seen = async (member: Member) =>
    (await log(member).getByRole('article').allInnerTexts()).map((text) => /(before|while down) \d/.exec(text)?.[0]);
  await expect.poll(() => seen(ana), { timeout: 60_000 }).toEqual(expected);
  await expect.poll(() => seen(ben), { timeout: 60_000 }).toEqual(expected);
  await expect(ana.page.getByText('Sending')).toHaveCount(0);

  await openConversation(ben, ana);
  expect(await seen(ben)).toEqual(expected);
});

test('M14 no message text is readable in the data folder', async ({ member, earshot }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await say(ana, 'the quinces are ripe behind the mill');
  await expect(log(ben).getByRole('article').last()).toContainText('quinces');

  const files = readdirSync(earshot.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map((file) => readFileSync(join(file.parentPath, file.name)));
  expect(bytes.some((file) => file.includes('quinces are ripe'))).toBe(false);
  expect(bytes.some((file) => file.includes('Tide Tables')), 'the search of this test must be able to find').toBe(true);
});
