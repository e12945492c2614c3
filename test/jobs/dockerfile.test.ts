import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const CONTEXT = join(ROOT, 'dist', 'jobs');
const text = readFileSync(join(ROOT, 'jobs', 'Dockerfile'), 'utf8');
/** Instructions with continued lines joined; comments left out. */
const instructions = text
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');

test('is one stage, from an image whose version is pinned', () => {
  expect(named('FROM')).toEqual(['public.ecr.aws/docker/library/node:24-bookworm-slim']);
});

test('takes the major of PostgreSQL as an argument, and fails without it', () => {
  expect(named('ARG')).toEqual(['POSTGRES_MAJOR']);
  expect(named('RUN')[0]).toMatch(/"postgresql-client-\$\{POSTGRES_MAJOR:\?\}"/);
});

test('proves while it is built that the client tools are there', () => {
  expect(named('RUN')[0]).toMatch(/bin\/pg_dump" --version$/);
  expect(named('ENV')[0]).toMatch(/^PATH=\/usr\/lib\/postgresql\/\$\{POSTGRES_MAJOR\}\/bin:\$PATH /);
});

test('runs as nobody from its last instructions on, by user id', () => {
  expect(instructions.slice(-2)).toEqual(['USER 65534:65534', 'ENTRYPOINT ["node", "/holdfast/index.js"]']);
});

test('has one folder to write in, which belongs to that user before it becomes a volume', () => {
  const volume = instructions.indexOf('VOLUME /scratch');
  expect(instructions.indexOf('RUN mkdir /scratch && chown 65534:65534 /scratch')).toBe(volume - 1);
});

test('makes the folder of the bundle before anything is put into it, so that everybody may enter it', () => {
  const made = instructions.indexOf('WORKDIR /holdfast');
  const filled = instructions.findIndex((line) => line.includes('--chmod='));
  expect(made).toBeGreaterThan(0);
  expect(filled).toBeGreaterThan(made);
});

test('takes the certificates of RDS from AWS, over TLS', () => {
  expect(named('ADD')).toEqual([
    '--chmod=444 https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem /holdfast/rds-ca.pem',
  ]);
});

test('copies the bundle alone, which the build has put beside it', () => {
  const [copied = '', ...others] = named('COPY');
  expect(others).toEqual([]);
  const files = copied.split(' ').filter((word) => !word.startsWith('--') && word !== '/holdfast/');
  expect(files).toEqual(['index.js', 'index.js.map']);
  for (const file of files) {
    expect([file, existsSync(join(CONTEXT, file))]).toEqual([file, true]);
  }
});

test('is what the image is built from', () => {
  expect(readFileSync(join(CONTEXT, 'Dockerfile'), 'utf8')).toBe(text);
});

test('holds no secret', () => {
  expect(text).not.toMatch(/password|secret|token|AWS_|PGPASS|:\/\/[^/\s]+@/i);
});

function named(instruction: string): string[] {
  return instructions
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));
}
