import { access, f, Invalid, only, pathId, rendered, resource, route, sql, to, type Route } from '@shotlog/kernel';
import { existingProject } from '../task/task.queries.ts';
import { MilestoneLine } from '../schedule-item/schedule-item.answers.ts';
import { z } from 'zod';

/** Dates that a production works towards, each for a task type. */
export const milestone = resource({
  service: 'tasks', name: 'milestone', path: '/data/milestones', type: 'Milestone', published: 'milestone',
  fields: { date: f.date(), name: f.string(40, { required: true }), project_id: f.uuid({ required: true, immutable: true }), task_type_id: f.uuid() },
  access: { ...access.production, one: to.team.but({ vendor: 'refused' }).of('project_id') },
  creating: async (values, context) => {
    if (!(await context.db.one(sql`select 1 from project where id = ${values.project_id ?? null}`))) throw new Invalid('project_id names no production.');
    return {};
  },
});

export const milestoneRoutes: Route[] = [...milestone.routes, route({
  method: 'get', path: '/data/projects/{project_id}/milestones', summary: 'List the milestones of a production', answers: { 200: z.array(MilestoneLine) }, access: to.team,
  ask: async (c) => {
    const project_id = pathId(c.request, 'project_id');
    await existingProject(c.db, project_id);
    only.team(c.caller, project_id);
    c.keep([project_id], 'anyone');
    return rendered(c.db, sql`select id, date, name, project_id, task_type_id from milestone where project_id = ${project_id} order by date, log_position`);
  },
})];
