// Two members whose pages come to two nodes; one of the nodes dies.
import { Cluster } from '../support/cluster';
import { addToJam, jamQueue, startJam } from '../support/jam';
import { becomeContacts, expect, Member, test } from '../support/test';

const inSync = (member: Member) => expect(member.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 30_000 });

test('J10 a Jam of two nodes is in sync and outlives one of them, and M15 so do messages', async ({ browser, troubles, allowNetworkErrors }) => {
  test.setTimeout(180_000);
  allowNetworkErrors();
  const cluster = await Cluster.start();
  try {
    const [ana, ben] = await Promise.all(['ana', 'ben'].map((name, node) => Member.visit(name, browser, cluster.urls[node], troubles)));
    await ana.signUp();
    await ben.signUp();
    await becomeContacts(ana, ben);
    const says = async (one: Member, text: string) => {
      await one.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await one.page.getByRole('button', { name: 'Send' }).click();
      for (const each of [ana, ben]) await expect(each.page.getByRole('log').getByText(text)).toHaveCount(1);
    };
    await says(ana, 'Are you there?');
    await says(ben, 'On another machine.');

    await startJam(ana, ben);
    await addToJam(ben, 'first', 'First Light');
    await addToJam(ana, 'low', 'Low Water');
    for (const one of [ana, ben]) await inSync(one);

    await cluster.nodes[0].kill();
    await addToJam(ben, 'slack', 'Slack');
    for (const one of [ana, ben]) await expect(jamQueue(one).getByRole('listitem')).toHaveCount(3, { timeout: 30_000 });
    for (const one of [ana, ben]) await inSync(one);
    await ana.player.getByRole('button', { name: 'Next' }).click();
    for (const one of [ana, ben]) await expect(one.player).toContainText('Low Water');
    for (const one of [ana, ben]) await inSync(one);
  } finally {
    await cluster.stop();
  }
});
