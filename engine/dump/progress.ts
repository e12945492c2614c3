/** How far a dump has come. */
export interface DumpProgress {
  /** Tables with data that are to be dumped; 0 until they are counted. */
  readonly tables: number;
  /** Tables in archives that are complete. */
  readonly tablesDone: number;
  /** Bytes of archives so far. */
  readonly bytes: number;
  /** Tenants to be dumped. */
  readonly tenants: number;
  readonly tenantsDone: number;
  /** Tenant whose archive was begun last. */
  readonly current: string | undefined;
}

/** Counts along a dump; read at any time by who shows it. */
export class ProgressCounter implements DumpProgress {
  public tables = 0;
  public tablesDone = 0;
  public bytes = 0;
  public tenants = 0;
  public tenantsDone = 0;
  public current: string | undefined;

  /** Begins from nothing: a dump that is tried again counts anew. */
  public reset(): void {
    Object.assign(this, { tables: 0, tablesDone: 0, bytes: 0, tenants: 0, tenantsDone: 0, current: undefined });
  }

  /** More is known to be dumped. */
  public expect(tenants: number, tables: number): void {
    this.tenants += tenants;
    this.tables += tables;
  }

  /** An archive was begun; that of a tenant, or of what is shared. */
  public begin(tenant: string | undefined): void {
    this.current = tenant ?? this.current;
  }

  /** An archive is complete. */
  public complete(tenant: string | undefined, tables: number): void {
    this.tenantsDone += tenant === undefined ? 0 : 1;
    this.tablesDone += tables;
  }
}
