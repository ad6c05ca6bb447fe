import { command, reaction, sql, to, when, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { entityEvents, KINDS, type Kind } from '../entity/entity.events.ts';
import { entityState, type EntityState } from '../entity/entity.state.ts';
import { entityStream } from '../entity/kinds.ts';
import { projectEvents } from '../project/project.fields.ts';
import { projectState, projectStream, type ProjectState } from '../project/project.state.ts';
import { moveTaskValue } from '../task-neighbour/task-values.ts';
import { MetadataFieldMoved } from './metadata-descriptor.ts';
import { moved } from './moved.ts';

const Move = z.object({ id: z.guid(), project_id: z.guid(), from: z.string(), to: z.string().nullable() });
type Move = z.infer<typeof Move>;

/** Moves one entity's value; what was written to it meanwhile stays, since the stream decides. */
export const moveEntityValue = command({
  subject: 'cmd.breakdown.move-entity-value', schema: Move.extend({ kind: z.enum(KINDS) }), state: entityState, access: to.system,
  stream: (c: Move & { kind: Kind }) => entityStream(c.kind, c.id),
  decide: ({ id, kind, project_id, from, to }: Move & { kind: Kind }, state: EntityState) => {
    const data = state === null ? undefined : moved(state.values.data, from, to);
    return data === undefined ? [] : [entityEvents[kind].updated({ entity_id: id, project_id, changes: { data } })];
  },
});

/** Moves a production's own value. */
export const moveProjectValue = command({
  subject: 'cmd.breakdown.move-project-value', schema: Move, state: projectState, access: to.system,
  stream: (c: Move) => projectStream(c.project_id),
  decide: ({ project_id, from, to }: Move, state: ProjectState) => {
    const data = state === null ? undefined : moved(state.values.data, from, to);
    return data === undefined ? [] : [projectEvents.updated({ project_id, changes: { data } })];
  },
});

const moveAll = async ({ project_id, entity_type, from, to }: { project_id: string; entity_type: string; from: string; to: string | null }, context: Context): Promise<void> => {
  if (entity_type === 'Project') return void (await context.run(moveProjectValue, { id: project_id, project_id, from, to }, 'project'));
  const holds = sql`project_id = ${project_id} and jsonb_typeof(data) = 'object' and jsonb_exists(data, ${from})`;
  if (entity_type === 'Task') {
    for (const { id } of await context.db.all<{ id: string }>(sql`select id from task where ${holds}`)) await context.runAsSystem(moveTaskValue, { task_id: id, from, to }, id);
    return;
  }
  const kind = entity_type.toLowerCase() as Kind;
  if (!KINDS.includes(kind)) return;
  const rows = await context.db.all<{ id: string }>(sql`select id from entity where kind = ${kind} and ${holds}`);
  for (const { id } of rows) await context.run(moveEntityValue, { id, kind, project_id, from, to }, id);
};

/** The values of a field follow its key, and go with it. */
export const valuesFollow = reaction('values follow their fields', [when(MetadataFieldMoved, (e, context) => moveAll(e.data, context))]);
