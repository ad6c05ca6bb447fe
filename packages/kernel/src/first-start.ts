import { z } from 'zod';
import { Caller } from './caller.ts';
import { to } from './access.ts';
import { command } from './command.ts';
import type { ServiceConfig } from './config.ts';
import { event } from './event.ts';
import type { Engine } from './execute.ts';
import { derivedId } from './ids.ts';
import type { Log } from './log.ts';
import type { Projector } from './projector.ts';
import type { ServiceDefinition } from './service.ts';
import { defineState } from './state.ts';

/** A service has made its default data; written last, so that a start cut off half way is made good by the next. */
export const DefaultDataMade = event('DefaultDataMade', 1, z.object({ service: z.string() }));

const markDone = command({
  subject: 'cmd.any.mark-default-data', schema: z.object({ service: z.string() }), access: to.system,
  state: defineState<boolean>({ initial: false, evolve: () => true }),
  stream: ({ service }) => `setup-${derivedId('setup', service)}`,
  decide: ({ service }, done) => (done ? [] : [DefaultDataMade({ service })]),
});

/** Makes the default data of a service, unless the log says that it was made. */
export const firstStart = async (definition: ServiceDefinition, config: ServiceConfig, engine: Engine, log: Log, projector: Projector): Promise<void> => {
  if (!definition.firstStart) return;
  if ((await log.read(`setup-${derivedId('setup', definition.name)}`)).length > 0) return;
  for (const other of definition.firstStartAfter ?? []) await defaultDataOf(other, log, projector);
  const envelope = { caller: Caller.system, command_id: derivedId('first start', definition.name), correlation_id: derivedId('first start'), causation_id: null, silent: true };
  const context = engine.context(envelope, { position: null });
  await definition.firstStart(context, config);
  await context.run(markDone, { service: definition.name }, 'done');
  await context.settled();
};

/** Waits until another service has made its default data and this one's read model holds it: in a cluster they start at once. */
const defaultDataOf = async (service: string, log: Log, projector: Projector): Promise<void> => {
  for (let waited = 0; waited < OTHERS_MS; waited += LOOK_MS) {
    const done = (await log.read(`setup-${derivedId('setup', service)}`)).at(-1);
    if (done) {
      await projector.reached(done.position, OTHERS_MS);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`the default data of ${service} was not made within ${OTHERS_MS / 1_000} s; is it running?`);
};
const OTHERS_MS = 120_000;
const LOOK_MS = 200;
