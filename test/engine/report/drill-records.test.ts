import { type ProofRecord, proofKey, proofsPrefix } from '../../../engine/contract/proofs';
import { writeProofRecord } from '../../../engine/proofs/write-record';
import { readDrills } from '../../../engine/report/drill-records';
import { FakeS3Server } from '../../fakes/s3-server';
import { ago, drill, NOW } from './samples';

const BUCKET = 'acme-proofs-111122223333-eu-west-1';
const DAY = 86_400;
const ORDERS = { system: 'tenants', resource: 'orders' } as const;
const SESSIONS = { system: 'redis', resource: 'sessions' } as const;

let server: FakeS3Server;
beforeAll(async () => {
  server = await FakeS3Server.start();
});
afterEach(() => server.reset());
afterAll(() => server.stop());

const at = (days: number, changes: Partial<ProofRecord> = {}): ProofRecord => {
  const startedAt = ago(days * DAY);
  return drill({ startedAt, finishedAt: startedAt, ...changes });
};

const folderOf = ({ system, resource, level }: ProofRecord) => proofsPrefix(system, resource, level);

const keep = (...records: ProofRecord[]) =>
  Promise.all(records.map((record) => writeProofRecord(server.client(), BUCKET, folderOf(record), record)));

const read = (...resources: (typeof ORDERS | typeof SESSIONS)[]) => readDrills(server.client(), BUCKET, resources, NOW);

test('reads the newest three drills of each resource, those that failed as well, newest first', async () => {
  const [oldest, failed, newest, other] = [
    at(60),
    at(30, { outcome: 'failed' }),
    at(1, { outcome: 'damaged' }),
    at(10, SESSIONS),
  ];
  await keep(at(90), oldest, failed, newest, other);
  const { things, unknown } = await read(ORDERS, SESSIONS);
  expect(things).toEqual([newest, other, failed, oldest]);
  expect(unknown).toEqual([]);
});

test('reads no proof of another level, no drill of more than a year ago, and none that is yet to come', async () => {
  await keep(at(1, { level: 'intact' }), at(371), at(-1));
  expect(await read(ORDERS)).toEqual({ things: [], unknown: [] });
});

test('says which drill could not be read, and shows the others', async () => {
  const whole = at(10);
  await keep(whole);
  const broken = proofKey(folderOf(whole), new Date(ago(DAY)), 'proved');
  server.bucket(BUCKET).put(broken, Buffer.from('{}'));
  const { things, unknown } = await read(ORDERS);
  expect(things).toEqual([whole]);
  expect(unknown).toEqual([expect.stringMatching(/^A drill of orders \(tenants\) could not be read: .*restored/)]);
});

test('says of which resources drills cannot be listed, and shows those of the others', async () => {
  const other = at(10, SESSIONS);
  await keep(other);
  server.fault = ({ operation, query }) =>
    operation === 'ListObjectsV2' && query.get('prefix')?.startsWith('tenants/')
      ? { status: 403, code: 'AccessDenied' }
      : undefined;
  const { things, unknown } = await read(ORDERS, SESSIONS);
  expect(things).toEqual([other]);
  expect(unknown).toEqual([expect.stringMatching(/^A drill of orders \(tenants\) could not be read: Cannot list/)]);
});
