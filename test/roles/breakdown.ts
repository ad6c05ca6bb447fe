import { body, none, plain, shot, table, throwaway, type Ask, type Asks, type At } from './request.ts';
import { file } from './pictures.ts';
import { fresh, MARK } from './scene.ts';

const name = () => fresh(MARK);
const settings = '/data/projects/{project_id}/settings';
const ofProject = (at: At, path: string) => `/data/projects/${at.ids.project_id}/${path}`;

/** Links a spare thing to the production and takes it away again. */
const linked = (what: string, key: string): Asks => ({
  [`POST ${settings}/${what}`]: body(({ ids }) => ({ [key]: ids[key] })),
  [`DELETE ${settings}/${what}/{${key}}`]: async (at) => {
    const id = at.ids[`spare_${key}`]!;
    await at.admin.must('POST', ofProject(at, `settings/${what}`), { [key]: id });
    return { ids: { [key]: id } };
  },
});

/** The same of a template. */
const ofTemplate = (what: string, key: string): Asks => {
  const path = `/data/project-templates/{project_template_id}/${what}`;
  return {
    [`POST ${path}`]: body(({ ids }) => ({ [key]: ids[key] })),
    [`DELETE ${path}/{${key}}`]: async ({ admin, ids }) => {
      await admin.must('POST', `/data/project-templates/${ids.project_template_id}/${what}`, { [key]: ids[`spare_${key}`] });
      return { ids: { [key]: ids[`spare_${key}`]! } };
    },
  };
};

const template = (change: unknown = undefined): Ask => throwaway('instance_id', () => '/data/project-templates', () => ({ name: name() }), () => ({ body: change }));

/** A production of its own, closed, that who asks is on the team of where they are on the other's. */
const production = (change?: unknown, query = ''): Ask => async ({ admin, me }) => {
  const { id } = await admin.must('POST', '/data/projects', { name: name() });
  if (me.onTeam) await admin.must('POST', `/data/projects/${id}/team`, { person_id: me.id });
  if (query) {
    const closed = (await admin.must('GET', '/data/project-status')).find((x: any) => x.name === 'Closed');
    await admin.must('PUT', `/data/projects/${id}`, { project_status_id: closed.id });
  }
  return { ids: { instance_id: id }, body: change, query };
};

const field = () => ({ entity_type: 'Shot', name: fresh('field'), data_type: 'string' });
const everywhere = '/data/metadata-descriptors/all-projects';

const projects: Asks = {
  ...plain('/data/project-status', () => ({ name: fresh('Frozen'), color: '#000000' }), { color: '#111111' }),
  ...plain('/data/entity-types', () => ({ name: fresh('Props') }), { short_name: 'x' }),
  'POST /data/projects': body(() => ({ name: name() })),
  'PUT /data/projects/{instance_id}': body(() => ({ description: MARK })),
  'DELETE /data/projects/{instance_id}': production(undefined, '?force=true'),
  'POST /data/projects/{project_id}/team': body(({ s }) => ({ person_id: s.team[3]!.id })),
  'PUT /data/projects/{project_id}/team/{person_id}': ({ s }) => ({ ids: { person_id: s.team[3]!.id }, body: { role: 'user' } }),
  'DELETE /data/projects/{project_id}/team/{person_id}': async (at) => {
    const { id } = await at.admin.must('POST', '/data/persons', { first_name: 'Short', last_name: name(), email: `${fresh('short').replaceAll(' ', '')}@roles.studio` });
    await at.admin.must('POST', ofProject(at, 'team'), { person_id: id });
    return { ids: { person_id: id } };
  },
  ...linked('task-types', 'task_type_id'), ...linked('task-status', 'task_status_id'), ...linked('asset-types', 'asset_type_id'),
  ...linked('status-automations', 'status_automation_id'), ...linked('preview-background-files', 'preview_background_file_id'),
  'POST /data/task-type-links': body(({ ids }) => ({ project_id: ids.project_id, task_type_id: ids.task_type_id, priority: 1 })),
  'POST /data/task-status-links': body(({ ids }) => ({ project_id: ids.project_id, task_status_id: ids.task_status_id, priority: 1 })),
  'POST /actions/projects/{project_id}/task-type-links/reorder': body(({ ids }) => ({ task_type_ids: [ids.task_type_id] })),
  'POST /actions/projects/{project_id}/task-status-links/reorder': body(({ ids }) => ({ task_status_ids: [ids.task_status_id] })),
  [`POST ${settings}/batch`]: body(({ ids }) => ({ task_status_ids: [ids.task_status_id] })),
  'POST /import/kitsu/projects': body(({ s }) => [{ id: '0b000000-1111-4000-8000-000000000001', name: `${MARK} afar`, project_status_id: s.studio.open_status_id, type: 'Project', production_type: 'short', team: [], asset_types: [], task_statuses: [], task_types: [] }]),
  'POST /import/kitsu/metadata-descriptors': body(({ ids }) => [{ id: '0b000000-1111-4000-8000-000000000007', project_id: ids.project_id, entity_type: 'Shot', name: 'Far', field_name: 'far', data_type: 'string', choices: [], type: 'MetadataDescriptor' }]),
  'POST /import/shotgun/projects': body(() => [{ type: 'Project', id: 930001, name: 'Roles gun', sg_status: 'Open' }]),
  'POST /import/shotgun/project-connections': body(() => []),
  'POST /import/shotgun/projectconnections': body(() => []),
  'POST /import/shotgun/remove/project': body(() => ({ id: 930099 })),
  'POST /import/shotgun/remove/project-connection': body(() => ({ id: 930099 })),
  'POST /import/shotgun/remove/projectconnection': body(() => ({ id: 930099 })),
};

const descriptors: Asks = {
  ...plain('/data/metadata-descriptors', ({ ids }) => { const f = field(); return { ...f, project_id: ids.project_id, field_name: f.name.replaceAll(' ', '_') }; }, { choices: ['a'] }),
  [`POST ${everywhere}`]: body(field),
  [`PUT ${everywhere}/{field_name}`]: async (at) => ({ ids: { field_name: await fieldOfMine(at) }, body: { entity_type: 'Shot', data_type: 'string', name: fresh('other') } }),
  [`DELETE ${everywhere}/{field_name}`]: async (at) => ({ ids: { field_name: await fieldOfMine(at) }, query: '?entity_type=Shot' }),
  'POST /actions/metadata-descriptors/all-projects/reorder': body(async (at) => ({ entity_type: 'Shot', field_order: [await fieldOfMine(at)] })),
  'POST /data/projects/{project_id}/metadata-descriptors': body(field),
  'PUT /data/projects/{project_id}/metadata-descriptors/{metadata_descriptor_id}': throwaway('metadata_descriptor_id', (at) => ofProject(at, 'metadata-descriptors'), field, () => ({ body: { for_client: true } })),
  'DELETE /data/projects/{project_id}/metadata-descriptors/{metadata_descriptor_id}': throwaway('metadata_descriptor_id', (at) => ofProject(at, 'metadata-descriptors'), field),
  'POST /data/projects/{project_id}/metadata-descriptors/reorder': body(({ ids }) => ({ entity_type: 'Shot', descriptor_ids: [ids.metadata_descriptor_id] })),
};

/** A field of the production, which is one of a manager's that is on its team. */
const fieldOfMine = async (at: At): Promise<string> => (await at.admin.must('POST', ofProject(at, 'metadata-descriptors'), field())).field_name;

const templates: Asks = {
  'POST /data/project-templates': body(() => ({ name: name() })),
  'PUT /data/project-templates/{instance_id}': template({ description: 'x' }),
  'DELETE /data/project-templates/{instance_id}': template(),
  'POST /data/project-templates/from-project/{project_id}': body(() => ({ name: name() })),
  'POST /data/projects/{project_id}/apply-template/{project_template_id}': none,
  'PUT /data/project-templates/{project_template_id}/metadata-descriptors': body(() => ({ metadata_descriptors: [] })),
  'PUT /data/project-templates/{project_template_id}/default-preview-background-file': async ({ admin, ids }) => {
    await admin.must('POST', `/data/project-templates/${ids.project_template_id}/preview-background-files`, { preview_background_file_id: ids.preview_background_file_id });
    return { body: { default_preview_background_file_id: ids.preview_background_file_id } };
  },
  ...ofTemplate('task-types', 'task_type_id'), ...ofTemplate('task-statuses', 'task_status_id'), ...ofTemplate('asset-types', 'asset_type_id'),
  ...ofTemplate('status-automations', 'status_automation_id'), ...ofTemplate('preview-background-files', 'preview_background_file_id'),
  'POST /actions/project-templates/{project_template_id}/task-types/reorder': body(() => ({ task_type_ids: [] })),
  'POST /actions/project-templates/{project_template_id}/task-statuses/reorder': body(() => ({ task_status_ids: [] })),
};

const filter = ({ ids }: At) => ({ name: name(), query: 'late=yes', list_type: 'shot', entity_type: 'Shot', project_id: ids.project_id });
const group = ({ ids }: At) => ({ name: name(), color: '#f00', list_type: 'shot', entity_type: 'Shot', project_id: ids.project_id });
/** Of the one who asks, who made it. */
const mine = (what: string, key: string, make: (at: At) => object, change?: object): Ask => async (at) => {
  const as = at.me.id && at.open ? at.me.client : at.s.someone.client;
  const body = make(at);
  const { id } = await as.must('POST', `/data/user/${what}`, at.me.onTeam || !at.open ? body : { ...body, project_id: null });
  return { ids: { [key]: id }, body: change };
};

const searches: Asks = {
  ...plain('/data/search-filters', ({ s, ids }) => ({ name: name(), list_type: 'shot', search_query: 'late', person_id: s.adminId, project_id: ids.project_id }), { search_query: 'very late' }),
  ...plain('/data/search-filter-groups', ({ s, ids }) => ({ name: name(), list_type: 'shot', color: '#000', person_id: s.adminId, project_id: ids.project_id }), { color: '#fff' }),
  'GET /data/search-filters/{instance_id}': throwaway('instance_id', () => '/data/search-filters', ({ s, ids }) => ({ name: name(), list_type: 'shot', search_query: 'late', person_id: s.adminId, project_id: ids.project_id })),
  'GET /data/search-filter-groups/{instance_id}': throwaway('instance_id', () => '/data/search-filter-groups', ({ s, ids }) => ({ name: name(), list_type: 'shot', color: '#000', person_id: s.adminId, project_id: ids.project_id })),
  'POST /data/user/filters': body((at) => (at.me.onTeam ? filter(at) : { ...filter(at), project_id: null })),
  'POST /data/user/filter-groups': body((at) => (at.me.onTeam ? group(at) : { ...group(at), project_id: null })),
  'PUT /data/user/filters/{filter_id}': mine('filters', 'filter_id', filter, { name: 'Later' }),
  'DELETE /data/user/filters/{filter_id}': mine('filters', 'filter_id', filter),
  'GET /data/user/filter-groups/{filter_group_id}': mine('filter-groups', 'filter_group_id', group),
  'PUT /data/user/filter-groups/{filter_group_id}': mine('filter-groups', 'filter_group_id', group, { color: '#0f0' }),
  'DELETE /data/user/filter-groups/{filter_group_id}': mine('filter-groups', 'filter_group_id', group),
  'POST /data/search': body(() => ({ query: MARK })),
};

const made = (path: string, more: (at: At) => object = () => ({})): Ask => body((at) => ({ name: name(), description: '', ...more(at) }));
/** One of the kind to be taken away, in the half. */
const gone = (path: string, key: string, more: (at: At) => object = () => ({}), sent: unknown = undefined): Ask =>
  throwaway(key, (at) => ofProject(at, path.replace('{asset_type_id}', at.ids.asset_type_id!)), (at) => ({ name: name(), description: '', ...more(at) }), () => ({ query: sent ? '' : '?force=true', body: sent }));
const inSequence = ({ ids }: At) => ({ sequence_id: ids.sequence_id });
const P = '/data/projects/{project_id}';

const entities: Asks = {
  ...plain('/data/entities', ({ ids }) => ({ name: name(), project_id: ids.project_id, entity_type_id: ids.asset_type_id }), { status: 'complete' }),
  'POST /actions/projects/{project_id}/delete-entities': body(async (at) => [await shot(at)]),
  [`POST ${P}/shots`]: made('shots', inSequence), 'DELETE /data/shots/{shot_id}': gone('shots', 'shot_id', inSequence),
  // Supervisors change the metadata alone.
  'PUT /data/shots/{shot_id}': body((at) => (at.open ? { data: { mood: 'calm' } } : { nb_frames: 12 })),
  'PUT /data/entities/{instance_id}': body((at) => (at.open ? { data: { mood: 'calm' } } : { status: 'running' })),
  [`POST ${P}/sequences`]: made('sequences'), 'DELETE /data/sequences/{sequence_id}': gone('sequences', 'sequence_id'),
  [`POST ${P}/episodes`]: made('episodes'), 'DELETE /data/episodes/{episode_id}': gone('episodes', 'episode_id'),
  [`POST ${P}/scenes`]: made('scenes', inSequence), 'DELETE /data/scenes/{scene_id}': gone('scenes', 'scene_id', inSequence),
  [`POST ${P}/edits`]: made('edits'), 'DELETE /data/edits/{edit_id}': gone('edits', 'edit_id'),
  [`POST ${P}/concepts`]: made('concepts'), 'DELETE /data/concepts/{concept_id}': gone('concepts', 'concept_id'),
  [`POST ${P}/asset-types/{asset_type_id}/assets/new`]: made('assets'), 'DELETE /data/assets/{asset_id}': gone('asset-types/{asset_type_id}/assets/new', 'asset_id'),
  'POST /data/scenes/{scene_id}/shots': body(({ ids }) => ({ shot_id: ids.shot_id })),
  'DELETE /data/scenes/{scene_id}/shots/{shot_id}': async (at) => {
    const shot_id = await shot(at);
    await at.admin.must('POST', `/data/scenes/${at.ids.scene_id}/shots`, { shot_id });
    return { ids: { shot_id } };
  },
  'POST /actions/assets/share': body(({ ids }) => ({ asset_ids: [ids.part_id], is_shared: false })),
  'POST /actions/projects/{project_id}/assets/share': body(() => ({ is_shared: false })),
  'POST /actions/projects/{project_id}/asset-types/{asset_type_id}/assets/share': body(() => ({ is_shared: false })),
  'POST /actions/projects/{project_id}/task-types/{task_type_id}/set-shot-nb-frames': none,
  [`PUT ${P}/entities/{entity_id}/casting`]: body(({ ids }) => [{ asset_id: ids.asset_id, nb_occurences: 1 }]),
  [`PUT ${P}/entities/casting`]: body(({ ids }) => ({ [ids.shot_id!]: [{ asset_id: ids.asset_id, nb_occurences: 1 }] })),
  [`PUT ${P}/entities/casting/assets/{asset_id}`]: body(({ ids }) => ({ entity_ids: [ids.shot_id] })),
  'PUT /data/assets/{asset_id}/casting': body(({ ids }) => [{ asset_id: ids.part_id, nb_occurences: 1 }]),
  ...plain('/data/entity-links', () => ({}), { nb_occurences: 2 }),
  'POST /data/entity-links': body(async (at) => ({ entity_in_id: await shot(at), entity_out_id: at.ids.part_id, nb_occurences: 2 })),
  'PUT /data/entity-links/{instance_id}': async (at) => ({ ids: { instance_id: await link(at) }, body: { label: 'far' } }),
  'DELETE /data/entity-links/{instance_id}': async (at) => ({ ids: { instance_id: await link(at) } }),
  [`DELETE ${P}/entity-links/{entity_link_id}`]: async (at) => ({ ids: { entity_link_id: await link(at) } }),
};

// Without a production these lists are for admins.
for (const kind of ['shots', 'sequences', 'episodes', 'scenes', 'edits', 'concepts']) {
  for (const list of ['', '/all', '/with-tasks']) {
    if (list === '/all' ? ['shots', 'scenes', 'edits'].includes(kind) : list || kind !== 'scenes') entities[`GET /data/${kind}${list}`] = ({ ids }) => ({ query: `?project_id=${ids.project_id}` });
  }
}

const link = async (at: At): Promise<string> => (await at.admin.must('POST', '/data/entity-links', { entity_in_id: await shot(at), entity_out_id: at.ids.part_id, nb_occurences: 1 })).id;
const instance = (at: At): Promise<any> => at.admin.must('POST', `/data/scenes/${at.ids.scene_id}/asset-instances`, { asset_id: at.ids.asset_id });

const instances: Asks = {
  ...plain('/data/asset-instances', ({ ids }) => ({ asset_id: ids.asset_id, name: fresh('Instance'), number: Number(fresh('').trim()) }), { description: 'red' }),
  'POST /data/scenes/{scene_id}/asset-instances': body(({ ids }) => ({ asset_id: ids.asset_id })),
  'POST /data/assets/{asset_id}/asset-asset-instances': body(({ ids }) => ({ asset_to_instantiate_id: ids.part_id })),
  'POST /data/shots/{shot_id}/asset-instances': body(async (at) => ({ asset_instance_id: (await instance(at)).id })),
  'DELETE /data/shots/{shot_id}/asset-instances/{asset_instance_id}': async (at) => {
    const { id } = await instance(at);
    await at.admin.must('POST', `/data/shots/${at.ids.shot_id}/asset-instances`, { asset_instance_id: id });
    return { ids: { asset_instance_id: id } };
  },
};

const cut = () => file('cut.otio', JSON.stringify({ OTIO_SCHEMA: 'Timeline.1', name: 'cut', metadata: {}, global_start_time: null,
  tracks: { OTIO_SCHEMA: 'Stack.1', name: 'tracks', metadata: {}, source_range: null, effects: [], markers: [], children: [] } }), 'application/octet-stream');
const shotgun = (type: string, id: number, more: object = {}) => body(() => [{ type, id, code: `Roles ${type}`, description: '', project: { type: 'Project', id: 930001, name: 'Roles gun' }, ...more }]);
const removed = body(() => ({ id: 930099 }));

const imports: Asks = {
  'POST /import/csv/projects/{project_id}/assets': body(({ s }) => table(`Type,Name,Description\n${s.studio.asset_type_name},${name()},x\n`)),
  'POST /import/csv/projects/{project_id}/shots': body(() => table(`Episode,Sequence,Name,Description\n${MARK} E9,${MARK} SQ9,${name()},x\n`)),
  'POST /import/csv/projects/{project_id}/edits': body(() => table(`Episode,Name,Description\n,${name()},x\n`)),
  'POST /import/csv/projects/{project_id}/casting': body(() => table('Episode,Parent,Name,Asset Type,Asset,Occurences,Label\n')),
  'POST /import/otio/projects/{project_id}': body(cut),
  'POST /import/otio/projects/{project_id}/episodes/{episode_id}': body(cut),
  'POST /import/kitsu/entities': body(({ ids }) => [{ id: '0b000000-1111-4000-8000-000000000002', name: `${MARK} far`, project_id: ids.project_id, entity_type_id: ids.asset_type_id, type: 'Asset' }]),
  'POST /import/kitsu/entity-links': body(({ ids, open }) => [{ id: `0b000000-1111-4000-8000-00000000000${open ? 6 : 5}`, entity_in_id: ids.shot_id, entity_out_id: ids.part_id, nb_occurences: 4, type: 'EntityLink' }]),
  'POST /import/shotgun/assets': shotgun('Asset', 930005, { sg_asset_type: 'Roles props', parents: [] }),
  'POST /import/shotgun/episodes': shotgun('Episode', 930006),
  'POST /import/shotgun/sequences': shotgun('Sequence', 930007, { episode: { id: 930006 } }),
  'POST /import/shotgun/shots': shotgun('Shot', 930008, { sg_cut_in: 1, sg_cut_duration: 10, sg_sequence: { id: 930007 }, assets: [] }),
  'POST /import/shotgun/scenes': shotgun('Scene', 930009, { sequence_sg_scenes_1_sequences: [{ id: 930007 }] }),
  'POST /import/shotgun/remove/asset': removed, 'POST /import/shotgun/remove/shot': removed, 'POST /import/shotgun/remove/sequence': removed,
  'POST /import/shotgun/remove/episode': removed, 'POST /import/shotgun/remove/scene': removed,
  'POST /import/shotgun/errors': body(() => ({ type: 'Shot', id: 930088, why: 'no code' })),
  'DELETE /import/shotgun/errors/{error_id}': throwaway('error_id', () => '/import/shotgun/errors', () => ({ type: 'Shot', id: 930088, why: 'no code' })),
};

export const breakdownAsks: Asks = { ...projects, ...descriptors, ...templates, ...searches, ...entities, ...instances, ...imports };
