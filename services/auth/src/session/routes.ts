import { DomainError, newId, only, Reply, route, spanning, sql, Caller, rendered, selectList, type Context, type Route } from '@shotlog/kernel';
import { verify } from '@node-rs/argon2';
import { ACCESS_SECONDS, REFRESH_SECONDS, type Tokens } from '@shotlog/kernel/tokens';
import { z } from 'zod';
import { personShape } from '../person/person.queries.ts';

const asAdmin = new Caller({ id: null, role: 'admin', isSystem: true });
const wrong = () => new DomainError('Invalid', 'The e-mail address or the password is wrong.', { extra: { login: false } });

const signIn = spanning({
  subject: 'cmd.auth.sign-in', open: true, schema: z.object({ email: z.string(), password: z.string().optional() }), policy: () => {},
  handle: async ({ email, password }, context: Context) => {
    const found = await context.db.one(sql`select p.id, p.active, s.password_hash from person p left join person_secret s on s.person_id = p.id where lower(p.email) = lower(${email})`);
    if (!found?.password_hash || !password || !(await verify(found.password_hash, password))) throw wrong();
    if (!found.active) throw new DomainError('Unauthenticated', 'This account is not active.', { extra: { login: false, unactive: true } });
    const tokens = context.resource<Tokens>('tokens');
    const sid = newId();
    const [access_token, refresh_token] = await Promise.all([tokens.sign({ sub: found.id, sid, type: 'access' }, ACCESS_SECONDS), tokens.sign({ sub: found.id, sid, type: 'refresh' }, REFRESH_SECONDS)]);
    const user = JSON.parse((await rendered(context.db, sql`select ${selectList(personShape, asAdmin, true)} from person t where id = ${found.id}`)).text)[0];
    return { login: true, user, access_token, refresh_token };
  },
});

export const sessionRoutes: Route[] = [
  route({ method: 'post', path: '/auth/login', summary: 'Sign in', command: signIn, status: 200, open: true, input: (r) => r.body ?? {} }),
  route({ method: 'get', path: '/auth/authenticated', summary: 'Who is signed in', policy: only.signedIn, ask: async (c) => ({ authenticated: true, id: c.caller.id }) }),
];
void Reply;
