import { access, derivedId, event, f, Invalid, on, projection, resource, sql, apiTime, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';

/** Where people talk about an entity. `participants` have joined; `last_message` is when somebody last wrote. */
export const chat = resource({
  service: 'notifications', name: 'chat', path: '/data/chats', type: 'Chat', published: (what, e) => [{ name: `chat:${what}`, payload: { chat_id: e.data.chat_id, project_id: e.data.project_id ?? null } }],
  fields: { object_id: f.uuid({ required: true }), object_type: f.string(80, { default: 'entity' }), last_message: f.time(), participants: f.uuids({ relation: true, default: [] }), project_id: f.uuid({ hidden: true }) },
  access: access.admin, indexes: ['object_id', 'project_id'],
  creating: async (values, context) => {
    const entity = values.object_id ? await context.db.one(sql`select project_id from entity where id = ${values.object_id}`) : null;
    if (values.object_id && !entity) throw new Invalid('There is no such entity.');
    return { project_id: entity?.project_id ?? null, participants: values.participants ?? [] };
  },
});
/** The chat of an entity that has none of another id. */
export const chatIdOf = (entity_id: string): string => derivedId('chat', entity_id);

const announced = (what: 'new' | 'update' | 'delete', e: Recorded): Publication[] => {
  const { chat_id, chat_message_id, announced_as } = e.data;
  const project_id = e.data.project_id ?? null;
  if (what === 'new' && announced_as === 'talk') return [{ name: 'chat:new-message', payload: { chat_id, chat_message_id, last_message: apiTime(e.metadata.at), project_id } }];
  if (what === 'delete' && chat_id) return [{ name: 'chat:deleted-message', payload: { chat_id, chat_message_id, project_id } }];
  return [{ name: `chat-message:${what}`, payload: { chat_message_id, project_id } }];
};

/** What was said in a chat. */
export const chatMessage = resource({
  service: 'notifications', name: 'chat_message', path: '/data/chat-messages', type: 'ChatMessage', published: announced,
  fields: { chat_id: f.uuid({ required: true, immutable: true }), person_id: f.uuid({ required: true, immutable: true }), text: f.text(), project_id: f.uuid({ hidden: true }), announced_as: f.string(10, { hidden: true, immutable: true }) },
  access: access.admin, indexes: ['chat_id'],
  relations: { attachment_files: sql`(select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'extension', a.extension, 'size', a.size) order by a.log_position), '[]') from attachment_file a where a.chat_message_id = t.id)` },
  creating: async (values, context) => {
    const of = values.chat_id ? await context.db.one(sql`select project_id from chat where id = ${values.chat_id}`) : null;
    if (values.chat_id && !of) throw new Invalid('There is no such chat.');
    if (values.person_id && !(await context.db.one(sql`select 1 from directory_person where id = ${values.person_id}`))) throw new Invalid('There is no such person.');
    return { project_id: of?.project_id ?? null, announced_as: 'new' };
  },
});

const Id = z.guid();
const Member = z.object({ chat_id: Id, person_id: Id, project_id: Id.nullable() });
const told = (what: string) => ({ publish: (e: { data: z.infer<typeof Member> }) => [{ name: `chat:${what}`, payload: { chat_id: e.data.chat_id, person_id: e.data.person_id, project_id: e.data.project_id } }] });
export const ChatJoined = event('ChatJoined', 1, Member, told('joined'));
export const ChatLeft = event('ChatLeft', 1, Member, told('left'));

/** Who is in a chat, when it was last written in, and what goes with it. */
export const chatProjection = projection('chat_members', [], [
  on(ChatJoined, (e) => sql`update chat set participants = array_append(array_remove(participants, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid) where id = ${e.data.chat_id}`),
  on(ChatLeft, (e) => sql`update chat set participants = array_remove(participants, ${e.data.person_id}::uuid) where id = ${e.data.chat_id}`),
  on(chatMessage.events.created, (e) => sql`update chat set last_message = ${apiTime(e.metadata.at)} where id = ${e.data.chat_id}`),
  on(chat.events.deleted, (e) => sql`delete from chat_message where chat_id = ${e.data.chat_id}`),
]);
