// As browsers really are: a page that was not touched may not sound. It says so, and one tap is in time (J10).
import { becomeContacts, expect, test } from '../support/test';

test('J10 after a reload the player asks for a tap, claims no sync, and one tap is in time', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await ana.page.getByRole('button', { name: 'Request Jam' }).click();
  await ben.page.getByRole('region', { name: 'Jam request' }).getByRole('button', { name: 'Accept Jam' }).click();
  await ben.page.getByRole('searchbox', { name: /Add tracks/ }).fill('first');
  await ben.page.getByRole('button', { name: 'Add First Light' }).click();
  await expect(ben.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });

  await ana.page.reload();
  const tap = ana.page.getByRole('button', { name: 'Tap to listen' });
  await expect(tap).toBeVisible();
  await expect(ana.page.getByText('In sync')).toHaveCount(0);
  await tap.click();
  await expect(ana.page.getByRole('status').filter({ hasText: 'In sync' })).toBeVisible({ timeout: 20_000 });
  await expect(tap).toHaveCount(0);
});
