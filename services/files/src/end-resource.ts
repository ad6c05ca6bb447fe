import { command, to, type Resource, type StateDefinition } from '@shotlog/kernel';
import { z } from 'zod';

/** The command by which the system ends a plain thing that the read model may show no more; ended already: nothing happens. */
export const endOf = (of: Resource) => command({
  subject: `cmd.files.end-${of.name.replaceAll('_', '-')}`, schema: z.object({ id: z.guid() }), state: of.commands.remove.state as StateDefinition<Record<string, any> | null>, claims: of.commands.remove.claims,
  access: to.system, stream: ({ id }) => of.stream(id),
  decide: ({ id }, row) => (row === null ? [] : [of.events.deleted({ [of.idKey]: id, ...('project_id' in of.table.fields ? { project_id: row.project_id ?? null } : {}) })]),
});
