/** The job and a server that is known by its certificate, over a real connection. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CA_FILE_VARIABLE } from '../../engine/contract/tenant-dumps';
import { DumpEnvironment } from './dump-environment';

/** The user that a server runs as when this process is root's. */
const NOBODY = 65_534;

interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

let folder: string;
let server: Certificate;
let other: Certificate;
let environment: DumpEnvironment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  await chmod(folder, 0o755);
  [server, other] = await Promise.all([certificateOf('server', 'localhost'), certificateOf('other', 'localhost')]);
  environment = await startWith(server, {});
});
afterEach(() => environment.reset());
afterAll(async () => {
  await environment.stop();
  await rm(folder, { recursive: true });
});

/** Makes a certificate that vouches for itself. */
async function certificateOf(file: string, host: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, `${file}.crt`), join(folder, `${file}.key`)];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', certificate]);
  await chmod(key, 0o600);
  if (process.getuid?.() === 0) {
    await chown(key, NOBODY, NOBODY);
  }
  return { certificate, key };
}

async function startWith(
  { certificate, key }: Certificate,
  settings: Record<string, string>,
): Promise<DumpEnvironment> {
  const ssl = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key };
  const started = await DumpEnvironment.start({ ...ssl, ...settings });
  await started.sql('CREATE SCHEMA tenant_1 CREATE TABLE a (b int)');
  return started;
}

const run = (from: DumpEnvironment, trusted: string, host = 'localhost') =>
  from.run({
    settings: { connection: { host, port: from.postgres.port, database: 'postgres', login: { kind: 'environment' } } },
    environment: { [CA_FILE_VARIABLE]: trusted },
  });

test('the server with the trusted certificate is dumped', async () => {
  const { code, log } = await run(environment, server.certificate);
  expect(log.at(-1)).toMatchObject({ message: 'the backup exists' });
  expect(code).toBe(0);
});

test('a server with another certificate is not', async () => {
  const { code, log } = await run(environment, other.certificate);
  expect(code).toBe(1);
  expect(log.at(-1)?.reason).toMatch(/Cannot connect .*certificate.* HINT: the certificates in HOLDFAST_DATABASE_CA/);
});

test('a server under another name than its certificate has is not', async () => {
  const { code, log } = await run(environment, server.certificate, '127.0.0.1');
  expect(code).toBe(1);
  expect(log.at(-1)?.reason).toMatch(/Cannot connect .*ERR_TLS_CERT_ALTNAME_INVALID.* HINT: /);
});

test('a server that speaks no TLS 1.3 is not', async () => {
  const old = await startWith(server, { ssl_min_protocol_version: 'TLSv1.2', ssl_max_protocol_version: 'TLSv1.2' });
  try {
    const { code, log } = await run(old, server.certificate);
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(/Cannot connect .*TLS 1\.3/);
  } finally {
    await old.stop();
  }
});
