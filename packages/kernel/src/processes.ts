import type { Logger } from 'pino';
import { Caller } from './caller.ts';
import type { CommandDefinition } from './command.ts';
import type { Database } from './database.ts';
import type { Engine } from './execute.ts';
import { sql, raw, json } from './sql.ts';
import type { ServiceDefinition } from './service.ts';

/** Notes that a command which spans streams has begun, so that the next start finishes what a crash cuts off. */
export const begin = (database: Pick<Database, 'batch'>, command_id: string, subject: string, input: unknown, actor: string | null, correlation_id: string): Promise<void> =>
  database.batch([sql`insert into open_process (command_id, subject, input, actor, correlation_id)
    values (${command_id}, ${subject}, ${json(input)}, ${actor}, ${correlation_id}) on conflict do nothing`, raw('set local synchronous_commit = on')]);

/** Notes that it has ended, well or refused. */
export const finish = (database: Pick<Database, 'batch'>, command_id: string): Promise<void> =>
  database.batch([sql`delete from open_process where command_id = ${command_id}`]);

/** Runs again what was begun and never finished: its steps are idempotent, so what was done stays done once. */
export const resumeProcesses = async (definition: ServiceDefinition, commands: CommandDefinition[], database: Database, engine: Engine, logger: Logger): Promise<void> => {
  const open = await database.all<{ command_id: string; subject: string; input: unknown; actor: string | null; correlation_id: string }>(
    raw('select command_id, subject, input, actor, correlation_id from open_process'));
  for (const { command_id, subject, input, actor, correlation_id } of open) {
    const command = commands.find((c) => c.subject === subject);
    logger.info({ service: definition.name, subject, command_id }, 'finishing what a stop cut off');
    if (command && 'handle' in command) {
      // What the policy allowed at the first attempt is only finished here.
      const caller = new Caller({ id: actor, role: 'admin', isSystem: true });
      await command.handle(input, engine.context({ caller, command_id, correlation_id, causation_id: null }, { position: null }))
        .catch((error) => logger.error({ err: error, subject, command_id }, 'it could not be finished'));
    }
    await finish(database, command_id);
  }
};
