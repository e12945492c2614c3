import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram, startProgram } from '../../local/processes';
import { Teardown } from '../../local/teardown';

let folder: string;
let teardown: Teardown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-processes-'));
  teardown = new Teardown();
});

afterEach(async () => {
  await teardown.run();
  await rm(folder, { recursive: true, force: true });
});

const options = () => ({ env: process.env, cwd: folder, logFile: join(folder, 'log') });
const node = (script: string) => [process.execPath, ['-e', script]] as const;

test('a program that ends well resolves', async () => {
  await expect(runProgram(...node('console.log("done")'), options(), teardown)).resolves.toBeUndefined();
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('done\n');
});

test('a program that has ended is no longer ended when this process ends', async () => {
  const before = process.listenerCount('exit');
  const ends = [0, 1, 2].map(() => runProgram(...node(''), options(), teardown));
  expect(process.listenerCount('exit')).toBe(before + 3);
  await Promise.all([...ends, runProgram('holdfast-no-such-program', [], options(), teardown).catch(() => undefined)]);
  expect(process.listenerCount('exit')).toBe(before);
});

test('a program that fails rejects with its exit code and its last lines', async () => {
  const failing = runProgram(...node('console.error("no disk"); process.exit(3)'), options(), teardown);
  await expect(failing).rejects.toThrow(/exited with code 3\.\nno disk$/);
});

test('a program that is not there rejects with its name', async () => {
  await expect(runProgram('holdfast-no-such-program', [], options(), teardown)).rejects.toThrow(
    /`holdfast-no-such-program …` could not be started/,
  );
});

test('the teardown ends a program, also one that ignores the polite signal, and what it started', async () => {
  const pidFile = join(folder, 'pids');
  const grandchild = 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)';
  const script = `
    process.on('SIGTERM', () => {});
    const child = require('node:child_process').spawn(process.execPath, ['-e', '${grandchild}']);
    require('node:fs').writeFileSync('pids', process.pid + ' ' + child.pid);
    setInterval(() => {}, 1000);
  `;
  startProgram(...node(script), options(), teardown);
  const pids = (await contentOf(pidFile)).split(' ').map(Number);
  expect(pids.filter(isAlive)).toEqual(pids);
  await teardown.run();
  expect(await eventuallyDead(pids)).toEqual([]);
});

async function contentOf(file: string): Promise<string> {
  for (;;) {
    const content = await readFile(file, 'utf8').catch(() => '');
    if (content !== '') return content;
    await sleep(20);
  }
}

async function eventuallyDead(pids: number[]): Promise<number[]> {
  for (let waited = 0; waited < 30_000 && pids.some(isAlive); waited += 20) await sleep(20);
  return pids.filter(isAlive);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
