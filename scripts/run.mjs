// Runs Shotlog and its tests: `node scripts/run.mjs start|test|bench|rebuild [arguments]`. Needs Node 18 or newer and no
// dependency: it installs them, Node 24 among them, and runs everything else with that.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IS_WINDOWS = process.platform === 'win32';
const NODE = join(ROOT, 'node_modules', 'node', 'bin', IS_WINDOWS ? 'node.exe' : 'node');
const STAMP = join(ROOT, 'node_modules', '.shotlog-installed');
const PNPM = 'pnpm@12.21.0';
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL/;

const say = (line) => process.stdout.write(`${line}\n`);

/** The folders that hold a package, as `pnpm-workspace.yaml` has them. */
const packageFolders = () => {
  const below = (folder) => readdirSync(join(ROOT, folder)).sort().map((name) => join(folder, name));
  return ['.', 'gateway', 'test', ...below('packages'), ...below('services')];
};

/** Changes whenever an installation would. */
const fingerprint = () => {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...packageFolders().map((folder) => join(folder, 'package.json'))];
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of files) {
    if (existsSync(join(ROOT, file))) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
};

/**
 * Runs a program in the repository until it ends and gives its exit code; signals that ask this process to end are
 * passed on to it. `output`, when given, gets the program's output instead of the terminal.
 */
const run = (program, args, { env = process.env, shell = false, output } = {}) => new Promise((resolve) => {
  const child = spawn(program, args, { cwd: ROOT, env, shell, stdio: output ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  child.stdout?.on('data', output);
  child.stderr?.on('data', output);
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const done = (code) => {
    for (const signal of signals) process.off(signal, forward);
    resolve(code);
  };
  child.on('error', (error) => {
    process.stderr.write(`${program} cannot be run: ${error.message}\n`);
    done(127);
  });
  // 128 + the signal's number is what a shell makes of it.
  child.on('close', (code, signal) => done(code ?? 128 + constants.signals[signal]));
});

/** Installs the dependencies unless those that are there are the right ones. Gives an exit code. */
const install = async () => {
  const wanted = fingerprint();
  if (existsSync(NODE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return 0;
  say('Installing dependencies (once, and again when they change) …');
  let said = '';
  const output = (chunk) => {
    process.stdout.write(chunk);
    said = (said + chunk).slice(-100_000);
  };
  // CI: never ask. NODE_ENV: "production" would leave away what is needed to run, Node 24 itself included.
  const env = { ...process.env, CI: 'true' };
  delete env.NODE_ENV;
  const args = ['-y', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const code = await run(IS_WINDOWS ? 'npx.cmd' : 'npx', args, { env, shell: IS_WINDOWS, output });
  if (code === 0 && existsSync(NODE)) {
    writeFileSync(STAMP, wanted);
    say('Dependencies are installed.');
    return 0;
  }
  process.stderr.write(UNREACHABLE.test(said)
    ? 'The npm registry cannot be reached, and the dependencies are not installed yet: connect this machine to the internet '
      + '(or name a mirror in the environment variable npm_config_registry) and run the command again.\n'
    : `The dependencies could not be installed (${PNPM} ended with ${code}): the lines above say why.\n`);
  return code || 1;
};

/** Counts what vitest reported; a file that failed before its first test counts as a failed test. */
const count = (reportFile) => {
  if (!existsSync(reportFile)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const broken = report.testResults.filter((file) =>
    file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

const vitest = async (args, env) => {
  const folder = mkdtempSync(join(tmpdir(), 'shotlog-test-'));
  const reportFile = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=./scripts/skips.mjs', '--reporter=json', `--outputFile.json=${reportFile}`];
  const code = await run(NODE, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args], { env });
  const counted = count(reportFile);
  rmSync(folder, { recursive: true });
  if (code !== 0 && counted.failed === 0) {
    say(`vitest ended with ${code} though no test failed: counted as a failure`);
    counted.failed = 1;
  }
  if (code === 0 && counted.passed + counted.failed === 0) say('no test ran');
  return counted;
};

/** The type check, which counts as one test, and the tests. The last line is `N passed, N failed[, N skipped]`. */
const test = async (args, env) => {
  say('Type check …');
  const isTyped = await run(NODE, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'], { env }) === 0;
  say(`Type check ${isTyped ? 'passed' : 'failed'}.`);
  const tests = await vitest(args, env);
  const passed = tests.passed + (isTyped ? 1 : 0);
  const failed = tests.failed + (isTyped ? 0 : 1);
  say(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
  return failed > 0 || tests.passed === 0 ? 1 : 0;
};

/** Runs a TypeScript file as it is: Node 24 leaves the types away. */
const source = (file) => (args, env) => run(NODE, [join(ROOT, file), ...args], { env });

const start = (args, env) =>
  // Killed outright, this process cannot tell its child, which therefore watches for it.
  // The compile cache halves the time of the next start.
  source('packages/shotlog/src/main.ts')(args, { NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compile'), ...env, SHOTLOG_PARENT_PID: String(process.pid) });

const COMMANDS = { start, test, bench: source('test/bench/main.ts'), rebuild: source('packages/shotlog/src/rebuild.ts') };

const main = async ([name, ...args]) => {
  const command = Object.keys(COMMANDS).includes(name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')} [arguments]\n`);
    return 2;
  }
  const env = { ...process.env };
  // Of another wrapper, when this one was started by what that one runs.
  delete env.SHOTLOG_PARENT_PID;
  return (await install()) || command(args, env);
};

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
