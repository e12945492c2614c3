import { Catalog } from '../../../engine/catalog/catalog';
import type { TenantDumpsSettings } from '../../../engine/contract/tenant-dumps';
import type { DumpContext } from '../../../engine/dump/context';
import { ProgressCounter } from '../../../engine/dump/progress';
import { ObjectStore } from '../../../engine/objects/object-store';
import { DatabaseAccess } from '../../../engine/postgres/connection';
import type { FakeS3Server } from '../../fakes/s3-server';
import { dumpSettings } from './dump-settings';

/** A context whose bucket is the fake one, and whose client tools lie in a folder. */
export function dumpContext(
  s3: FakeS3Server,
  toolsDirectory: string,
  overrides: Partial<DumpContext> & { readonly settings?: TenantDumpsSettings } = {},
): DumpContext {
  const settings = overrides.settings ?? dumpSettings();
  const objects = new ObjectStore(s3.client(), settings.store);
  const unused = () => Promise.reject(new Error('not expected here'));
  const stores = Promise.resolve({
    objects,
    catalog: new Catalog(objects, s3.client(), settings.store.bucket, settings.resource),
    publish: unused,
    abortLeftovers: async () => 0,
    signal: unused,
  });
  return {
    settings,
    toolsDirectory,
    access: DatabaseAccess.of(settings.connection, {
      secret: unused,
      token: unused,
      environment: { PATH: process.env.PATH, PGUSER: 'backup' },
    }),
    stores: () => stores,
    log: { info: () => undefined, warn: () => undefined },
    progress: new ProgressCounter(),
    signal: new AbortController().signal,
    now: () => new Date('2026-11-23T02:00:00Z'),
    software: '0.0.0',
    ...overrides,
  };
}
