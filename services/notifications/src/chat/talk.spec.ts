import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { chat, ChatJoined, ChatLeft } from './chat.ts';
import { joinChat, leaveChat, openChat } from './talk.ts';

const who = { chat_id: 'talk', entity_id: 'sh010', project_id: 'film', person_id: 'ned' } as never;
const made = chat.events.created({ chat_id: 'talk', object_id: 'sh010', object_type: 'entity', last_message: null, participants: [], project_id: 'film' });
const ned = { chat_id: 'talk', person_id: 'ned', project_id: 'film' };

describe('chats', () => {
  it('are made when somebody first asks for them', () => {
    given(openChat).when(who).then(made);
    given(openChat, made).when(who).thenNothing();
  });
  it('are made by joining, too, and joined once', () => {
    given(joinChat).when(who).then(made, ChatJoined(ned));
    given(joinChat, made, ChatJoined(ned)).when(who).thenNothing();
    given(joinChat, made, ChatJoined(ned), ChatLeft(ned)).when(who).then(ChatJoined(ned));
  });
  it('are left by who is in', () => {
    given(leaveChat, made, ChatJoined(ned)).when(who).then(ChatLeft(ned));
    given(leaveChat, made).when(who).thenNothing();
  });
  it('begin anew after their end', () => given(joinChat, made, ChatJoined(ned), chat.events.deleted({ chat_id: 'talk', project_id: 'film' })).when(who).then(made, ChatJoined(ned)));
});
