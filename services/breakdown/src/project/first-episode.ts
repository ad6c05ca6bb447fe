import { reaction, sql, when } from '@shotlog/kernel';
import { createEntity } from '../entity/create-entity.ts';
import { projectEvents } from './project.fields.ts';

/** What a series begins with. */
export const FIRST_EPISODE = 'E01';

/** A production that becomes a series gets its first episode, unless it has episodes. */
export const firstEpisode = reaction('first episode', [
  when(projectEvents.updated, async (e: any, context) => {
    if (e.data.changes.production_type !== 'tvshow') return;
    const { project_id } = e.data;
    const project = await context.db.one(sql`select 1 as found from project where id = ${project_id}`);
    const episode = await context.db.one(sql`select 1 as found from entity where project_id = ${project_id} and kind = 'episode' limit 1`);
    if (project && !episode) await context.run(createEntity.episode, { project_id, name: FIRST_EPISODE }, 'first episode');
  }),
]);
