// Two Earshot nodes over a PostgreSQL and a NATS of their own, with a door for each that leads to the other node when its own is gone.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type Server, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Earshot, freePort } from './earshot';
import { music } from './music';

const KEY = 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=';

export class Cluster {
  private children: ChildProcess[] = [];
  private doors: Server[] = [];
  nodes: Earshot[] = [];
  urls: string[] = [];

  private constructor(private readonly folder: string) {}

  static async start(): Promise<Cluster> {
    const cluster = new Cluster(mkdtempSync(join(tmpdir(), 'earshot-cluster-')));
    const [database, bus] = [await cluster.postgres(), await cluster.nats()];
    const settings = { EARSHOT_DATABASE_URL: database, EARSHOT_BUS_URL: bus, EARSHOT_KEYS_MASTER: KEY };
    for (let node = 0; node < 2; node++) cluster.nodes.push(await Earshot.start(['--library', music()], settings));
    for (const node of [0, 1]) cluster.urls.push(await cluster.door(node));
    return cluster;
  }

  async stop() {
    for (const door of this.doors) door.close();
    for (const node of this.nodes) await node.stop();
    for (const child of this.children) child.kill('SIGQUIT');
    await sleep(200);
    rmSync(this.folder, { recursive: true, force: true });
  }

  // PostgreSQL refuses to be root; Debian makes a user for it.
  private async postgres(): Promise<string> {
    const root = process.getuid?.() === 0;
    const user = root ? ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'] : [];
    chmodSync(this.folder, 0o755);
    if (root) chownSync(this.folder, Number(execFileSync('id', ['-u', 'postgres'])), 0);
    const data = join(this.folder, 'data');
    const as = [...user, '--pdeathsig', 'QUIT', '--'];
    execFileSync('setpriv', [...as, program('initdb'), '-U', 'earshot', '-A', 'trust', '-E', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', '-D', data], { stdio: 'ignore', cwd: '/' });
    const port = await freePort();
    const settings = ['fsync=off', 'unix_socket_directories=', 'listen_addresses=127.0.0.1'].flatMap((setting) => ['-c', setting]);
    this.children.push(spawn('setpriv', [...as, program('postgres'), '-D', data, '-p', `${port}`, ...settings], { stdio: 'ignore', cwd: '/' }));
    return `postgres://earshot@127.0.0.1:${port}/postgres`;
  }

  private async nats(): Promise<string> {
    const port = await freePort();
    const server = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server';
    this.children.push(spawn('setpriv', ['--pdeathsig', 'KILL', '--', server, '--addr', '127.0.0.1', '--port', `${port}`], { stdio: 'ignore' }));
    return `nats://127.0.0.1:${port}`;
  }

  // As a load balancer would: to its own node while that answers, else to the other.
  private async door(first: number): Promise<string> {
    const port = await freePort();
    const door = createServer((visitor) => {
      const enter = (places: number[]) => {
        if (places.length === 0) return visitor.destroy();
        const way = connect(this.nodes[places[0]].port, '127.0.0.1');
        way.once('connect', () => visitor.pipe(way).pipe(visitor));
        way.once('error', () => (way.bytesRead === 0 ? enter(places.slice(1)) : visitor.destroy()));
        way.once('close', (failed) => failed || visitor.destroy());
        visitor.once('close', () => way.destroy());
      };
      visitor.on('error', () => visitor.destroy());
      enter([first, 1 - first]);
    });
    this.doors.push(door);
    await new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve));
    return `http://localhost:${port}`;
  }
}

function program(name: string): string {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder).sort() : [];
  return versions.length > 0 ? join(folder, versions[versions.length - 1], 'bin', name) : name;
}
