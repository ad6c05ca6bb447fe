import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

let studio: Studio;
let admin: Client, artist: Client;
let artist_id: string, film: string, other: string;
const closing: (() => void)[] = [];

beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  artist_id = (await admin.must('POST', '/data/persons', { first_name: 'Ned', last_name: 'Live', email: 'ned@live.studio', password: 'nedpassword', role: 'user' })).id;
  [film, other] = [(await admin.must('POST', '/data/projects', { name: 'Live film' })).id, (await admin.must('POST', '/data/projects', { name: 'Other film' })).id];
  await admin.must('POST', `/data/projects/${film}/team`, { person_id: artist_id });
  artist = await studio.signIn('ned@live.studio', 'nedpassword');
}, 60_000);
afterAll(() => studio?.stop());
afterEach(() => closing.splice(0).forEach((close) => close()));

type Heard = [string, any][];
const root = () => studio.base.replace(/\/api$/, '');
const listen = async (as: Client, options: object = { extraHeaders: { authorization: `Bearer ${as.token}` } }): Promise<{ heard: Heard; socket: Socket }> => {
  const socket = io(`${root()}/events`, { path: '/socket.io', forceNew: true, reconnection: false, ...options });
  closing.push(() => socket.close());
  const heard: Heard = [];
  socket.onAny((name, data) => heard.push([name, data]));
  await new Promise<void>((resolve, reject) => socket.on('connect', () => resolve()).on('connect_error', reject));
  return { heard, socket };
};
const stream = async (as: Client, headers: Record<string, string> = {}): Promise<{ heard: { id: string; name: string; data: any }[]; status: number; ended: () => boolean }> => {
  const stop = new AbortController();
  closing.push(() => stop.abort());
  const response = await fetch(`${studio.base}/events/stream`, { signal: stop.signal, headers: { ...(as.token ? { authorization: `Bearer ${as.token}` } : {}), ...headers } });
  const heard: { id: string; name: string; data: any }[] = [];
  let over = false;
  void (async () => {
    let text = '';
    for await (const chunk of response.body!) {
      text += new TextDecoder().decode(chunk);
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        if (field('event')) heard.push({ id: field('id'), name: field('event'), data: JSON.parse(field('data')) });
      }
    }
  })().catch(() => {}).finally(() => { over = true; });
  return { heard, status: response.status, ended: () => over };
};
const sequence = (project_id: string, name: string) => admin.must('POST', `/data/projects/${project_id}/sequences`, { name });

describe('socket.io', () => {
  it('tells events under their names, of own productions alone', async () => {
    const [{ heard: artists }, { heard: admins }] = [await listen(artist), await listen(admin)];
    await sequence(other, 'S1');
    const { id } = await sequence(film, 'S1');
    await vi.waitFor(() => expect(artists.filter(([name]) => name === 'sequence:new')).toEqual([['sequence:new', expect.objectContaining({ sequence_id: id, project_id: film })]]), { timeout: 10_000 });
    await vi.waitFor(() => expect(admins.filter(([name]) => name === 'sequence:new')).toHaveLength(2), { timeout: 10_000 });
  });
  it('takes a cookie and a token in the handshake, too', async () => {
    await listen(artist, { extraHeaders: { cookie: `access_token_cookie=${artist.token}` } });
    await listen(artist, { auth: { token: artist.token } });
  });
  it('refuses strangers, and browsers that another site sent', async () => {
    await expect(listen(artist, {})).rejects.toThrow(/token/);
    await expect(listen(artist, { extraHeaders: { authorization: 'Bearer nonsense' } })).rejects.toThrow(/token/);
    await expect(listen(artist, { transports: ['websocket'], extraHeaders: { origin: 'http://evil.example', cookie: `access_token_cookie=${artist.token}` } })).rejects.toThrow();
  });
  it('tells who joined a team the moment before of its production', async () => {
    for (const name of ['At once 1', 'At once 2', 'At once 3', 'At once 4', 'At once 5']) {
      const { id } = await admin.must('POST', '/data/projects', { name });
      await admin.must('POST', `/data/projects/${id}/team`, { person_id: artist_id });
      const { heard } = await listen(artist);
      const made = await sequence(id, 'S1');
      await vi.waitFor(() => expect(heard.map(([event, data]) => [event, data.sequence_id])).toContainEqual(['sequence:new', made.id]), { timeout: 10_000 });
    }
  });
  it('tells of a production from joining its team until leaving it', async () => {
    const { heard } = await listen(artist);
    const told = () => heard.filter(([name]) => name === 'sequence:new').map(([, data]) => data.sequence_id);
    await admin.must('POST', `/data/projects/${other}/team`, { person_id: artist_id });
    const inside = await sequence(other, 'S2');
    await vi.waitFor(() => expect(told()).toEqual([inside.id]), { timeout: 10_000 });
    await admin.must('DELETE', `/data/projects/${other}/team/${artist_id}`);
    await sequence(other, 'S3');
    const last = await sequence(film, 'S3');
    await vi.waitFor(() => expect(told()).toEqual([inside.id, last.id]), { timeout: 10_000 });
  });
});

describe('the stream', () => {
  it('tells events with their positions, and from a position on', async () => {
    const { heard, status } = await stream(artist);
    expect(status).toBe(200);
    const one = await sequence(film, 'S4');
    await vi.waitFor(() => expect(heard.map((e) => e.data.sequence_id)).toContain(one.id), { timeout: 10_000 });
    const { id } = heard.find((e) => e.data.sequence_id === one.id)!;
    await sequence(other, 'S4');
    const two = await sequence(film, 'S5');
    const again = await stream(artist, { 'last-event-id': id });
    await vi.waitFor(() => expect(again.heard.filter((e) => e.name === 'sequence:new').map((e) => e.data.sequence_id)).toEqual([one.id, two.id]), { timeout: 10_000 });
    const three = await sequence(film, 'S6');
    await vi.waitFor(() => expect(again.heard.at(-1)!.data.sequence_id).toBe(three.id), { timeout: 10_000 });
    const positions = again.heard.map((e) => BigInt(e.id));
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
  });
  it('tells a person alone of their own notifications', async () => {
    const [mine, admins] = [await stream(artist), await stream(admin)];
    const context = await admin.must('GET', '/data/user/context');
    const type = context.task_types.find((t: any) => t.for_entity === 'Shot').id;
    await admin.must('POST', `/data/projects/${film}/settings/task-types`, { task_type_id: type });
    const shot = await admin.must('POST', `/data/projects/${film}/shots`, { name: 'SH' });
    const [task] = await admin.must('POST', `/actions/projects/${film}/task-types/${type}/shots/create-tasks`, [shot.id]);
    await admin.must('PUT', `/actions/tasks/${task.id}/assign`, { person_id: artist_id });
    await vi.waitFor(() => expect(mine.heard.filter((e) => e.name === 'notification:new').map((e) => e.data.person_id)).toEqual([artist_id]), { timeout: 10_000 });
    await vi.waitFor(() => expect(admins.heard.map((e) => e.name)).toContain('task:assign'), { timeout: 10_000 });
    expect(admins.heard.map((e) => e.name)).not.toContain('notification:new');
  });
  it('refuses strangers', async () => {
    expect((await stream(studio.nobody)).status).toBe(401);
    expect((await stream(studio.nobody, { authorization: 'Bearer nonsense' })).status).toBe(422);
  });
  it('ends when the person is deactivated', async () => {
    const { id } = await admin.must('POST', '/data/persons', { first_name: 'Eve', last_name: 'Live', email: 'eve@live.studio', password: 'evepassword', role: 'user' });
    const { ended } = await stream(await studio.signIn('eve@live.studio', 'evepassword'));
    await admin.must('PUT', `/data/persons/${id}`, { active: false });
    await vi.waitFor(() => expect(ended()).toBe(true), { timeout: 10_000 });
  });
});
