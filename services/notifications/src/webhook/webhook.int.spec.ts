import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { department } from '@shotlog/auth/department/department';
import { newId } from '@shotlog/kernel';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { notifications } from '../index.ts';
import { verify } from './signature.ts';

type Call = { headers: IncomingHttpHeaders; body: string };
let alone: Alone;
let admin: AloneClient, manager: AloneClient;
let receiver: Server;
let address: string;
let calls: Call[] = [];
let answer = 200;

const happens = async (): Promise<string> => {
  const department_id = newId();
  await alone.facts(`department-${department_id}`, department.events.created({ department_id, name: department_id, color: '#000000' }));
  return department_id;
};
const arrived = (n: number) => vi.waitFor(() => expect(calls).toHaveLength(n), { timeout: 15_000 });

beforeAll(async () => {
  alone = await Alone.start(notifications, { WEBHOOK_PRIVATE_ADDRESSES: 'true' });
  [admin, manager] = [await alone.person('admin'), await alone.person('manager')];
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(answer, { location: '/elsewhere' }).end('thanks');
    });
  });
  await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve); });
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await alone?.stop();
  receiver?.close();
});
beforeEach(() => { [calls, answer] = [[], 200]; });

describe('webhooks', () => {
  it('are told what happens from then on, signed', async () => {
    await happens();
    const made = await admin.must('POST', '/data/webhooks', { url: address, events: ['department:new'] });
    const department_id = await happens();
    await arrived(1);
    const [{ headers, body }] = calls as [Call];
    expect(JSON.parse(body)).toMatchObject({ type: 'department:new', data: { department_id }, timestamp: expect.stringMatching(/Z$/) });
    expect(verify(made.secret, String(headers['webhook-signature']), String(headers['webhook-id']), Number(headers['webhook-timestamp']), body)).toBe(true);
    const deliveries = await vi.waitFor(async () => {
      const list = (await admin.get(`/data/webhooks/${made.id}/deliveries?status=delivered`)).body;
      expect(list).toHaveLength(1);
      return list;
    }, { timeout: 10_000 });
    expect(deliveries[0]).toMatchObject({ name: 'department:new', attempts: 1, last_status: 200, next_at: null, id: headers['webhook-id'] });
    await admin.must('DELETE', `/data/webhooks/${made.id}`);
  });

  it('show their secret once, and another when asked', async () => {
    const made = await admin.must('POST', '/data/webhooks', { url: address, events: ['shot:new'] });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await admin.get(`/data/webhooks/${made.id}`)).body).not.toHaveProperty('secret');
    expect(JSON.stringify((await admin.get('/data/webhooks')).body)).not.toContain(made.secret);
    expect(await admin.must('PUT', `/data/webhooks/${made.id}`, { description: 'render farm' })).not.toHaveProperty('secret');
    expect((await admin.must('POST', `/actions/webhooks/${made.id}/rotate-secret`)).secret).not.toBe(made.secret);
    await admin.must('DELETE', `/data/webhooks/${made.id}`);
  });

  it('are tried again under the same id when they fail, and redirects are no success', async () => {
    answer = 302;
    const { id } = await admin.must('POST', '/data/webhooks', { url: address, events: ['department:*'] });
    await happens();
    await arrived(1);
    const pending = await vi.waitFor(async () => {
      const [one] = (await admin.get(`/data/webhooks/${id}/deliveries?status=pending`)).body;
      expect(one?.last_status).toBe(302);
      return one;
    }, { timeout: 10_000 });
    expect(Date.parse(pending.next_at)).toBeGreaterThan(Date.parse(pending.first_at));
    answer = 204;
    await arrived(2);
    expect(calls[1]!.headers['webhook-id']).toBe(calls[0]!.headers['webhook-id']);
    await admin.must('DELETE', `/data/webhooks/${id}`);
  });

  it('are told again from a position on', async () => {
    const { id } = await admin.must('POST', '/data/webhooks', { url: address, events: ['*'] });
    const [first, second] = [await happens(), await happens()];
    await arrived(2);
    const positions = calls.map((c) => JSON.parse(c.body).position);
    calls = [];
    await admin.must('POST', `/actions/webhooks/${id}/replay`, { position: positions[1] });
    await arrived(1);
    expect(JSON.parse(calls[0]!.body).data).toEqual({ department_id: second });
    calls = [];
    await admin.must('POST', `/actions/webhooks/${id}/replay`, { position: positions[0] });
    await arrived(2);
    expect(calls.map((c) => JSON.parse(c.body).data.department_id)).toEqual([first, second]);
    await admin.must('DELETE', `/data/webhooks/${id}`);
  });

  it('are for admins and refuse what cannot be called', async () => {
    expect([await manager.get('/data/webhooks'), await manager.post('/data/webhooks', { url: address }), await manager.post(`/actions/webhooks/${newId()}/replay`, { position: '1' })].map((r) => r.status)).toEqual([403, 403, 403]);
    const bad = [{}, { url: 'oops' }, { url: 'ftp://example.com' }, { url: 'http://me:secret@example.com' }, { url: address, events: [] }, { url: address, events: ['Task New'] }, { url: address, events: 'task:new' }];
    for (const body of bad) expect([body, (await admin.post('/data/webhooks', body)).status]).toEqual([body, 400]);
    expect([await admin.get(`/data/webhooks/${newId()}/deliveries`), await admin.get('/data/webhooks/oops/deliveries'), await admin.post(`/actions/webhooks/${newId()}/replay`, { position: '1' }), await admin.post(`/actions/webhooks/${newId()}/replay`, { position: 'x' })]
      .map((r) => r.status)).toEqual([404, 400, 404, 400]);
  });
});

describe('webhooks of a hosted studio', () => {
  it('call no private address', async () => {
    const hosted = await Alone.start(notifications);
    const boss = await hosted.person('admin');
    expect((await boss.post('/data/webhooks', { url: address })).status).toBe(400);
    expect((await boss.post('/data/webhooks', { url: 'http://169.254.169.254/latest/meta-data' })).status).toBe(400);
    await hosted.stop();
  });
});
