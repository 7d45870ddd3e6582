// One Earshot server for a journey: its own data folder, a free port, real music.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { music } from './music';

const binary = process.env.EARSHOT_BIN ?? 'earshot';

export class Earshot {
  private child?: ChildProcess;
  private log = '';

  private constructor(readonly data: string, readonly port: number, readonly args: string[], readonly settings: NodeJS.ProcessEnv) {}

  static async start(args: string[] = ['--library', music()], settings: NodeJS.ProcessEnv = {}): Promise<Earshot> {
    const server = new Earshot(mkdtempSync(join(tmpdir(), 'earshot-journey-')), await freePort(), args, settings);
    await server.up();
    return server;
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  // Starts the process and waits until it serves.
  async up() {
    const args = ['--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...this.args];
    this.child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.settings } });
    this.child.stdout?.on('data', (text) => (this.log += text));
    this.child.stderr?.on('data', (text) => (this.log += text));
    for (let tries = 0; tries < 300; tries++) {
      if (this.child.exitCode !== null) throw new Error(`earshot ended:\n${this.log}`);
      const ready = await fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await sleep(100);
    }
    throw new Error(`earshot did not become ready:\n${this.log}`);
  }

  // As a power cut would: no chance to tidy up.
  async kill() {
    await this.end('SIGKILL');
  }

  async stop() {
    await this.end('SIGTERM');
    rmSync(this.data, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals) {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
