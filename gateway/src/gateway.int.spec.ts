import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStudio, type Client, type Studio } from '@shotlog/test/studio';

let studio: Studio;
let admin: Client;
beforeAll(async () => {
  studio = await startStudio({ env: { CORS_ORIGINS: 'https://kitsu.studio.test' } });
  admin = await studio.signIn();
});
afterAll(() => studio?.stop());

/** The answer as it travels, not unpacked. */
const plain = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; headers: Record<string, any>; bytes: Buffer }> => new Promise((resolve, reject) => {
  request(studio.base + path, { headers: { authorization: `Bearer ${admin.token}`, ...headers } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(chunks) }));
  }).on('error', reject).end();
});

describe('the gateway', () => {
  it('packs what is worth it, as the client takes it', async () => {
    const text = (await plain('/data/task-types')).bytes.toString();
    const zipped = await plain('/data/task-types', { 'accept-encoding': 'gzip' });
    expect([zipped.headers['content-encoding'], gunzipSync(zipped.bytes).toString()]).toEqual(['gzip', text]);
    const brotlied = await plain('/data/task-types', { 'accept-encoding': 'gzip, br' });
    expect([brotlied.headers['content-encoding'], brotliDecompressSync(brotlied.bytes).toString()]).toEqual(['br', text]);
  });

  it('answers 304 to who has it, and the new one after a change', async () => {
    const { headers } = await admin.get('/data/departments');
    const etag = headers.get('etag')!;
    expect((await admin.get('/data/departments', { 'if-none-match': etag })).status).toBe(304);
    await admin.must('POST', '/data/departments', { name: 'Grooming', color: '#123456' });
    expect((await admin.get('/data/departments', { 'if-none-match': etag })).status).toBe(200);
  });

  it('gives every answer a request id, the client\'s own where it sent one', async () => {
    expect((await admin.get('/data/departments')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await admin.get('/data/departments', { 'x-request-id': 'r-17' })).headers.get('x-request-id')).toBe('r-17');
  });

  it('refuses a body of more than 4 MiB', async () => {
    expect((await admin.post('/data/departments', { name: 'x'.repeat(5_000_000), color: '#123456' })).status).toBe(413);
  });

  it('refuses what is not JSON', async () => {
    const answer = await fetch(`${studio.base}/data/departments`, { method: 'POST', body: '{"name":', headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' } });
    expect([answer.status, (await answer.json()).error]).toEqual([400, true]);
  });

  it('tells a wrong method from a wrong address', async () => {
    expect((await admin.send('PUT', '/auth/login', {})).status).toBe(405);
    expect((await admin.get('/data/nothing-here')).status).toBe(404);
  });

  it('lets only the configured origins call from browsers', async () => {
    const from = async (origin: string) => (await admin.get('/data/departments', { origin })).headers.get('access-control-allow-origin');
    expect(await from('https://kitsu.studio.test')).toBe('https://kitsu.studio.test');
    expect(await from('https://elsewhere.test')).toBeNull();
  });

  it('slows down who guesses passwords', async () => {
    const guess = () => studio.nobody.post('/auth/login', { email: 'guess@studio.test', password: 'wrong' });
    for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(400);
    expect((await guess()).status).toBe(429);
    expect((await studio.signIn()).token).toBeTruthy();
  });

  it('documents the routes that work, and only those', async () => {
    const { body } = await admin.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body.paths['/api/data/departments'].post.responses['201'].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Department' });
    expect(body.components.schemas.Department.properties.name).toBeTruthy();
    expect(Object.keys(body.paths).some((p) => p.includes('/internal/'))).toBe(false);
    expect((await admin.get('/docs')).body).toContain('/api/data/departments');
  });

  it('says how each service is', async () => {
    const { body } = await admin.get('/status');
    expect(body.services.map((s: any) => [s.name, s.up, s.lag])).toEqual(['auth', 'breakdown', 'tasks', 'files', 'playlists', 'budgets', 'notifications'].map((n) => [n, true, 0]));
    const metrics = (await admin.get('/metrics')).body;
    expect(metrics).toMatch(/shotlog_projection_lag\{service="tasks"\} 0/);
    expect(metrics).toMatch(/shotlog_http_requests_total\{method="GET",status="200"\} \d+/);
  });

  it('lets a reader see what another was told', async () => {
    const made = await admin.must('POST', '/data/departments', { name: 'Lookdev', color: '#123456' });
    const context = await (await studio.signIn()).must('GET', '/data/user/context');
    expect(context.departments.map((d: any) => d.id)).toContain(made.id);
  });
});
