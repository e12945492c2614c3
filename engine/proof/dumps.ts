import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../catalog/catalog';
import type { TenantsRun } from '../contract/verify-tenants';
import { ObjectStore } from '../objects/object-store';

/** Clients and limits of a verification. Moments are milliseconds since 1970. */
export interface TenantsContext {
  /** Clients of a Region. */
  readonly s3: (region: string) => S3Client;
  readonly kms: (region: string) => KMSClient;
  /** How a copy is told to be the same: `content` for a store that gives copies new version ids. */
  readonly matching: 'versionId' | 'content';
  /** When to begin nothing new. */
  readonly deadline: number;
  readonly now: () => number;
}

/** A bucket and the client of its Region. */
export interface DumpsBucket {
  readonly s3: S3Client;
  readonly name: string;
}

/** The dumps of one database, and where their proofs go. */
export interface Dumps {
  readonly source: DumpsBucket;
  readonly replica: DumpsBucket;
  readonly proofs: DumpsBucket;
  /** Objects of the source. */
  readonly store: ObjectStore;
  /** Objects of the proofs bucket. */
  readonly proofStore: ObjectStore;
  readonly catalog: Catalog;
}

/** Opens the buckets of a database. */
export function openDumps({ target, proofs }: Pick<TenantsRun, 'target' | 'proofs'>, { s3 }: TenantsContext): Dumps {
  const source = { s3: s3(target.source.region), name: target.source.bucket };
  const replica = { s3: s3(target.replica.region), name: target.replica.bucket };
  const proofsBucket = { s3: s3(proofs.region), name: proofs.bucket };
  const store = new ObjectStore(source.s3, { bucket: source.name });
  return {
    source,
    replica,
    proofs: proofsBucket,
    store,
    proofStore: new ObjectStore(proofsBucket.s3, { bucket: proofsBucket.name }),
    catalog: new Catalog(store, source.s3, source.name, target.resource),
  };
}
