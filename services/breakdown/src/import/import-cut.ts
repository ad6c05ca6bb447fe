import { derivedId, Invalid, isId, NotFound, OneFile, route, sql, to, type QueryContext, type Route } from '@shotlog/kernel';
import { applyPlan } from './apply-plan.ts';
import { uploaded, type Row, type Upload } from './csv-file.ts';
import { clipsOfEdl, clipsOfOtio, DEFAULT_CONVENTION, namesBy, type Clip } from './otio.ts';
import { episodeOf, planEntity, sequenceOf, type Plan, type Planner } from './plan.ts';
import { studioOf } from './studio.ts';
import { Entity } from '../entity/entity.answers.ts';
import { z } from 'zod';

const clipsOf = ({ name, bytes }: Upload, fps: number): Clip[] => {
  const kind = name.split('.').at(-1)?.toLowerCase() ?? '';
  if (kind === 'otio') return clipsOfOtio(bytes.toString('utf8'));
  if (kind === 'edl') return clipsOfEdl(bytes.toString('utf8'), fps);
  throw new Invalid(`Cuts come as .otio or .edl, not as .${kind.slice(0, 20)}.`);
};

const episodeName = async (c: QueryContext, project_id: string): Promise<string | null> => {
  const id = c.request.params.episode_id;
  if (id === undefined) return null;
  const row = isId(id) ? await c.db.one<{ name: string }>(sql`select name from entity where id = ${id} and kind = 'episode' and project_id = ${project_id}`) : null;
  if (!row) throw new NotFound('episode', id);
  return row.name;
};

const is = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Makes the shots of a cut, or gives those that are there their new frames. All clips are read before the first shot is written. */
const importCut = async (c: QueryContext): Promise<unknown> => {
  const given = c.request.params.project_id;
  if (!isId(given)) throw new NotFound('production');
  const studio = await studioOf(c, given.toLowerCase(), 'shot');
  const episode = await episodeName(c, studio.project_id);
  const upload = await uploaded(c.request);
  const { fps } = (await c.db.one<{ fps: string | null }>(sql`select fps from project where id = ${studio.project_id}`))!;
  const read = namesBy(upload.fields.naming_convention || DEFAULT_CONVENTION, upload.fields.match_case?.toLowerCase() !== 'false');
  const plan: Plan = { project_id: studio.project_id, kind: 'shot', types: [], created: [], updated: [], tasks: [], comments: [], entity_ids: [] };
  const seed = c.moment.id('cut');
  const planner: Planner = { studio, plan, ids: (key) => derivedId(seed, key), actor: c.moment.actor, update: true };
  for (const [i, clip] of clipsOf(upload, Number.parseFloat(fps ?? '') || 25).entries()) {
    const names = read(clip.name);
    if (names === null) throw new Invalid(`The clip "${clip.name.slice(0, 80)}" is not named by the convention. Nothing was imported.`);
    const row: Row = { line: i + 1, cells: { Episode: episode ?? names.episode_name ?? '', Sequence: names.sequence_name!, Name: names.shot_name! } };
    const episode_id = episodeOf(planner, row, false);
    const parent_id = sequenceOf(planner, row, episode_id);
    planEntity(planner, row, 'shot', (name) => studio.entities.shot.find((s) => is(s.name, name) && s.parent_id === parent_id), { nb_frames: clip.frames }, { parent_id, episode_id },
      { frame_in: clip.start, frame_out: clip.start + clip.frames - 1 });
  }
  const made = new Set(plan.created.map((one) => one.id));
  const shots = (await c.run(applyPlan, plan, 'cut')) as { id: string }[];
  return { created_shots: shots.filter((s) => made.has(s.id)).map((s) => ({ ...s, type: 'Shot' })), updated_shots: shots.filter((s) => !made.has(s.id)) };
};

const cutRoute = (path: string, summary: string): Route => route({
  method: 'post', path, summary, upload: OneFile, answers: { 201: z.object({ created_shots: z.array(Entity), updated_shots: z.array(Entity) }) }, status: 201, access: to.teamManagers, handle: importCut,
  description: 'A form with an OpenTimelineIO file (.otio) or an edit decision list (.edl, CMX 3600) in its field "file". naming_convention says how clips are named '
    + `(by default ${DEFAULT_CONVENTION}), match_case=false ignores case. A clip that is named otherwise is 400, and nothing is imported.`,
});

/** Routes that take cuts from editors. */
export const importCutRoutes: Route[] = [
  cutRoute('/import/otio/projects/{project_id}', 'Make the shots of a cut'),
  cutRoute('/import/otio/projects/{project_id}/episodes/{episode_id}', 'Make the shots of an episode\'s cut'),
];
