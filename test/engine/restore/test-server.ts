import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseAccess } from '../../../engine/postgres/connection';
import { awsCredentialSources } from '../../../engine/postgres/login';
import type { ToolOptions } from '../../../engine/postgres/tool';
import { type PostgresServer, startPostgres } from '../../../local/postgres/server';
import type { Teardown } from '../../../local/teardown';

/** A real PostgreSQL, as restores reach it. */
export interface TestServer {
  readonly server: PostgresServer;
  readonly access: DatabaseAccess;
  readonly tools: ToolOptions;
}

/** Starts a server; the teardown stops it. */
export async function startServer(teardown: Teardown): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-restore-'));
  teardown.defer(() => rm(folder, { recursive: true, force: true }));
  const server = await startPostgres({ teardown, folder });
  const { host, port } = server;
  const access = DatabaseAccess.of(
    { host, port, database: 'postgres', login: { kind: 'environment' } },
    awsCredentialSources({ PATH: process.env.PATH, PGUSER: server.user }),
  );
  return { server, access, tools: { environment: await access.environment(), directory: server.binDirectory } };
}
