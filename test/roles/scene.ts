import { makeClip } from '../clips.ts';
import { Client } from '../studio.ts';
import { file, PNG } from './pictures.ts';
import { furnish } from './studio-things.ts';

export const ROLES = ['admin', 'manager', 'supervisor', 'user', 'client', 'vendor'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who asks. */
export type Asker = { name: string; role: Role; onTeam: boolean; id: string; email: string; client: Client };

/** Stands in every name and text of the production. */
export const MARK = 'Xylophone';
/** Stands in what nobody of the team but its makers works on: vendors must not find it. */
export const UNASSIGNED = 'Bassoon';
/** Stands in what was said and shown inside the studio only: clients must not find it. */
export const INSIDE = 'Cembalo';

/**
 * One half of the production. The open half is everybody's: all of the team are assigned to its tasks, what is said there is for
 * clients. The closed half is nobody's: whoever may only see what is theirs, or what is shared, sees nothing of it.
 */
export type Half = { open: boolean; ids: Record<string, string> };

export type Scene = {
  admin: Client; adminId: string; project_id: string; open: Half; closed: Half;
  team: Asker[]; strangers: Asker[]; guest: Asker;
  /** An artist of the team who asks nothing: the closed half is theirs. */
  someone: Asker;
  movie: Uint8Array<ArrayBuffer>;
  /** Studio-wide things by the names that paths give their ids. */
  studio: Record<string, string>;
  /** A new session of somebody. */
  signIn(who: Asker): Promise<Client>;
};

let made = 0;
/** A name that nothing has yet. */
export const fresh = (what = 'thing'): string => `${what} ${++made}`;


export type Place = { base: string; signIn(email: string, password: string): Promise<Client> };

/** Somebody new, signed in. */
export const person = async (admin: Client, place: Place, role: string, name: string): Promise<Asker> => {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@roles.studio`;
  const { id } = await admin.must('POST', '/data/persons', { first_name: name.split(' ')[0], last_name: name.split(' ').slice(1).join(' '), email, role, password: 'rolespassword' });
  return { name, role: role as Role, onTeam: false, id, email, client: await place.signIn(email, 'rolespassword') };
};

const KINDS = ['asset', 'episode', 'sequence', 'shot', 'scene', 'edit', 'concept'] as const;

const breakdown = async (admin: Client, p: string, word: string, asset_type_id: string): Promise<Record<string, string>> => {
  const post = (path: string, body: unknown) => admin.must('POST', `/data/projects/${p}/${path}`, body);
  const text = { description: word };
  const episode = await post('episodes', { name: `${word} E`, ...text });
  const sequence = await post('sequences', { name: `${word} SQ`, episode_id: episode.id, ...text });
  const shot = await post('shots', { name: `${word} SH`, sequence_id: sequence.id, nb_frames: 10, ...text });
  const scene = await post('scenes', { name: `${word} SC`, sequence_id: sequence.id, ...text });
  const edit = await post('edits', { name: `${word} edit`, episode_id: episode.id, ...text });
  const concept = await post('concepts', { name: `${word} concept`, ...text });
  const asset = await post(`asset-types/${asset_type_id}/assets/new`, { name: `${word} asset`, episode_id: episode.id, ...text });
  const part = await post(`asset-types/${asset_type_id}/assets/new`, { name: `${word} part`, ...text });
  await admin.must('PUT', `/data/projects/${p}/entities/${shot.id}/casting`, [{ asset_id: asset.id, nb_occurences: 1 }]);
  await admin.must('PUT', `/data/projects/${p}/entities/${asset.id}/casting`, [{ asset_id: part.id, nb_occurences: 1 }]);
  const instance = await admin.must('POST', `/data/scenes/${scene.id}/asset-instances`, { asset_id: asset.id, description: word });
  await admin.must('POST', `/data/shots/${shot.id}/asset-instances`, { asset_instance_id: instance.id });
  await admin.must('POST', `/data/scenes/${scene.id}/shots`, { shot_id: shot.id });
  const links = await admin.must('GET', `/data/entity-links?entity_in_id=${shot.id}`);
  return { episode_id: episode.id, sequence_id: sequence.id, shot_id: shot.id, scene_id: scene.id, edit_id: edit.id, concept_id: concept.id, asset_id: asset.id, part_id: part.id,
    entity_id: shot.id, temporal_entity_id: shot.id, asset_instance_id: instance.id, entity_link_id: links[0]!.id };
};

/** What was said of the shot's task, shown and attached. */
export const talk = async (admin: Client, task_id: string, task_status_id: string, word: string, forClient: boolean, upload: [string, Uint8Array<ArrayBuffer>, string], author = admin) => {
  const comment = await author.must('POST', `/actions/tasks/${task_id}/comment`, { task_status_id, comment: word, for_client: forClient, checklist: [] });
  const reply = await admin.must('POST', `/data/tasks/${task_id}/comments/${comment.id}/reply`, { text: word });
  const [attachment] = await admin.must('POST', `/actions/tasks/${task_id}/comments/${comment.id}/add-attachment`, file(`${word}.png`, PNG, 'image/png'));
  const preview = await admin.must('POST', `/actions/tasks/${task_id}/comments/${comment.id}/add-preview`, {});
  await admin.must('POST', `/pictures/preview-files/${preview.id}`, file(`${word}.${upload[0]}`, upload[1], upload[2]));
  return { comment_id: comment.id as string, reply_id: reply.id as string, attachment_file_id: attachment.id as string, preview_file_id: preview.id as string };
};

const work = async (s: Omit<Scene, 'open' | 'closed'>, ids: Record<string, string>, open: boolean, word: string): Promise<Record<string, string>> => {
  const { admin, project_id: p, studio } = s;
  const found: Record<string, string> = {};
  for (const kind of KINDS) {
    const many = `${kind === 'asset' ? 'assets' : kind === 'shot' ? 'shots' : kind}`;
    const type = studio[`${kind}_task_type_id`]!;
    const path = ['asset', 'shot', 'edit', 'concept'].includes(kind) ? `${many.replace(/([^s])$/, '$1s')}/create-tasks` : `create-tasks/${kind}`;
    const [task] = await admin.must('POST', `/actions/projects/${p}/task-types/${type}/${path}`, [ids[`${kind}_id`]]);
    found[`${kind}_task_id`] = task.id;
    await admin.must('PUT', `/data/tasks/${task.id}`, { description: word, start_date: '2026-06-01', due_date: '2026-06-05', estimation: 60 });
  }
  const task_id = found.shot_task_id!;
  const [second] = await admin.must('POST', `/actions/projects/${p}/task-types/${studio.second_task_type_id}/shots/create-tasks`, [ids.shot_id]);
  for (const person of open ? s.team : [s.someone]) await admin.must('PUT', `/actions/persons/${person.id}/assign`, { task_ids: [...Object.values(found), second.id] });
  const inside = open ? word : `${word} ${INSIDE}`;
  const said = await talk(admin, task_id, studio.task_status_id!, inside, open, ['png', PNG, 'image/png']);
  const shown = await talk(admin, task_id, studio.task_status_id!, inside, open, ['mp4', s.movie, 'video/mp4']);
  await admin.must('PUT', `/actions/preview-files/${shown.preview_file_id}/update-annotations`, { additions: [{ time: 0, drawing: { objects: [{ id: 'aaaaaaaa-0000-4000-8000-000000000001', type: 'path', left: 1, top: 5, width: 10, height: 10, stroke: '#ff0000' }] } }] });
  return { ...found, task_id, second_task_id: second.id, task_type_id: studio.shot_task_type_id!, ...said, movie_id: shown.preview_file_id, movie_comment_id: shown.comment_id };
};

/** What is made around the work: playlists, plans, files. */
const around = async (s: Omit<Scene, 'open' | 'closed'>, ids: Record<string, string>, open: boolean, word: string): Promise<Record<string, string>> => {
  const { admin, project_id: p, studio } = s;
  const post = (path: string, body: unknown) => admin.must('POST', path, body);
  const inside = open ? word : `${word} ${INSIDE}`;
  const playlist = await post('/data/playlists', { name: `${inside} list`, project_id: p, for_entity: 'shot', for_client: open, shots: [{ entity_id: ids.shot_id, preview_file_id: ids.movie_id }, { entity_id: ids.shot_id, preview_file_id: ids.preview_file_id }] });
  const milestone = await post('/data/milestones', { project_id: p, task_type_id: studio.shot_task_type_id, name: `${word} gate`, date: '2026-06-01' });
  const item = await post('/data/schedule-items', { project_id: p, task_type_id: studio.shot_task_type_id, object_id: ids.sequence_id, start_date: '2026-06-01', end_date: '2026-06-20' });
  const version = await post('/data/production-schedule-versions', { name: `${word} plan`, project_id: p });
  const link = await post('/data/production-schedule-version-task-links', { production_schedule_version_id: version.id, task_id: ids.task_id, start_date: '2026-06-01', due_date: '2026-06-02', estimation: 5 });
  const descriptor = await post(`/data/projects/${p}/metadata-descriptors`, { entity_type: 'Shot', name: `${inside} field`, data_type: 'string', for_client: open });
  const working = await post(`/data/tasks/${ids.task_id}/working-files/new`, { name: `${inside.replaceAll(' ', '_')}_main`, software_id: studio.software_id });
  await post(`/data/working-files/${working.id}/file`, file('main.ma', '//Maya', 'application/octet-stream'));
  const of = { output_type_id: studio.output_type_id, task_type_id: studio.shot_task_type_id };
  const output = await post(`/data/entities/${ids.shot_id}/output-files/new`, { name: `${inside.replaceAll(' ', '_')}_main`, ...of, person_id: s.adminId, representation: 'abc' });
  await admin.post(`/data/asset-instances/${ids.asset_instance_id}/entities/${ids.shot_id}/output-files/new`, { name: `${inside.replaceAll(' ', '_')}_instance`, ...of, representation: 'abc' });
  const budget = await post(`/data/projects/${p}/budgets`, { name: `${inside} money`, currency: 'EUR' });
  const entry = await post(`/data/projects/${p}/budgets/${budget.id}/entries`, { department_id: studio.department_id, start_date: '2026-01-01', months_duration: 3, daily_salary: 10, position: 'artist', seniority: 'mid' });
  const share = open ? await post(`/data/playlists/${playlist.id}/share`, { can_comment: true }) : { token: 'none' };
  const news = await admin.must('GET', `/data/projects/${p}/news?limit=50`);
  const chat = await admin.must('GET', `/data/entities/${ids.shot_id}/chat`);
  await post(`/actions/user/chats/${ids.shot_id}/join`, {});
  const message = await post(`/data/entities/${ids.shot_id}/chat/messages`, { message: inside });
  return { playlist_id: playlist.id, milestone_id: milestone.id, schedule_item_id: item.id, production_schedule_version_id: version.id, production_schedule_version_task_link_id: link.id,
    metadata_descriptor_id: descriptor.id, working_file_id: working.id, file_id: working.id, output_file_id: output.id, budget_id: budget.id, budget_entry_id: entry.id, entry_id: entry.id, token: share.token,
    news_id: news.data.find((n: any) => n.task_id === ids.task_id).id, chat_id: chat.id, chat_message_id: message.id };
};

const half = async (s: Omit<Scene, 'open' | 'closed'>, open: boolean): Promise<Half> => {
  const word = open ? MARK : `${MARK} ${UNASSIGNED}`;
  const ids: Record<string, string> = { ...s.studio, person_id: (open ? s.team[3]! : s.someone).id, project_id: s.project_id, ...(await breakdown(s.admin, s.project_id, word, s.studio.asset_type_id!)) };
  Object.assign(ids, await work(s, ids, open, word));
  Object.assign(ids, await around(s, ids, open, word));
  return { open, ids };
};

const settings = async (admin: Client, p: string, studio: Record<string, string>) => {
  const post = (path: string, body: unknown) => admin.must('POST', `/data/projects/${p}/settings/${path}`, body);
  for (const kind of [...KINDS, 'second']) await post('task-types', { task_type_id: studio[`${kind}_task_type_id`] });
  await post('task-status', { task_status_id: studio.task_status_id });
  await post('asset-types', { asset_type_id: studio.asset_type_id });
  await post('status-automations', { status_automation_id: studio.status_automation_id });
  await post('preview-background-files', { preview_background_file_id: studio.preview_background_file_id });
  await admin.must('POST', `/pictures/thumbnails/projects/${p}`, file('face.png', PNG, 'image/png'));
  await admin.must('POST', `/actions/projects/${p}/set-file-tree`, { tree_name: 'default' });
};

/** A production with two halves, six people on its team and six who are not. `tag` keeps several apart on one server. */
export const openScene = async (admin: Client, place: Place, tag = ''): Promise<Scene> => {
  const { user } = await admin.must('GET', '/auth/authenticated');
  const studio = await furnish(admin, KINDS, tag);
  const { id: p } = await admin.must('POST', '/data/projects', { name: `${MARK} film${tag}`, production_type: 'tvshow', description: MARK, fps: '25', ratio: '16:9', resolution: '320x180' });
  await settings(admin, p, studio);
  const [team, strangers, someone] = await Promise.all([Promise.all(ROLES.map((role) => person(admin, place, role, `${role} of team${tag}`))),
    Promise.all(ROLES.map((role) => person(admin, place, role, `${role} of nothing${tag}`))), person(admin, place, 'user', `someone of team${tag}`)]);
  for (const member of [...team, someone]) {
    member.onTeam = true;
    await admin.must('POST', `/pictures/thumbnails/persons/${member.id}`, file('face.png', PNG, 'image/png'));
    await admin.must('POST', `/data/projects/${p}/team`, { person_id: member.id });
  }
  const guest: Asker = { name: 'guest', role: 'client', onTeam: false, id: '', email: '', client: new Client(place.base, null) };
  const movie = await makeClip({ seconds: 1, size: '320x180' });
  const signIn = (who: Asker) => place.signIn(who.email, 'rolespassword');
  const base = { admin, adminId: user.id as string, project_id: p as string, team, strangers, someone, guest, movie, studio, signIn };
  const [open, closed] = await Promise.all([half(base, true), half(base, false)]);
  return { ...base, open, closed };
};
