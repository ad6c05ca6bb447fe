import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EventStoreOptions, RunningEventStore } from './server.ts';

type Message = { port: number; url: string } | { error: string };

export interface EventStoreProcessOptions extends EventStoreOptions {
  /** Whether a server that dies is started again, on the same port; true unless given. Clients find it by themselves. */
  revive?: boolean;
}

export interface EventStoreProcess extends RunningEventStore {
  /** The process that serves now; another one after a revival. */
  readonly child: ChildProcess;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

const launch = async (options: EventStoreOptions) => {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [],
  });
  const message = await Promise.race([
    once(child, 'message').then(([first]) => first as Message),
    once(child, 'exit').then(([code]) => ({ error: `The event log's process ended with code ${code} before it served.` })),
  ]);
  if ('error' in message) throw new Error(message.error);
  return { child, ...message };
};

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** A server that is started again whenever it ends, until it is told to stop. */
class Supervised {
  readonly #options: EventStoreOptions;
  #stopping = false;
  child: ChildProcess;

  constructor(child: ChildProcess, options: EventStoreOptions, revive: boolean) {
    this.child = child;
    this.#options = options;
    if (revive) this.#watch();
  }

  #watch() {
    const { child } = this;
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      process.emitWarning(`The event log's process ended (${signal ?? `code ${code}`}) and is started again.`);
      void this.#revive();
    });
  }

  async #revive() {
    for (let pause = FIRST_PAUSE_MS; !this.#stopping; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause, undefined, { ref: false });
      if (this.#stopping) return;
      const next = await launch(this.#options).catch((error: Error) => {
        process.emitWarning(`The event log could not be started again: ${error.message}`);
      });
      if (!next) continue;
      this.child = next.child;
      if (this.#stopping) await this.#end();
      else this.#watch();
      return;
    }
  }

  async stop() {
    this.#stopping = true;
    await this.#end();
  }

  async #end() {
    if (hasEnded(this.child)) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }
}

/**
 * Serves the event log from a process of its own, so that syncing the disk and encoding events does not stop the
 * caller's event loop. The child ends with its parent.
 * @throws what the child could not do at first: take the port, open the file.
 */
export const startEventStoreProcess = async ({ revive = true, ...options }: EventStoreProcessOptions): Promise<EventStoreProcess> => {
  const { child, port, url } = await launch(options);
  const supervised = new Supervised(child, { ...options, port }, revive);
  return { port, url, stop: () => supervised.stop(), get child() { return supervised.child; } };
};
