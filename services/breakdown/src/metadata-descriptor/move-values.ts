import { command, reaction, sql, when, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { entityEvents, KINDS, type Kind } from '../entity/entity.events.ts';
import { entityState, type EntityState } from '../entity/entity.state.ts';
import { entityStream } from '../entity/kinds.ts';
import { projectEvents } from '../project/project.fields.ts';
import { projectState, projectStream, type ProjectState } from '../project/project.state.ts';
import { MetadataFieldMoved } from './metadata-descriptor.ts';

const Move = z.object({ id: z.guid(), project_id: z.guid(), from: z.string(), to: z.string().nullable() });
type Move = z.infer<typeof Move>;

/** `data` with the value under another key, or gone; undefined when there is none to move. */
export const moved = (data: unknown, from: string, to: string | null): Record<string, unknown> | undefined => {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, from)) return undefined;
  const { [from]: value, ...rest } = data as Record<string, unknown>;
  return to === null ? rest : { ...rest, [to]: value };
};

/** Moves one entity's value; what was written to it meanwhile stays, since the stream decides. */
export const moveEntityValue = command({
  subject: 'cmd.breakdown.move-entity-value', schema: Move.extend({ kind: z.enum(KINDS) }), state: entityState, policy: (caller) => { if (!caller.isSystem) throw new Error('a step of the system'); },
  stream: (c: Move & { kind: Kind }) => entityStream(c.kind, c.id),
  decide: ({ id, kind, project_id, from, to }: Move & { kind: Kind }, state: EntityState) => {
    const data = state === null ? undefined : moved(state.values.data, from, to);
    return data === undefined ? [] : [entityEvents[kind].updated({ entity_id: id, project_id, changes: { data } })];
  },
});

/** Moves a production's own value. */
export const moveProjectValue = command({
  subject: 'cmd.breakdown.move-project-value', schema: Move, state: projectState, policy: (caller) => { if (!caller.isSystem) throw new Error('a step of the system'); },
  stream: (c: Move) => projectStream(c.project_id),
  decide: ({ project_id, from, to }: Move, state: ProjectState) => {
    const data = state === null ? undefined : moved(state.values.data, from, to);
    return data === undefined ? [] : [projectEvents.updated({ project_id, changes: { data } })];
  },
});

const moveAll = async ({ project_id, entity_type, from, to }: { project_id: string; entity_type: string; from: string; to: string | null }, context: Context): Promise<void> => {
  if (entity_type === 'Project') return void (await context.run(moveProjectValue, { id: project_id, project_id, from, to }, 'project'));
  const kind = entity_type.toLowerCase() as Kind;
  if (!KINDS.includes(kind)) return;
  const rows = await context.db.all<{ id: string }>(sql`select id from entity where project_id = ${project_id} and kind = ${kind} and jsonb_typeof(data) = 'object' and jsonb_exists(data, ${from})`);
  for (const { id } of rows) await context.run(moveEntityValue, { id, kind, project_id, from, to }, id);
};

/** The values of a field follow its key, and go with it. Values of tasks stand in the tasks' own service. */
export const valuesFollow = reaction('values follow their fields', [when(MetadataFieldMoved, (e, context) => moveAll(e.data, context))]);
