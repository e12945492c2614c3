import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './processes';
import type { TlsCredentials } from './redis/tls-front';
import type { Teardown } from './teardown';

/** A certificate that signs itself, for servers of this machine. */
export interface Certificate extends TlsCredentials {
  /** Path of the certificate, for programs that are to trust it. */
  readonly path: string;
}

/** Makes a certificate for 127.0.0.1 that is good for a day. @throws when the machine has no `openssl` */
export async function makeCertificate(runFolder: string, teardown: Teardown): Promise<Certificate> {
  const path = join(runFolder, 'tls.crt');
  const keyPath = join(runFolder, 'tls.key');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const options = { env: process.env, cwd: runFolder, logFile: join(runFolder, 'openssl.log') };
  await runProgram(
    'openssl',
    ['req', '-x509', ...kind, ...names, '-keyout', keyPath, '-out', path],
    options,
    teardown,
  ).catch((error: Error) => {
    throw new Error(`No certificate could be made for the local cache. HINT: install openssl.\n${error.message}`);
  });
  const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(path, 'utf8')]);
  return { path, key, cert };
}
