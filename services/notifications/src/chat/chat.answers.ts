import { ids, maybe } from '@shotlog/kernel';
import { z } from 'zod';
import { chat, chatMessage } from './chat.ts';

export const Chat = chat.answer;
export const ChatMessage = chatMessage.answer;
/** The chat of an entity, with who is in it and what was said. */
export const ChatWithMessages = Chat.extend({ participants: ids, messages: z.array(z.union([z.guid(), ChatMessage])) }).meta({ id: 'ChatWithMessages' });
export const ListedChat = z.looseObject({ id: z.guid(), object_id: z.guid(), last_message: maybe.text, entity_name: maybe.text, project_id: maybe.id, preview_file_id: maybe.id }).meta({ id: 'ListedChat' });
