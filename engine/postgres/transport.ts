import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { errorCode } from './error-code';

/** How the connection is protected: for node-postgres, and as environment for the client tools. */
export interface Transport {
  /** False on the same machine, where nothing travels. */
  readonly ssl: ConnectionOptions | false;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * TLS 1.3 with the server's certificate and name verified. Without certificates to trust, only a server on the same machine
 * is connected to, as plain text: what libpq does by itself (`sslmode=prefer`) would take any server for the right one.
 *
 * libpq reads the same settings from its environment since PostgreSQL 13.
 *
 * @param caFile path of the certificates to trust, in PEM.
 * @throws Error when the host is another machine and there is no such file.
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export async function transportTo(host: string, caFile: string | undefined): Promise<Transport> {
  if (caFile !== undefined) {
    const ca = await readCertificates(caFile);
    return {
      ssl: { ca, minVersion: LOWEST_TLS, rejectUnauthorized: true },
      environment: {
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: caFile,
        PGSSLMINPROTOCOLVERSION: LOWEST_TLS,
        ...WITHOUT_KERBEROS,
      },
    };
  }
  if (!isSameMachine(host)) {
    throw new Error(
      `There are no certificates to trust for the database on ${host}, which is another machine. HINT: set HOLDFAST_DATABASE_CA to the path of the certificates, for RDS those of https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem.`,
    );
  }
  return { ssl: false, environment: { PGSSLMODE: 'disable', ...WITHOUT_KERBEROS } };
}

const LOWEST_TLS = 'TLSv1.3';

/** libpq prefers encryption by GSSAPI over TLS where it finds a ticket, and then verifies no certificate. */
const WITHOUT_KERBEROS = { PGGSSENCMODE: 'disable' };

async function readCertificates(caFile: string): Promise<string> {
  try {
    return await readFile(caFile, 'utf8');
  } catch (error) {
    throw new Error(
      `Cannot read the certificates to trust from ${caFile}: ${errorCode(error) ?? 'unknown error'}. HINT: correct HOLDFAST_DATABASE_CA, or the access rights of the file.`,
      { cause: error },
    );
  }
}

/** Addresses of the loopback network, or the folder of a Unix socket. */
function isSameMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
