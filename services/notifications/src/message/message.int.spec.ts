import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

let studio: Studio;
let admin: Client;
let outside: Server;
let task: string;
const calls: { path: string; authorization?: string; body: any }[] = [];

/** Slack, Mattermost and Discord as far as we speak to them. */
const strangers = (): Promise<string> => new Promise((resolve) => {
  outside = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; }).on('end', () => {
      calls.push({ path: request.url!, authorization: request.headers.authorization, body: text ? JSON.parse(text) : null });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url!.endsWith('/users/@me/guilds') ? [{ id: 'guild' }] : request.url!.includes('/members/search') ? [{ user: { id: '4711', username: 'ned' } }] : { ok: true, id: 'direct' }));
    });
  }).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(outside.address() as AddressInfo).port}`));
});
const mails = async (): Promise<string[]> => {
  const folder = join(studio.dataDir, 'mails');
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
};

beforeAll(async () => {
  const url = await strangers();
  studio = await startStudio({ env: { SLACK_API_URL: `${url}/slack`, DISCORD_API_URL: `${url}/discord`, WEBHOOK_PRIVATE_ADDRESSES: 'true' } });
  admin = await studio.signIn();
  const organisation = (await admin.must('GET', '/auth/authenticated')).organisation;
  await admin.must('PUT', `/data/organisations/${organisation.id}`, { chat_token_slack: 'xoxb-slack', chat_webhook_mattermost: `${url}/mattermost`, chat_token_discord: 'discord-token' });
  const person = (name: string, more: object) => admin.must('POST', '/data/persons', { first_name: name, last_name: 'Post', email: `${name}@post.studio`, password: `${name}password`, role: 'user' })
    .then(({ id }) => admin.must('PUT', `/data/persons/${id}`, more)).then(({ id }) => id);
  const [ned, ann] = [await person('ned', { notifications_enabled: true, notifications_slack_enabled: true, notifications_slack_userid: 'UNED', notifications_mattermost_enabled: true, notifications_mattermost_userid: 'ned',
    notifications_discord_enabled: true, notifications_discord_userid: 'ned#1' }), await person('ann', {})];
  const context = await admin.must('GET', '/data/user/context');
  const type = context.task_types.find((t: any) => t.for_entity === 'Shot').id;
  const project = (await admin.must('POST', '/data/projects', { name: 'Post film' })).id;
  await admin.must('POST', `/data/projects/${project}/settings/task-types`, { task_type_id: type });
  for (const person_id of [ned, ann]) await admin.must('POST', `/data/projects/${project}/team`, { person_id });
  const shot = await admin.must('POST', `/data/projects/${project}/shots`, { name: 'SH' });
  task = (await admin.must('POST', `/actions/projects/${project}/task-types/${type}/shots/create-tasks`, [shot.id]))[0].id;
  for (const person_id of [ned, ann]) await admin.must('PUT', `/actions/tasks/${task}/assign`, { person_id });
}, 90_000);
afterAll(async () => {
  await studio?.stop();
  outside?.close();
});

describe('messages outside of the studio', () => {
  it('reach who asked for them, by every channel that they chose', async () => {
    await vi.waitFor(async () => expect(await mails()).toHaveLength(1), { timeout: 20_000 });
    const [mail] = await mails();
    expect(mail).toMatch(/^To: ned@post\.studio/m);
    expect(mail).toContain('assigned you to Post film / SH');
    await vi.waitFor(() => expect(calls.map((c) => c.path)).toEqual(expect.arrayContaining(['/slack/chat.postMessage', '/mattermost', '/discord/channels/direct/messages'])), { timeout: 20_000 });
    expect(calls.find((c) => c.path === '/slack/chat.postMessage')).toMatchObject({ authorization: 'Bearer xoxb-slack', body: { channel: 'UNED', text: expect.stringContaining(`/tasks/${task}`) } });
    expect(calls.find((c) => c.path === '/mattermost')!.body).toMatchObject({ channel: '@ned' });
    expect(calls.find((c) => c.path === '/discord/users/@me/channels')).toMatchObject({ authorization: 'Bot discord-token', body: { recipient_id: '4711' } });
  });
  it('are sent once', async () => {
    const context = await admin.must('GET', '/data/user/context');
    await admin.must('POST', `/actions/tasks/${task}/comment`, { task_status_id: context.task_status[0].id, comment: 'look at the <hands>' });
    await vi.waitFor(() => expect(calls.filter((c) => c.path === '/slack/chat.postMessage')).toHaveLength(2), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await mails()).toHaveLength(2), { timeout: 20_000 });
    expect((await mails())[1]).toContain('look at the &lt;hands&gt;');
    expect(calls.filter((c) => c.path === '/mattermost')).toHaveLength(2);
  });
});
