// What journeys are written with: a server, and members who each have a browser context of their own.
// A page error or an error in the console fails the journey.
import { type Browser, type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { Earshot } from './earshot';

export { expect };

// Errors that a journey causes on purpose, such as a killed server.
const NETWORK = /net::ERR_|WebSocket connection to/;

export class Member {
  private constructor(readonly name: string, readonly context: BrowserContext, readonly page: Page, readonly home: string) {}

  // Someone with a browser but no account.
  static async visit(name: string, browser: Browser, url: string, troubles: string[], options = {}): Promise<Member> {
    const context = await browser.newContext({ baseURL: url, ...options });
    context.on('page', (page) => watch(name, page, troubles));
    return new Member(name, context, await context.newPage(), url);
  }

  async goto(path: string) {
    await this.page.goto(path);
    await hydrated(this.page);
  }

  // Fills the form that is shown and submits it.
  async fillSignUp(born = '1990-05-17') {
    const { page } = this;
    await page.getByRole('textbox', { name: 'Username' }).fill(this.name);
    await page.getByRole('textbox', { name: 'Display name' }).fill(capital(this.name));
    await page.getByLabel('Password', { exact: true }).fill(`${this.name} has a secret`);
    await page.getByLabel('Date of birth').fill(born);
    await page.getByLabel('Country').selectOption('DE');
    await page.getByRole('button', { name: 'Create account' }).click();
  }

  async signUp(born?: string) {
    await this.goto('/signup');
    await this.fillSignUp(born);
    await expect(this.page.getByRole('region', { name: 'Player' })).toBeVisible();
    await hydrated(this.page);
  }

  get player() {
    return this.page.getByRole('region', { name: 'Player' });
  }
}

// The page answers to clicks.
export async function hydrated(page: Page) {
  await page.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
}

export const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

function watch(name: string, page: Page, troubles: string[]) {
  page.on('pageerror', (error) => troubles.push(`${name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`${name}: ${message.text()}`);
  });
}

interface Journey {
  earshot: Earshot;
  // A visitor with a browser context of their own.
  visitor: (name: string, options?: object) => Promise<Member>;
  // A member who has just signed up.
  member: (name: string) => Promise<Member>;
  // Journeys that cut the network say so.
  allowNetworkErrors: () => void;
}

export const test = base.extend<Journey & { troubles: string[]; tolerant: { network: boolean } }>({
  tolerant: async ({}, use) => use({ network: false }),
  troubles: async ({ tolerant }, use) => {
    const troubles: string[] = [];
    await use(troubles);
    expect(troubles.filter((trouble) => !(tolerant.network && NETWORK.test(trouble)))).toEqual([]);
  },
  allowNetworkErrors: async ({ tolerant }, use) => use(() => void (tolerant.network = true)),
  earshot: async ({}, use) => {
    const earshot = await Earshot.start();
    await use(earshot);
    await earshot.stop();
  },
  visitor: async ({ browser, earshot, troubles }, use) => {
    const members: Member[] = [];
    await use(async (name, options) => {
      const member = await Member.visit(name, browser, earshot.url, troubles, options);
      members.push(member);
      return member;
    });
    for (const member of members) await member.context.close();
  },
  member: async ({ visitor }, use) =>
    use(async (name) => {
      const member = await visitor(name);
      await member.signUp();
      return member;
    }),
});

// One makes an invite link, the other opens it and asks, the first accepts. Both end in the conversation.
export async function becomeContacts(one: Member, other: Member) {
  await one.goto('/messages');
  await one.page.getByRole('button', { name: 'New invite link' }).click();
  const link = await one.page.getByRole('textbox', { name: 'Invite link' }).inputValue();
  await other.goto(new URL(link).pathname);
  await other.page.getByRole('button', { name: 'Ask to chat' }).click();

  const request = one.page.getByRole('list', { name: 'Requests' }).getByRole('listitem').filter({ hasText: capital(other.name) });
  await request.getByRole('button', { name: 'Accept' }).click();
  await expect(request).toHaveCount(0);
  await openConversation(one, other);
  await openConversation(other, one);
}

export async function openConversation(who: Member, other: Member) {
  await who.goto('/messages');
  await who.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: new RegExp(capital(other.name)) }).first().click();
  await expect(who.page.getByRole('textbox', { name: 'Message' })).toBeVisible();
}
