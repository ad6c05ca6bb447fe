import { to } from '@shotlog/kernel';
import {
  allow, command, defineState, DomainError, Invalid, isId, NotFound, oneText, only, pathId, rendered, Rendered, route, selectList, sql, type Context, type NewEvent, type QueryContext, type Route,
} from '@shotlog/kernel';
import { attach, withPapers, type Papers } from '@shotlog/files/attachment-file/store';
import { z } from 'zod';
import { chat, chatIdOf, ChatJoined, ChatLeft, chatMessage } from './chat.ts';
import { Chat, ChatMessage, ChatWithMessages, ListedChat } from './chat.answers.ts';

type State = { exists: boolean; participants: ReadonlySet<string> };
/** Who is in a chat. */
export const chatState = defineState<State, NewEvent>({
  initial: { exists: false, participants: new Set() },
  evolve: (state, { type, data }) => {
    const others = [...state.participants].filter((id) => id !== data.person_id);
    switch (type) {
      case 'ChatCreated': return { exists: true, participants: new Set<string>(data.participants ?? []) };
      case 'ChatUpdated': return data.changes.participants ? { ...state, participants: new Set<string>(data.changes.participants) } : state;
      case 'ChatDeleted': return { exists: false, participants: new Set() };
      case 'ChatJoined': return { ...state, participants: new Set([...others, data.person_id]) };
      case 'ChatLeft': return { ...state, participants: new Set(others) };
      default: return state;
    }
  },
});

type Entity = { entity_id: string; project_id: string; chat_id: string };
/** The entity and its chat, for who may talk there: the team; vendors where they work on it. @throws NotFound, Forbidden */
const entityChat = async (given: string, context: Context): Promise<Entity> => {
  const entity = isId(given) ? await context.db.one<{ id: string; project_id: string; chat_id: string | null; assigned: boolean }>(sql`select e.id, e.project_id,
    (select id from chat where object_id = e.id order by log_position limit 1) as chat_id, exists (select 1 from task where entity_id = e.id and ${context.caller.id}::uuid = any(assignees)) as assigned
    from entity e where e.id = ${given}`) : null;
  if (!entity) throw new NotFound('entity', given);
  only.team(context.caller, entity.project_id);
  allow(context.caller.roleIn(entity.project_id) !== 'vendor' || entity.assigned);
  return { entity_id: entity.id, project_id: entity.project_id, chat_id: entity.chat_id ?? chatIdOf(entity.id) };
};

const born = (c: Entity, state: State): NewEvent[] => (state.exists ? []
  : [chat.events.created({ chat_id: c.chat_id, object_id: c.entity_id, object_type: 'entity', last_message: null, participants: [], project_id: c.project_id })]);
const shown = async (id: string, context: Context, relations: boolean) => JSON.parse((await oneText(context.db, chat.shape, context.caller, sql`t.id = ${id}`, relations))!);

const onChat = (verb: string, decide: (c: Entity & { person_id: string }, state: State) => NewEvent[], answer: (id: string, context: Context) => unknown) => command({
  subject: `cmd.notifications.${verb}-chat`, schema: z.object({ entity_id: z.string() }), state: chatState, access: to.team.but({ vendor: 'filtered' }),
  prepare: async (c, context): Promise<any> => ({ ...(await entityChat(c.entity_id, context)), person_id: context.caller.personId }),
  stream: (c: any) => chat.stream(c.chat_id), decide, answer: (c: any, context) => answer(c.chat_id, context),
});

/** The chat of an entity, made when somebody first asks for it. */
export const openChat = onChat('open', born, async (id, context) => ({ ...(await shown(id, context, true)), messages: [] }));
/** Joins; who is in stays in. */
export const joinChat = onChat('join', (c, state) => [...born(c, state), ...(state.participants.has(c.person_id) ? [] : [ChatJoined({ chat_id: c.chat_id, person_id: c.person_id, project_id: c.project_id })])],
  (id, context) => shown(id, context, false));
/** Leaves; who is not in stays out. */
export const leaveChat = onChat('leave', (c, state) => (state.participants.has(c.person_id) ? [ChatLeft({ chat_id: c.chat_id, person_id: c.person_id, project_id: c.project_id })] : []), () => null);

const Message = z.object({ chat_id: z.guid(), project_id: z.guid(), person_id: z.guid(), chat_message_id: z.guid(), text: z.string() });
/** Says something in a chat. Sent by the route alone, which knows that the caller is in it. */
export const say = command({
  subject: 'cmd.notifications.say', schema: Message, state: chatMessage.commands.create.state as any, creates: true, access: to.team, policy: (caller, c) => allow(caller.isSystem || (caller.id === c.person_id && caller.isIn(c.project_id))),
  prepare: async (c, context): Promise<any> => {
    const found = await context.db.one(sql`select ${c.person_id}::uuid = any(participants) as joined from chat where id = ${c.chat_id} and project_id = ${c.project_id}`);
    if (!found?.joined) throw new Invalid('Join the chat before you write in it.');
    return c;
  },
  stream: (c: any) => chatMessage.stream(c.chat_message_id),
  decide: (c: any, row: unknown) => (row !== null ? [] : [chatMessage.events.created({ ...c, announced_as: 'talk' })]),
});

/** Takes a message back: who wrote it, or an admin. */
export const unsay = command({
  subject: 'cmd.notifications.unsay', schema: z.object({ entity_id: z.string(), chat_message_id: z.string() }), state: chatMessage.commands.create.state as any, access: to.teamOneself,
  prepare: async (c, context): Promise<any> => {
    const { chat_id, project_id } = await entityChat(c.entity_id, context);
    const row = isId(c.chat_message_id) ? await context.db.one(sql`select person_id from chat_message where id = ${c.chat_message_id} and chat_id = ${chat_id}`) : null;
    if (!row) throw new NotFound('message', c.chat_message_id);
    allow(context.caller.isAdmin || row.person_id === context.caller.id);
    return { chat_id, project_id, chat_message_id: c.chat_message_id };
  },
  stream: (c: any) => chatMessage.stream(c.chat_message_id),
  decide: (c: any, row: unknown) => (row === null ? [] : [chatMessage.events.deleted(c)]),
});

const MOST_BYTES = 1_000_000;
/** The text of a message sent as JSON. @throws Invalid */
const jsonText = async (c: QueryContext): Promise<string> => {
  let size = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of c.request.stream ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new DomainError('Invalid', 'The message is too long.', { status: 413 });
    chunks.push(chunk);
  }
  try {
    const { message } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    if (typeof message === 'string' && !message.includes('\0')) return message;
  } catch { /* told below */ }
  throw new Invalid('message must be a text.', { data: { errors: [{ field: 'message', message: 'needed' }] } });
};

const write = async (c: QueryContext): Promise<unknown> => {
  const { chat_id, project_id } = await entityChat(c.request.params.entity_id ?? '', c);
  const person_id = c.caller.personId;
  const joined = await c.db.one(sql`select ${person_id}::uuid = any(participants) as joined from chat where id = ${chat_id}`);
  if (!joined?.joined) throw new Invalid('Join the chat before you write in it.');
  const form = (c.request.headers.get('content-type') ?? '').startsWith('multipart/');
  const chat_message_id = c.moment.id('message');
  const sent = async ({ files, fields }: Papers) => {
    const text = fields.message ?? '';
    if (text.includes('\0')) throw new Invalid('message holds a NUL character.');
    await c.run(say, { chat_id, project_id, person_id, chat_message_id, text }, 'say');
    await attach(c, files, { chat_message_id, project_id });
  };
  await (form ? withPapers(c, 'notifications', sent) : sent({ files: [], fields: { message: await jsonText(c) } }));
  await c.settled();
  return JSON.parse((await oneText(c.db, chatMessage.shape, c.caller, sql`t.id = ${chat_message_id}`, true))!);
};

const path = '/data/entities/{entity_id}/chat';
const join = '/actions/user/chats/{entity_id}/join';
/** Talk about entities. */
export const chatRoutes: Route[] = [
  route({ method: 'get', path, summary: 'Get the chat of an entity', answers: { 200: ChatWithMessages }, command: openChat, status: 200, input: (r) => ({ entity_id: r.params.entity_id }) }),
  route({ method: 'get', path: `${path}/messages`, summary: 'List what was said about an entity', answers: { 200: z.array(ChatMessage) }, access: to.team.but({ vendor: 'filtered' }), ask: async (c) => {
    const { chat_id } = await entityChat(c.request.params.entity_id ?? '', c);
    return rendered(c.db, sql`select ${selectList(chatMessage.shape, c.caller, true)} from chat_message t where t.chat_id = ${chat_id} order by t.log_position`);
  } }),
  route({ method: 'post', path: `${path}/messages`, summary: 'Say something about an entity', upload: z.object({ message: z.string().optional(), file: z.file().optional() }), answers: { 201: ChatMessage }, description: 'JSON with message, or a form with message and files.', access: to.team.but({ vendor: 'filtered' }), handle: write, status: 201 }),
  route({ method: 'get', path: `${path}/messages/{chat_message_id}`, summary: 'Get a message', answers: { 200: ChatMessage }, access: to.team.but({ vendor: 'filtered' }), ask: async (c) => {
    const { chat_id } = await entityChat(c.request.params.entity_id ?? '', c);
    const text = await oneText(c.db, chatMessage.shape, c.caller, sql`t.id = ${pathId(c.request, 'chat_message_id')} and t.chat_id = ${chat_id}`, true);
    if (text === null) throw new NotFound('message');
    return new Rendered(text);
  } }),
  route({ method: 'delete', path: `${path}/messages/{chat_message_id}`, summary: 'Take a message back', command: unsay, status: 204, input: (r) => ({ ...r.params }) }),
  route({ method: 'post', path: join, summary: 'Join a chat', answers: { 200: Chat }, command: joinChat, status: 200, input: (r) => ({ entity_id: r.params.entity_id }) }),
  route({ method: 'delete', path: join, summary: 'Leave a chat', command: leaveChat, status: 204, input: (r) => ({ entity_id: r.params.entity_id }) }),
  route({ method: 'get', path: '/data/user/chats', summary: 'List the chats that the caller has joined', answers: { 200: z.array(ListedChat) }, access: to.team.but({ vendor: 'filtered' }).listed, ask: (c) => rendered(c.db, sql`
    select t.id, t.object_id, t.last_message, case e.kind when 'asset' then concat_ws(' / ', et.name, e.name) else concat_ws(' / ', ep.name, s.name, e.name) end as entity_name, e.project_id, e.preview_file_id
    from chat t join entity e on e.id = t.object_id left join entity s on s.id = e.parent_id left join entity ep on ep.id = s.parent_id left join entity_type et on et.id = e.entity_type_id
    where ${c.caller.id}::uuid = any(t.participants) and (${c.caller.isAdmin} or e.project_id = any(${`{${[...c.caller.teams.keys()].join(',')}}`}::uuid[])) order by t.last_message desc nulls last, t.log_position`) }),
  ...chat.routes, ...chatMessage.routes,
];
