import { bodySchema, list, listed, newBodySchema, oneText, only, ownProductions, pathId, Rendered, rendered, route, sql, to, wantsRelations, type Route } from '@shotlog/kernel';
import { createProduction } from './create-production.ts';
import { deleteProject } from './delete-project.ts';
import { exportProjectsRoute } from './export-projects.ts';
import { projectImportRoutes } from './import-projects.ts';
import { shotgunProjectRoutes } from './import-shotgun.ts';
import { existingProject, listedShape, selectOpenProjects, singleShape } from './project.queries.ts';
import { plainLinkRoutes } from './plain-link-routes.ts';
import { settingsBatchRoute } from './settings-batch.ts';
import { taskStatusLinkRoutes } from './task-status-links.ts';
import { taskTypeLinkRoutes } from './task-type-links.ts';
import { teamRoutes } from './team.ts';
import { updateProject } from './update-project.ts';
import { OpenProject, Project } from './project.answers.ts';
import { z } from 'zod';
import { projectFields } from './project.fields.ts';

const openProjects = (path: string, summary: string) => route({
  method: 'get', path, summary, answers: { 200: z.array(OpenProject) }, query: { name: 'Only the production of this name.' }, access: to.team.but({ client: 'filtered' }).listed,
  ask: (c) => {
    c.keep(['*'], 'person');
    return rendered(c.db, selectOpenProjects(c.caller, c.request.search.get('name')));
  },
});

const every = (path: string, summary: string) => route({
  method: 'get', path, summary, answers: { 200: listed(Project) }, access: to.team.listed,
  ask: (c) => {
    c.keep(['*'], 'person');
    return list({ shape: listedShape, db: c.db, caller: c.caller, request: c.request, scope: ownProductions(c.caller, 't.id') });
  },
});

export const projectRoutes: Route[] = [
  every('/data/projects', 'List every production that you may see'),
  every('/data/projects/all', 'List every production that you may see, open or not'),
  openProjects('/data/projects/open', 'List the open productions that you may see'),
  openProjects('/data/user/projects/open', 'List the open productions of your own'),
  route({
    method: 'get', path: '/data/projects/{instance_id}', summary: 'Get one production', answers: { 200: Project }, access: to.team,
    ask: async (c) => {
      const id = pathId(c.request, 'instance_id', 400);
      await existingProject(c.db, id);
      only.team(c.caller, id);
      c.keep([id], 'anyone');
      return new Rendered((await oneText(c.db, singleShape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request)))!);
    },
  }),
  route({ method: 'post', path: '/data/projects', summary: 'Create a production', body: newBodySchema(projectFields), answers: { 201: Project }, command: createProduction, status: 201, input: (request) => request.body ?? {} }),
  route({ method: 'put', path: '/data/projects/{instance_id}', summary: 'Update a production', body: bodySchema(projectFields), answers: { 200: Project }, command: updateProject, status: 200,
    input: (request) => ({ project_id: request.params.instance_id, changes: request.body }) }),
  route({ method: 'delete', path: '/data/projects/{instance_id}', summary: 'Delete a closed production with everything in it', command: deleteProject, status: 204,
    input: (request) => ({ project_id: request.params.instance_id }) }),
  ...teamRoutes, ...taskTypeLinkRoutes, ...taskStatusLinkRoutes, ...plainLinkRoutes, settingsBatchRoute, exportProjectsRoute, ...projectImportRoutes, ...shotgunProjectRoutes,
];
