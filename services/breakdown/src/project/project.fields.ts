import { bodySchema, f, resourceEvents, type Fields, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';

/** The fields of a production. `production_type` is short, featurefilm, tvshow, shots or assets, or a word of the studio's own. `fps`, `ratio` and `resolution` are texts as studios write them: "25", "16:9", "1920x1080". */
export const projectFields = {
  name: f.string(80, { required: true, ignoreCase: true }), code: f.string(80), description: f.text(), shotgun_id: f.integer(), file_tree: f.json(), data: f.json(), has_avatar: f.boolean({ default: false }),
  fps: f.string(10, { default: '25' }), ratio: f.string(10, { default: '16:9' }), resolution: f.string(12, { default: '1920x1080' }), production_type: f.string(20, { default: 'short' }),
  production_style: f.string(255, { default: '2d3d' }), start_date: f.date(), end_date: f.date(), man_days: f.integer(), nb_episodes: f.integer({ default: 0 }), episode_span: f.integer({ default: 0 }),
  max_retakes: f.integer({ default: 0 }), is_clients_isolated: f.boolean({ default: false }), is_preview_download_allowed: f.boolean({ default: false }), is_set_preview_automated: f.boolean({ default: false }),
  homepage: f.string(80, { default: 'assets' }), is_publish_default_for_artists: f.boolean({ default: false }), hd_bitrate_compression: f.integer({ default: 28 }), ld_bitrate_compression: f.integer({ default: 6 }),
  is_bot_collaboration_enabled: f.boolean({ default: false }), is_single_preview_per_revision: f.boolean({ default: false }), revision_padding: f.integer({ default: 0 }), is_frame_in_numbering: f.boolean({ default: false }),
  project_status_id: f.uuid(), default_preview_background_file_id: f.uuid(), from_schedule_version_id: f.uuid(),
} satisfies Fields;

const told = (what: string, { data }: Recorded): Publication[] => [{ name: `project:${what}`, payload: { project_id: data.project_id } },
  ...(data.changes?.has_avatar ? [{ name: 'project:set-thumbnail', payload: { project_id: data.project_id } }] : [])];

/** Streams `project-<id>`; data `{ project_id, …fields }`, `{ project_id, changes }`, `{ project_id }`. */
export const projectEvents = resourceEvents({ name: 'project', type: 'Project', published: told, fields: projectFields });

const textNames = Object.entries(projectFields).filter(([, field]) => field.kind === 'string').map(([name]) => name);
/** The fields of a body. Numbers are taken where a text is wanted: many write `fps: 25`. */
export const projectBody = z.preprocess((body) => (typeof body !== 'object' || body === null || Array.isArray(body) ? body
  : Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typeof value === 'number' && textNames.includes(name) ? String(value) : value]))), bodySchema(projectFields));
