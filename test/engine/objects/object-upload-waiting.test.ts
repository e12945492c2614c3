import { setTimeout as sleep } from 'node:timers/promises';
import { StreamedUpload } from '../../../engine/objects/object-upload';
import { PartMemory } from '../../../engine/objects/part-memory';
import { RequestBudget } from '../../../engine/objects/request-budget';
import { WriteRequests } from '../../../engine/objects/write-requests';
import { FakeS3Server } from '../../fakes/s3-server';

test('an upload that is aborted while it waits for room takes none, and asks for nothing', async () => {
  const server = await FakeS3Server.start();
  const s3 = server.client();
  const budget = new RequestBudget(1, 1000);
  const upload = new StreamedUpload(
    new WriteRequests(s3, { bucket: 'dumps' }),
    budget,
    new PartMemory(1000, 0),
    'key',
    {},
  );
  await budget.acquire(1);
  await upload.write(Buffer.from('rows'));
  const ending = expect(upload.end()).rejects.toThrow('aborted');
  await upload.abort();
  budget.release(1);
  await ending;
  expect(await Promise.race([budget.acquire(1).then(() => 'free'), sleep(1_000, 'taken')])).toBe('free');
  expect(server.calls).toEqual([]);
  s3.destroy();
  await server.stop();
});
