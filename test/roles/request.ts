import type { Client } from '../studio.ts';
import { file } from './pictures.ts';
import { fresh, MARK, type Asker, type Scene } from './scene.ts';

/** What a request is made of, for one who asks of one half of the production. */
export type At = { s: Scene; me: Asker; open: boolean; ids: Record<string, string>; admin: Client };

export type Sent = {
  body?: unknown; query?: string; headers?: Record<string, string>;
  /** Ids in the path that differ from the scene's: of what this request uses up. */
  ids?: Record<string, string>;
  /** Who sends it, where it ends the sender's session. */
  as?: Client;
  /** What is answered where no request from here is sound: a code that only a device shows, say. 2xx by default. */
  status?: number;
};

/** A sound request of a route. What it uses up it makes first, as the admin, so that it can be sent by everybody. */
export type Ask = (at: At) => Sent | Promise<Sent>;
export type Asks = Record<string, Ask>;

export const body = (make: (at: At) => unknown): Ask => async (at) => ({ body: await make(at) });
export const none: Ask = () => ({});
/** What of a request's own: who asks, of the open half; somebody else, of the closed one. */
export const self = ({ s, me, open }: At): string => (open && me.id ? me.id : s.someone.id);

/** Makes something by a POST of the admin; its id stands for `key` in the path. */
export const throwaway = (key: string, path: (at: At) => string, make: (at: At) => unknown, more: (at: At) => Sent = () => ({})): Ask => async (at) => {
  const reply = await at.admin.must('POST', path(at), await make(at));
  return { ...more(at), ids: { [key]: (Array.isArray(reply) ? reply[0] : reply).id } };
};

export const table = (text: string): FormData => file('table.csv', text, 'text/csv');

/** The plain routes of a kind of thing: made, changed, removed. `make` names all that is needed. */
export const plain = (path: string, make: (at: At) => unknown, change: unknown): Asks => ({
  [`POST ${path}`]: body(make),
  [`PUT ${path}/{instance_id}`]: throwaway('instance_id', () => path, make, () => ({ body: change })),
  [`DELETE ${path}/{instance_id}`]: throwaway('instance_id', () => path, make, () => ({ query: '?force=true' })),
});

/** Somebody who is there to be changed or taken away. */
export const somebody = async (at: At, more: object = {}): Promise<string> =>
  (await at.admin.must('POST', '/data/persons', { first_name: 'Some', last_name: fresh('body'), email: `${fresh('some').replaceAll(' ', '')}@roles.studio`, role: 'user', ...more })).id;

export const task = async (at: At): Promise<string> => {
  const { s, ids, admin } = at;
  const entity = await shot(at);
  const [made] = await admin.must('POST', `/actions/projects/${ids.project_id}/task-types/${s.studio.shot_task_type_id}/shots/create-tasks`, [entity]);
  if (at.open && at.me.onTeam) await admin.must('PUT', `/actions/persons/${at.me.id}/assign`, { task_ids: [made.id] });
  return made.id;
};

/** A shot of its own in the half's sequence. */
export const shot = async ({ admin, ids }: At): Promise<string> =>
  (await admin.must('POST', `/data/projects/${ids.project_id}/shots`, { name: fresh(`${MARK} shot`), sequence_id: ids.sequence_id, nb_frames: 5 })).id;

/** A comment on the half's task, by who asks where it is the open half. */
export const comment = async (at: At, task_id = at.ids.task_id): Promise<string> => {
  const path = `/actions/tasks/${task_id}/comment`;
  const said = { task_status_id: at.s.studio.task_status_id, comment: fresh(MARK), for_client: at.open };
  return (await at.admin.must('POST', path, at.open && at.me.onTeam ? { ...said, person_id: at.me.id } : said)).id;
};

/** A preview file without its file, on a comment of its own, of the other task of the shot: the last one of the first stays what it is. */
export const preview = async (at: At): Promise<{ task_id: string; comment_id: string; preview_file_id: string }> => {
  const task_id = at.ids.second_task_id!;
  const comment_id = await comment(at, task_id);
  return { task_id, comment_id, preview_file_id: (await at.admin.must('POST', `/actions/tasks/${task_id}/comments/${comment_id}/add-preview`, {})).id };
};

/** A playlist of the half; of the open one it is a supervisor's own who asks. */
export const playlist = async ({ admin, ids, open, me }: At): Promise<string> =>
  (await (open && me.onTeam && me.role === 'supervisor' ? me.client : admin).must('POST', '/data/playlists', { name: fresh(`${MARK} list`), project_id: ids.project_id, for_entity: 'shot', for_client: open, shots: [{ entity_id: ids.shot_id, preview_file_id: ids.movie_id }] })).id;
