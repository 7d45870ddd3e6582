// What journeys do in a Jam.
import { expect, Member } from './test';

// The list "Jam queue".
export const jamQueue = (member: Member) => member.page.getByRole('list', { name: 'Jam queue' });

// One asks from the conversation that both have open, the other accepts; both end in the Jam.
export async function startJam(asks: Member, accepts: Member) {
  await asks.page.getByRole('button', { name: 'Request Jam' }).click();
  await accepts.page.getByRole('region', { name: 'Jam request' }).getByRole('button', { name: 'Accept Jam' }).click();
  for (const member of [asks, accepts]) {
    await expect(member.page.getByRole('heading', { name: 'Jam', exact: true })).toBeVisible();
  }
}

// Finds a track by these words and adds it.
export async function addToJam(member: Member, words: string, title: string) {
  await member.page.getByRole('searchbox', { name: /Add tracks/ }).fill(words);
  await member.page.getByRole('button', { name: `Add ${title}` }).click();
  await expect(jamQueue(member).getByRole('listitem').filter({ hasText: title })).toBeVisible();
}
