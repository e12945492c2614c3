import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transportTo } from '../../../engine/postgres/transport';

describe('the way to a server', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'transport-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is TLS 1.3 with certificate and name verified, for node-postgres and for libpq', async () => {
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, 'certificates');
    await expect(transportTo('127.0.0.1', caFile)).resolves.toEqual({
      ssl: { ca: 'certificates', minVersion: 'TLSv1.3', rejectUnauthorized: true },
      environment: {
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: caFile,
        PGSSLMINPROTOCOLVERSION: 'TLSv1.3',
        PGGSSENCMODE: 'disable',
      },
    });
  });

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '/run/postgresql'])(
    'is plain on the same machine: %s',
    async (host) => {
      await expect(transportTo(host, undefined)).resolves.toEqual({
        ssl: false,
        environment: { PGSSLMODE: 'disable', PGGSSENCMODE: 'disable' },
      });
    },
  );

  it.each(['orders.example.com', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', ''])(
    'is refused to another machine without certificates to trust: %j',
    async (host) => {
      await expect(transportTo(host, undefined)).rejects.toThrow(
        /no certificates to trust .* HINT: set HOLDFAST_DATABASE_CA/,
      );
    },
  );

  it('says which certificates cannot be read', async () => {
    const caFile = join(folder, 'missing.pem');
    await expect(transportTo('127.0.0.1', caFile)).rejects.toThrow(`from ${caFile}: ENOENT. HINT: `);
  });
});
