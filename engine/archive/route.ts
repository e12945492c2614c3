import { ArchiveError } from './archive-error';
import { HeldBytes } from './held-bytes';
import type { DataEntry, TocEntry } from './toc';
import { withoutOffset } from './writer';

/** Tenant that a schema belongs to; undefined for a schema that belongs to none. */
export type TenantOf = (schema: string) => string | undefined;

/** Entries of one archive after the split. */
export class Share {
  /** Number of entries. */
  public entries = 0;
  /** Number of entries with data. */
  public dataEntries = 0;
  private readonly bytes: HeldBytes;

  public constructor(
    /** Whose archive it is; undefined for what belongs to no tenant. */
    public readonly tenant: string | undefined,
    total: { plainBytes: number },
  ) {
    this.bytes = new HeldBytes(total);
  }

  public add(raw: Buffer): void {
    this.entries += 1;
    this.bytes.add(raw);
  }

  /** The entries byte for byte, in the order of the archive that is split; can be had once. */
  public release(): Iterable<Buffer> {
    return this.bytes.release();
  }
}

/**
 * Divides a table of contents among the tenants and what they share, as it passes.
 *
 * - What lies in a tenant's schema is the tenant's, and so is the schema itself. That includes its membership in a
 *   publication (`PUBLICATION TABLE`, `PUBLICATION TABLES IN SCHEMA`): it goes when the schema is dropped, and has to
 *   come back with it.
 * - What lies in no schema but depends on objects of one tenant alone is the tenant's as well: comment and grants of its
 *   schema, a cast between its types, an event trigger that calls its function, an extension in its schema. It could not
 *   be restored before the tenant.
 * - All else is shared: large objects with their grants and comments, publications, languages, and what depends on
 *   several tenants.
 * - The settings that every archive begins with go into each.
 */
export class Shares {
  private readonly settings: Buffer[] = [];
  private readonly total = { plainBytes: 0 };
  private readonly shared = new Share(undefined, this.total);
  private readonly byTenant = new Map<string | undefined, Share>([[undefined, this.shared]]);
  /** Where the entries went that one without a schema can depend on, and those without a schema themselves. */
  private readonly byNumber = new Map<number, Share>();

  public constructor(private readonly tenantOf: TenantOf) {}

  /** What is shared first, then the tenants in the order in which they appear. */
  public get all(): Share[] {
    return [...this.byTenant.values()];
  }

  /**
   * Takes the next entry.
   *
   * @param offset where in the archive it begins.
   * @throws ArchiveError when it is a setting that no `pg_dump` writes.
   */
  public add(entry: TocEntry, original: Buffer, offset: number): void {
    const raw = withoutOffset(entry, original);
    if (SETTINGS.has(entry.kind) && !entry.hasData) {
      this.addSetting(raw, offset);
      return;
    }
    const share = this.shareFor(entry);
    share.add(raw);
    if (entry.hasData) {
      share.dataEntries += 1;
    }
    if (entry.schema === undefined || DEPENDED_ON.has(entry.kind)) {
      this.byNumber.set(entry.dumpId, share);
    }
  }

  /** The share that an entry with data went into. */
  public of({ schema, dumpId }: DataEntry): Share {
    return schema === undefined ? this.ofNumber(dumpId) : this.shareOfTenant(this.tenantOf(schema));
  }

  private ofNumber(dumpId: number): Share {
    return this.byNumber.get(dumpId) ?? this.shared;
  }

  /** Each goes into every archive: without a bound, a few large ones would fill the memory. */
  private addSetting(raw: Buffer, offset: number): void {
    if (raw.length > SETTING_LIMIT_BYTES) {
      const problem = `a setting of the archive has ${raw.length} bytes, the limit is ${SETTING_LIMIT_BYTES}`;
      throw new ArchiveError('limit', offset, problem);
    }
    if (this.settings.length === SETTINGS.size) {
      const problem = `the archive has more settings than the ${SETTINGS.size} that pg_dump writes`;
      throw new ArchiveError('malformed', offset, problem);
    }
    this.settings.push(Buffer.from(raw));
    for (const share of this.byTenant.values()) {
      share.add(raw);
    }
  }

  private shareFor(entry: TocEntry): Share {
    const schema = entry.schema ?? (entry.kind === 'SCHEMA' ? entry.name : undefined);
    return schema === undefined ? this.shareOfDependencies(entry) : this.shareOfTenant(this.tenantOf(schema));
  }

  private shareOfDependencies({ dependencies }: TocEntry): Share {
    const owners = new Set(dependencies.map((dumpId) => this.ofNumber(dumpId)));
    owners.delete(this.shared);
    const [only] = owners;
    return owners.size === 1 && only !== undefined ? only : this.shared;
  }

  private shareOfTenant(tenant: string | undefined): Share {
    const known = this.byTenant.get(tenant);
    if (known !== undefined) {
      return known;
    }
    const share = new Share(tenant, this.total);
    for (const raw of this.settings) {
      share.add(raw);
    }
    this.byTenant.set(tenant, share);
    return share;
  }
}

/** Kinds that say how to read an archive, not what is in it; `pg_dump` writes them first. */
const SETTINGS: ReadonlySet<string> = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH']);
/** Most bytes of a setting, 4 KiB: each is one command of some fifty bytes. */
const SETTING_LIMIT_BYTES = 4 * 1024;

/** Kinds of what lies in a schema and what lies in none can depend on: casts, transforms, event triggers, extensions. */
const DEPENDED_ON: ReadonlySet<string> = new Set([
  'FUNCTION',
  'PROCEDURE',
  'AGGREGATE',
  'TYPE',
  'SHELL TYPE',
  'DOMAIN',
  'TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
]);
