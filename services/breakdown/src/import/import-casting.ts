import { isId, NotFound, OneFile, Rendered, rendered, route, sql, to, type QueryContext, type Route } from '@shotlog/kernel';
import type { Cast, Kind } from '../entity/entity.events.ts';
import { changeCasting } from '../casting/change-casting.ts';
import { needed, problem, rowsOf, uploaded, wholeNumber, type Row } from './csv-file.ts';
import { studioOf, type Known, type Studio } from './studio.ts';
import { EntityLink } from '../casting/casting.answers.ts';
import { z } from 'zod';

type Target = { entity_id: string; kind: Kind; project_id: string; casting: Cast[] };
const is = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Who casts, by a line: a shot of the sequence "Parent" (in shows of the episode), else an asset of the type "Parent". */
const casterOf = (studio: Studio, row: Row): { known: Known; kind: Kind } => {
  const [parent, name, episode] = [needed(row, 'Parent'), needed(row, 'Name'), row.cells.Episode ?? ''];
  const { entities } = studio;
  const episodes = entities.episode.filter((e) => is(e.name, episode)).map((e) => e.id as string | null);
  const sequences = entities.sequence.filter((s) => is(s.name, parent) && (episode === '' || episodes.includes(s.parent_id)));
  const shot = entities.shot.find((s) => is(s.name, name) && sequences.some((q) => q.id === s.parent_id));
  if (shot) return { known: shot, kind: 'shot' };
  const type = studio.asset_types.find((t) => is(t.name, parent));
  const asset = type && entities.asset.find((a) => is(a.name, name) && a.entity_type_id === type.id);
  if (!asset) throw problem(row.line, `there is no shot or asset "${name.slice(0, 60)}" in "${parent.slice(0, 60)}".`);
  return { known: asset, kind: 'asset' };
};

const assetOf = (studio: Studio, row: Row): Known => {
  const [typeName, name] = [needed(row, 'Asset Type'), needed(row, 'Asset')];
  const type = studio.asset_types.find((t) => is(t.name, typeName));
  const asset = type && studio.entities.asset.find((a) => is(a.name, name) && a.entity_type_id === type.id);
  if (!asset) throw problem(row.line, `there is no asset "${name.slice(0, 60)}" of the type "${typeName.slice(0, 60)}".`);
  return asset;
};

/** A table of who casts what: each line puts one asset into one casting. All lines are read before the first is written. */
const importCasting = async (c: QueryContext): Promise<Rendered> => {
  const project_id = c.request.params.project_id;
  if (!isId(project_id)) throw new NotFound('production');
  const studio = await studioOf(c, project_id.toLowerCase(), 'shot');
  const targets = new Map<string, Target>();
  const episodes = new Map<string, Target>();
  const put = (into: Map<string, Target>, id: string, kind: Kind, cast: Cast) => {
    if (!into.has(id)) into.set(id, { entity_id: id, kind, project_id: studio.project_id, casting: [] });
    into.get(id)!.casting.push(cast);
  };
  for (const row of rowsOf((await uploaded(c.request)).bytes)) {
    const { known, kind } = casterOf(studio, row);
    const asset = assetOf(studio, row);
    const label = row.cells.Label ?? '';
    if ([...label].length > 80) throw problem(row.line, '"Label" is longer than 80 characters.');
    const nb_occurences = wholeNumber(row, 'Occurences') ?? 1;
    put(targets, known.id, kind, { asset_id: asset.id, nb_occurences, label });
    const episode = kind === 'shot' ? studio.entities.sequence.find((s) => s.id === known.parent_id)?.parent_id : null;
    if (episode) put(episodes, episode, 'episode', { asset_id: asset.id, nb_occurences: 1, label });
  }
  for (const target of targets.values()) await c.run(changeCasting, { ...target, op: 'put' }, `cast ${target.entity_id}`);
  for (const episode of episodes.values()) await c.run(changeCasting, { ...episode, op: 'add' }, `episode ${episode.entity_id}`);
  await c.settled();
  return rendered(c.db, sql`select id, entity_in_id, entity_out_id, data, nb_occurences, label, created_at, updated_at, 'EntityLink' as type from entity_link
    where entity_in_id = any(${`{${[...targets.keys()].join(',')}}`}::uuid[]) order by sort`);
};

export const importCastingRoute: Route = route({
  method: 'post', path: '/import/csv/projects/{project_id}/casting', summary: 'Cast by a CSV file', upload: OneFile, answers: { 201: z.array(EntityLink) }, status: 201, access: to.teamManagers, handle: importCasting,
  description: 'Columns Parent (sequence or asset type), Name, Asset Type, Asset, Occurences, Label; in shows Episode too. A wrong line is 400, named by line_number, and nothing is imported.',
});
