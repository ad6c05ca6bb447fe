import { body, none, plain, self, somebody, table, type Ask, type Asks, type At, type Sent } from './request.ts';
import { file, PNG } from './pictures.ts';
import { fresh } from './scene.ts';

const PASSWORD = 'rolespassword';
/** A session of their own, for what ends or changes it. */
const own = async ({ s, me }: At) => (me.id ? s.signIn(me) : me.client);

/** What no test can say rightly: codes, and answers of identity providers that are not set up. */
const unsound = (make: (at: At) => unknown): Ask => async (at) => ({ body: await make(at), status: 400 });

export const authAsks: Asks = {
  'GET /auth/oidc/login': () => ({ status: 400 }), 'GET /auth/oidc/callback': () => ({ status: 400 }), 'GET /auth/saml/login': () => ({ status: 400 }),
  'POST /auth/login': body(({ me, s }) => ({ email: me.email || s.team[3]!.email, password: PASSWORD })),
  'POST /auth/change-password': body(() => ({ old_password: PASSWORD, password: PASSWORD, password_2: PASSWORD })),
  'POST /auth/reset-password': body(({ me, s }) => ({ email: me.email || s.team[3]!.email })),
  'PUT /auth/reset-password': unsound(({ me }) => ({ email: me.email, token: 'none', password: PASSWORD, password2: PASSWORD })),
  'POST /actions/persons/{person_id}/change-password': async (at) => ({ ids: { person_id: await somebody(at) }, body: { password: PASSWORD, password_2: PASSWORD } }),
  'POST /actions/persons/{person_id}/reset-password-link': async (at) => ({ ids: { person_id: await somebody(at) } }),
  'GET /actions/persons/{person_id}/invite': async (at) => ({ ids: { person_id: await somebody(at) } }),
  'GET /auth/logout': async (at) => ({ as: await own(at), status: at.me.id ? undefined : 401 }),
  'GET /auth/refresh-token': async ({ s, me }): Promise<Sent> => ({ headers: me.id ? { authorization: `Bearer ${(await s.guest.client.must('POST', '/auth/login', { email: me.email, password: PASSWORD })).refresh_token}` } : undefined, status: me.id ? undefined : 401 }),
  'PUT /auth/totp': none,
  'POST /auth/totp': unsound(() => ({ totp: '000000' })),
  'DELETE /auth/totp': unsound(() => ({ totp: '000000' })),
  'PUT /auth/email-otp': none,
  'POST /auth/email-otp': unsound(() => ({ email_otp: '000000' })),
  'DELETE /auth/email-otp': unsound(() => ({ email_otp: '000000' })),
  'PUT /auth/fido': none,
  'POST /auth/fido': unsound(() => ({ registration_response: {}, device_name: 'key' })),
  'DELETE /auth/fido': unsound(() => ({ device_name: 'key' })),
  'PUT /auth/recovery-codes': unsound(() => ({ recovery_code: 'none' })),
  'GET /auth/email-otp': ({ me, s }) => ({ query: `?email=${me.email || s.team[3]!.email}` }),
  'GET /auth/fido': ({ me }) => ({ query: `?email=${me.email}`, status: 400 }),
  // Nobody here has a second factor.
  'DELETE /actions/persons/{person_id}/disable-two-factor-authentication': async (at) => ({ ids: { person_id: await somebody(at) }, status: 400 }),
  'POST /auth/saml/sso': unsound(() => ({})),
  'POST /data/persons': body(() => ({ first_name: 'New', last_name: 'Body', email: `${fresh('new').replaceAll(' ', '')}@roles.studio`, role: 'user' })),
  'PUT /data/persons/{instance_id}': async (at) => ({ ids: { instance_id: at.open ? at.me.id || (await somebody(at)) : await somebody(at) }, body: { phone: '12' } }),
  'DELETE /data/persons/{instance_id}': async (at) => ({ ids: { instance_id: await somebody(at) } }),
  'POST /actions/persons/{person_id}/departments/add': async (at) => ({ ids: { person_id: await somebody(at) }, body: { department_id: at.ids.department_id } }),
  'DELETE /actions/persons/{person_id}/departments/{department_id}': async (at) => ({ ids: { person_id: await somebody(at, { departments: [at.ids.department_id] }) } }),
  'DELETE /actions/persons/{person_id}/clear-avatar': async (at) => {
    const person_id = await somebody(at);
    await at.admin.must('POST', `/pictures/thumbnails/persons/${person_id}`, file('face.png', PNG, 'image/png'));
    return { ids: { person_id } };
  },
  'DELETE /actions/user/clear-avatar': none,
  'POST /import/csv/persons': body(() => table(`First Name,Last Name,Email,Phone,Role,Contract Type\nIda,Roles,${fresh('ida').replaceAll(' ', '')}@roles.studio,,Artist,open-ended\n`)),
  'POST /import/shotgun/persons': body(() => [{ type: 'HumanUser', id: 930002, firstname: 'Lia', lastname: 'Roles', email: 'lia@roles.studio', login: 'lia', sg_status_list: 'act' }]),
  'POST /import/shotgun/remove/person': body(() => ({ id: 930099 })),
  'POST /data/user/desktop-login-logs': body(() => ({ date: '2026-06-01' })),
  'POST /data/persons/{person_id}/desktop-login-logs': (at) => ({ ids: { person_id: self(at) }, body: { date: '2026-06-01' } }),
  'GET /data/persons/{person_id}/desktop-login-logs': (at) => ({ ids: { person_id: self(at) } }),
  'POST /data/departments/{department_id}/hardware-items': body(({ ids }) => ({ hardware_item_id: ids.hardware_item_id })),
  'DELETE /data/departments/{department_id}/hardware-items/{hardware_item_id}': async ({ admin, ids }) => {
    await admin.must('POST', `/data/departments/${ids.department_id}/hardware-items`, { hardware_item_id: ids.spare_hardware_item_id });
    return { ids: { hardware_item_id: ids.spare_hardware_item_id! } };
  },
  ...plain('/data/departments', () => ({ name: fresh('Department'), color: '#000000' }), { color: '#111111' }),
  ...plain('/data/studios', () => ({ name: fresh('Studio'), color: '#000000' }), { color: '#111111' }),
  ...plain('/data/hardware-items', () => ({ name: fresh('Box'), short_name: fresh('b') }), { monthly_cost: 12 }),
  ...plain('/data/plugins', () => ({ plugin_id: fresh('plugin').replaceAll(' ', '-'), name: fresh('Plugin'), version: '0.1', maintainer_name: 'Ann', license: 'MIT' }), { version: '0.2' }),
  ...plain('/data/organisations', () => ({ name: fresh('Firm'), hours_by_day: 7 }), { hours_by_day: 8 }),
};
