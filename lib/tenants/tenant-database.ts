import type { aws_rds as rds } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseConnection } from '../../engine/contract/tenant-dumps';
import type { DatabaseSignIn } from './database-sign-in';

/** Where PostgreSQL listens unless told otherwise. */
export const POSTGRES_PORT = 5432;

/** What must be known of a database beside where it is. */
export interface TenantDatabaseLogins {
  /** Name of the database; with a database for each tenant, one to begin at, such as `postgres`. */
  readonly name: string;
  /**
   * How dumps sign in. A user that can read everything is enough: a member of `pg_read_all_data`, with `bypassrls` where
   * tables have row-level security, and with the role of their owner where there are large objects.
   */
  readonly signIn: DatabaseSignIn;
  /** How restores sign in, which create schemas and load them. @default - as dumps do */
  readonly restoreSignIn?: DatabaseSignIn;
}

/** A database by its address. */
export interface TenantDatabaseProps extends TenantDatabaseLogins {
  /**
   * Name of the host; of an Aurora cluster the writer's endpoint, since a reader cannot export a snapshot. Not that of a proxy
   * or pooler: it ends sessions that seem idle, and one such session holds the snapshot.
   */
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
}

/** A PostgreSQL database on RDS or Aurora whose tenants are backed up. */
export class TenantDatabase {
  /** A database by its address. */
  public static at(props: TenantDatabaseProps): TenantDatabase {
    return new TenantDatabase(props);
  }

  /** The database of an RDS instance of the same app, or of one that is imported. */
  public static ofInstance(instance: rds.IDatabaseInstance, logins: TenantDatabaseLogins): TenantDatabase {
    const { hostname, port } = instance.instanceEndpoint;
    return new TenantDatabase({ ...logins, host: hostname, port });
  }

  /** The database of an Aurora cluster of the same app, or of one that is imported: its writer. */
  public static ofCluster(cluster: rds.IDatabaseCluster, logins: TenantDatabaseLogins): TenantDatabase {
    const { hostname, port } = cluster.clusterEndpoint;
    return new TenantDatabase({ ...logins, host: hostname, port });
  }

  private constructor(private readonly props: TenantDatabaseProps) {}

  /** How dumps sign in. */
  public get dumpSignIn(): DatabaseSignIn {
    return this.props.signIn;
  }

  /** How restores sign in. */
  public get restoreSignIn(): DatabaseSignIn {
    return this.props.restoreSignIn ?? this.props.signIn;
  }

  /** The form in which a job is told, with one of the two logins. */
  public connection(scope: Construct, signIn: DatabaseSignIn): DatabaseConnection {
    const { host, port = POSTGRES_PORT, name } = this.props;
    return { host, port, database: name, login: signIn.login(scope) };
  }
}
