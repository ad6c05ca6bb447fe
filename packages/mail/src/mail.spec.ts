import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { html, mailConfig, MailFailed, mailPage, openMailer } from './index.ts';

describe('mail pages', () => {
  it('escape what they are given', () => {
    const page = mailPage({ title: 'Hello <b>', paragraphs: ['a & b', html`by <i>${'<script>'}</i>`], button: { label: 'Go', url: 'https://x/?a="b"' } });
    expect(page.html).toContain('Hello &lt;b&gt;');
    expect(page.html).toContain('<p>a &amp; b</p><p>by <i>&lt;script&gt;</i></p>');
    expect(page.html).toContain('href="https://x/?a=&quot;b&quot;"');
    expect(page.text).toContain('Go: https://x/?a="b"');
  });
});

describe('a mailer without a server', () => {
  it('writes a file that only its owner reads, and lets no line break into a header', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'shotlog-mail-'));
    const mailer = openMailer(mailConfig({ DATA_DIR }));
    await mailer.send({ to: 'ann@example.com', subject: 'Hi\r\nBcc: eve@example.com', text: 'hello' });
    const [file] = await readdir(join(DATA_DIR, 'mails'));
    const path = join(DATA_DIR, 'mails', file!);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^To: ann@example.com\r$/m);
    expect(text).not.toMatch(/^Bcc:/m);
    expect(text).toContain('hello');
    expect((await stat(path)).mode & 0o077).toBe(0);
  });
});

describe('a mailer with a server', () => {
  it('hands the mail over by SMTP', async () => {
    const lines: string[] = [];
    const server = createServer((socket) => {
      let inData = false;
      socket.write('220 sink\r\n');
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\r\n')) {
          lines.push(line);
          if (inData && line !== '.') continue;
          if (line === '.') inData = false;
          if (line.startsWith('DATA')) inData = true;
          if (line !== '') socket.write(line.startsWith('DATA') ? '354 go on\r\n' : line.startsWith('QUIT') ? '221 bye\r\n' : '250 ok\r\n');
        }
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const mailer = openMailer(mailConfig({ SMTP_URL: `smtp://127.0.0.1:${port}` }));
    await mailer.send({ to: 'ann@example.com', subject: 'Hi', text: 'hello' });
    mailer.close();
    server.close();
    expect(lines).toContain('RCPT TO:<ann@example.com>');
    expect(lines).toContain('hello');
  });

  it('says that the server did not take the mail', async () => {
    const mailer = openMailer(mailConfig({ SMTP_URL: 'smtp://127.0.0.1:1' }));
    await expect(mailer.send({ to: 'ann@example.com', subject: 'Hi', text: 'hello' })).rejects.toBeInstanceOf(MailFailed);
  });
});

describe('the mail configuration', () => {
  it('takes the variables of other trackers too, and names a bad one', () => {
    const config = mailConfig({ MAIL_SERVER: 'mail', MAIL_PORT: '465', MAIL_USE_SSL: 'True', MAIL_USERNAME: 'u', MAIL_PASSWORD: 'p', DOMAIN_NAME: 'kitsu.studio', DOMAIN_PROTOCOL: 'https' });
    expect(config.smtp).toEqual({ host: 'mail', port: 465, secure: true, requireTLS: false, auth: { user: 'u', pass: 'p' } });
    expect(config.publicUrl).toBe('https://kitsu.studio');
    expect(() => mailConfig({ MAIL_PORT: 'many' })).toThrow(/MAIL_PORT/);
  });
});
