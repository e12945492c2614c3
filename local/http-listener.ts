import type { Server } from 'node:http';
import type { Teardown } from './teardown';

/** Lets a server listen on a free port of this machine until the teardown. @returns its URL, without a slash at the end */
export async function listenHere(server: Server, teardown: Teardown): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  teardown.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return `http://127.0.0.1:${address.port}`;
}
