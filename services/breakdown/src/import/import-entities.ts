import { derivedId, flag, isId, NotFound, OneFile, route, to, type QueryContext, type Route } from '@shotlog/kernel';
import type { Kind } from '../entity/entity.events.ts';
import { applyPlan } from './apply-plan.ts';
import { rowsOf, uploaded, type Row } from './csv-file.ts';
import { assetTypeOf, episodeOf, frames, planEntity, sequenceOf, type Plan, type Planner } from './plan.ts';
import { studioOf } from './studio.ts';
import { Entity } from '../entity/entity.answers.ts';
import { z } from 'zod';

const is = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const LINES: Partial<Record<Kind, (p: Planner, row: Row) => void>> = {
  asset: (p, row) => {
    const entity_type_id = assetTypeOf(p, row);
    const episode_id = episodeOf(p, row, false);
    const named = 'Episode' in row.cells;
    const { asset } = p.studio.entities;
    planEntity(p, row, 'asset', (name) => asset.find((a) => is(a.name, name) && a.entity_type_id === entity_type_id && (!named || a.source_id === episode_id)) ?? (named ? undefined : asset.find((a) => is(a.name, name) && a.entity_type_id === entity_type_id)),
      {}, { entity_type_id, source_id: episode_id, episode_id });
  },
  shot: (p, row) => {
    const episode_id = episodeOf(p, row, true);
    const parent_id = sequenceOf(p, row, episode_id);
    const { own, data } = frames(row);
    planEntity(p, row, 'shot', (name) => p.studio.entities.shot.find((s) => is(s.name, name) && s.parent_id === parent_id), own, { parent_id, episode_id }, data);
  },
  edit: (p, row) => {
    const parent_id = episodeOf(p, row, false);
    planEntity(p, row, 'edit', (name) => p.studio.entities.edit.find((e) => is(e.name, name) && e.parent_id === parent_id), {}, { parent_id, episode_id: parent_id });
  },
};

/** Reads the whole table before anything is written, so that a wrong line leaves the production as it was. */
const importTable = async (c: QueryContext, kind: Kind): Promise<unknown> => {
  const project_id = c.request.params.project_id;
  if (!isId(project_id)) throw new NotFound('production');
  const studio = await studioOf(c, project_id.toLowerCase(), kind);
  const rows = rowsOf((await uploaded(c.request)).bytes);
  const plan: Plan = { project_id: studio.project_id, kind, types: [], created: [], updated: [], tasks: [], comments: [], entity_ids: [] };
  const seed = c.moment.id('import');
  const planner: Planner = { studio, plan, ids: (key) => derivedId(seed, key), actor: c.moment.actor, update: flag(c.request.search, 'update') };
  for (const row of rows) LINES[kind]!(planner, row);
  return c.run(applyPlan, plan, 'import');
};

const importRoute = (kind: Kind): Route => route({
  method: 'post', path: `/import/csv/projects/{project_id}/${kind}s`, summary: `Create or change ${kind}s by a CSV file`, upload: OneFile, answers: { 201: z.array(Entity) }, status: 201, access: to.teamManagers,
  description: 'A form with the file in its field "file": comma or semicolon, the first line names the columns. All lines are read before the first is written: a wrong one is 400, named by line_number, and nothing is imported.',
  query: { update: 'true: those that are there are changed' }, handle: (c) => importTable(c, kind),
});

/** Routes that take tables of entities. */
export const importEntityRoutes: Route[] = [importRoute('asset'), importRoute('shot'), importRoute('edit')];
