import { bodySchema, ids, list, listed, newBodySchema, oneText, ownProductions, raw, Rendered, rendered, route, selectList, sql, to, wantsRelations, type Route } from '@shotlog/kernel';
import { teamRead } from '../project/project.steps.ts';
import { createEverywhere, removeEverywhere, reorderEverywhere, updateEverywhere } from './all-projects.ts';
import { createDescriptor } from './create-descriptor.ts';
import { BY_NAME, descriptorFields, descriptorShape, visibleFields } from './metadata-descriptor.ts';
import { reorderDescriptors } from './reorder-descriptors.ts';
import { descriptorRow, maySeeField, removeDescriptor, updateDescriptor } from './update-descriptor.ts';
import { MetadataDescriptor } from './metadata-descriptor.answers.ts';
import { z } from 'zod';

const plain = '/data/metadata-descriptors';
const everywhere = `${plain}/all-projects`;
const ofProject = '/data/projects/{project_id}/metadata-descriptors';
const one = `${ofProject}/{metadata_descriptor_id}`;

const plainRoutes: Route[] = [
  route({
    method: 'get', path: plain, summary: 'List the fields that you may see', answers: { 200: listed(MetadataDescriptor) }, access: to.team.but({ client: 'filtered' }).listed,
    ask: (c) => {
      c.keep(['*'], 'person');
      const clientIn = [...c.caller.teams.keys()].filter((id) => c.caller.roleIn(id) === 'client');
      const mine = sql`(${ownProductions(c.caller) ?? raw('true')}) and (t.for_client or not t.project_id = any(${`{${clientIn.join(',')}}`}::uuid[]))`;
      return list({ shape: descriptorShape, db: c.db, caller: c.caller, request: c.request, scope: mine });
    },
  }),
  route({
    method: 'get', path: `${plain}/{instance_id}`, summary: 'Get one field', answers: { 200: MetadataDescriptor }, access: to.admins,
    ask: async (c) => {
      const row = await descriptorRow(c, c.request.params.instance_id!, undefined, 400);
      return new Rendered((await oneText(c.db, descriptorShape, c.caller, sql`t.id = ${row.id}`, wantsRelations(c.request)))!);
    },
  }),
  route({ method: 'post', path: plain, summary: 'Create a field, key and all', body: newBodySchema(descriptorFields, ['field_name']), answers: { 201: MetadataDescriptor }, command: createDescriptor, access: to.admins, status: 201, input: (request) => ({ ...(request.body as object), plain: true }) }),
  route({ method: 'put', path: `${plain}/{instance_id}`, summary: 'Update a field', body: bodySchema(descriptorFields), answers: { 200: MetadataDescriptor }, command: updateDescriptor, access: to.admins, status: 200, input: ({ params, body }) => ({ id: params.instance_id, changes: body, plain: true }) }),
  route({ method: 'delete', path: `${plain}/{instance_id}`, summary: 'Delete a field', command: removeDescriptor, access: to.admins, status: 204, input: ({ params }) => ({ id: params.instance_id, plain: true }) }),
];

const everywhereRoutes: Route[] = [
  route({ method: 'post', path: everywhere, summary: 'Create a field in every production that you manage', answers: { 201: z.array(MetadataDescriptor) }, command: createEverywhere, status: 201 }),
  route({ method: 'put', path: `${everywhere}/{field_name}`, summary: 'Update a field in every production that you manage', answers: { 200: z.array(MetadataDescriptor) }, command: updateEverywhere, status: 200 }),
  route({ method: 'delete', path: `${everywhere}/{field_name}`, summary: 'Delete a field in every production that you manage', answers: { 200: ids }, command: removeEverywhere, status: 200,
    input: ({ params, search }) => ({ field_name: params.field_name, entity_type: search.get('entity_type') }) }),
  route({ method: 'post', path: '/actions/metadata-descriptors/all-projects/reorder', summary: 'Order the fields of every production that you manage', answers: { 200: z.array(MetadataDescriptor) }, command: reorderEverywhere, status: 200 }),
];

const changeOf = ({ params, body }: { params: Record<string, string>; body: unknown }) => ({ id: params.metadata_descriptor_id, project_id: params.project_id, changes: body });

export const descriptorRoutes: Route[] = [
  ...plainRoutes, ...everywhereRoutes,
  route({
    method: 'get', path: ofProject, summary: 'List the fields of a production', answers: { 200: z.array(MetadataDescriptor) }, ...teamRead((c, id) => rendered(c.db, sql`select ${selectList(descriptorShape, c.caller, true)} from metadata_descriptor t
      where t.project_id = ${id} and ${visibleFields(c.caller, id)} order by ${BY_NAME}`)), access: to.team.but({ client: 'filtered' }),
  }),
  route({
    method: 'get', path: one, summary: 'Get one field of a production', answers: { 200: MetadataDescriptor }, ...teamRead(async (c, id) => {
      const row = await descriptorRow(c, c.request.params.metadata_descriptor_id!, id);
      maySeeField(c.caller, row);
      return new Rendered((await oneText(c.db, descriptorShape, c.caller, sql`t.id = ${row.id}`, true))!);
    }), access: to.team.but({ client: 'filtered' }),
  }),
  route({ method: 'post', path: ofProject, summary: 'Give entities of a production a field', answers: { 201: MetadataDescriptor }, command: createDescriptor, status: 201 }),
  route({ method: 'put', path: one, summary: 'Change a field of a production', body: bodySchema(descriptorFields), answers: { 200: MetadataDescriptor }, command: updateDescriptor, status: 200, input: changeOf }),
  route({ method: 'delete', path: one, summary: 'Take a field out of a production', command: removeDescriptor, status: 204, input: changeOf }),
  route({ method: 'post', path: `${ofProject}/reorder`, summary: 'Order the fields of a production', answers: { 200: z.array(MetadataDescriptor) }, command: reorderDescriptors, status: 200 }),
];
