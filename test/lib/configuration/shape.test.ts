import { fieldPath } from '../../../lib/configuration/shape';
import { mistakes, shippedWith } from './shipped';

const ARN = 'the ARN of a KMS key';
const PREFIX = '2 to 12 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen';
const NAME = '2 to 32 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen';
const CATEGORIES =
  'profilePictures, uploadedDocuments, generatedReports, temporaryFiles, configurationFiles, sslCertificates, logFiles, auditRecords';
const CLASSES = 'STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE';
const BUCKET = 'files.buckets[0]';
const DATABASE = 'databases[0]';
const RESOURCE_ID = 'the resource id of an instance or a cluster, such as "db-ABCDEFGHIJKL01234"';
const SECRET = 'the ARN of a secret, with the six characters at its end';

/** Path, a wrong value for it, and what its line says is allowed. */
const WRONG_VALUES: readonly (readonly [path: string, value: unknown, allowed: string])[] = [
  ['prefix', 'Acme', PREFIX],
  ['prefix', 'a', PREFIX],
  ['prefix', 'acme-', PREFIX],
  ['prefix', '1acme', PREFIX],
  ['prefix', 'acme-production', PREFIX],
  ['prefix', 5, PREFIX],
  ['$schema', 1, 'a text'],
  ['primary', 'eu-west-1', 'an object'],
  ['primary.account', '1111-2222-3333', 'an AWS account id: a text of 12 digits'],
  ['primary.account', 111122223333, 'an AWS account id: a text of 12 digits'],
  ['primary.region', 'Ireland', 'an AWS Region of the partition "aws" such as "eu-central-1"'],
  ['primary.region', 'cn-north-1', 'an AWS Region of the partition "aws" such as "eu-central-1"'],
  ['recovery.account', '', 'an AWS account id: a text of 12 digits'],
  ['recovery.region', 'eu-central', 'an AWS Region of the partition "aws" such as "eu-central-1"'],
  ['recovery.replicaKeyArn', 'alias/acme-replica', ARN],
  ['recovery.replicaKeyArn', 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica', ARN],
  ['paging.email', 'oncall@example.com', 'a list'],
  ['paging.email[0]', 'oncall', 'an email address'],
  ['paging.slack.workspaceId', 'acme', 'a Slack workspace id: T and capital letters and digits'],
  ['paging.slack.channelId', '#oncall', 'a Slack channel id: C or G and capital letters and digits'],
  ['paging.pager', 'http://events.example.com/page', 'an https:// address'],
  ['files.verifyEveryMinutes', 0, 'at least 1'],
  ['files.verifyEveryMinutes', 1441, 'at most 1440'],
  ['files.verifyEveryMinutes', 1.5, 'a whole number'],
  ['files.verifyEveryMinutes', '15', 'a number'],
  ['files.readCycleDays', 366, 'at most 365'],
  ['files.lockMode', 'legal', 'one of governance, compliance'],
  ['files.buckets', {}, 'a list'],
  ['files.buckets', [], 'a list of 1 or more'],
  [`${BUCKET}.name`, 'Pictures', NAME],
  [`${BUCKET}.name`, 'p', NAME],
  [`${BUCKET}.name`, 'pictures-of-users-and-tenants-2026', NAME],
  [`${BUCKET}.category`, 'videos', `one of ${CATEGORIES}`],
  [`${BUCKET}.existing`, 'acme-uploads', 'an object'],
  [`${BUCKET}.lifecycle`, null, 'an object'],
  [`${BUCKET}.lifecycle.lockDays`, -1, 'at least 1'],
  [`${BUCKET}.lifecycle.abortIncompleteUploadsAfterDays`, 0, 'at least 1'],
  [`${BUCKET}.lifecycle.currentVersions.expireAfterDays`, 36_501, 'at most 36500'],
  [`${BUCKET}.lifecycle.noncurrentVersions.expireAfterDays`, 0.5, 'a whole number'],
  [`${BUCKET}.lifecycle.currentVersions.transitions`, 'GLACIER', 'a list'],
  [`${BUCKET}.replicaLifecycle.lockDays`, '90', 'a number'],
  ['retention', 30, 'an object'],
  ['retention.daily', 1.5, 'a whole number'],
  ['databases', {}, 'a list'],
  [`${DATABASE}.name`, 'Orders', NAME],
  [`${DATABASE}.host`, 'https://orders', 'the name of a host'],
  [`${DATABASE}.port`, 65_536, 'at most 65535'],
  [`${DATABASE}.database`, 5, 'a text'],
  [`${DATABASE}.postgresMajor`, 14, 'one of 15, 16, 17, 18'],
  [`${DATABASE}.postgresMajor`, '17', 'one of 15, 16, 17, 18'],
  [`${DATABASE}.signIn`, 'iam', 'an object'],
  [`${DATABASE}.signIn.iam.resourceId`, 'orders', RESOURCE_ID],
  [`${DATABASE}.restoreSignIn.secret.secretArn`, 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x', SECRET],
  [`${DATABASE}.restoreSignIn.secret.keyArn`, 'alias/orders', ARN],
  [`${DATABASE}.tenants.schemas`, 'tenant_1', 'a list'],
  [`${DATABASE}.leaveOut`, ['tenant_1'], 'an object'],
  [`${DATABASE}.compression`, 'bzip2', 'one of none, gzip, lz4, zstd'],
  [`${DATABASE}.groups`, '4', 'a number'],
  [`${DATABASE}.schedule.hour`, 1.5, 'a whole number'],
  [`${DATABASE}.lockMode`, 'legal', 'one of governance, compliance'],
  [`${DATABASE}.network.subnetIds[0]`, 'vpc-1', 'the id of a subnet, such as "subnet-0123456789abcdef0"'],
  [`${DATABASE}.network.securityGroupIds[0]`, 'default', 'the id of a security group, such as "sg-0123456789abcdef0"'],
];

test.each(WRONG_VALUES)('refuses %s when it is %j, with what is allowed', (path, value, allowed) => {
  expect(mistakes(shippedWith({ [path]: value }))).toEqual([
    `${path}: must be ${allowed}, got: ${JSON.stringify(value)}`,
  ]);
});

test('refuses an unknown storage class, with the known ones', () => {
  const transitions = [{ storageClass: 'COLD', afterDays: 30 }];
  expect(mistakes(shippedWith({ [`${BUCKET}.lifecycle.currentVersions.transitions`]: transitions }))).toEqual([
    `${BUCKET}.lifecycle.currentVersions.transitions[0].storageClass: must be one of ${CLASSES}, got: "COLD"`,
  ]);
});

test('refuses a wrong name and key of an existing bucket', () => {
  expect(mistakes(shippedWith({ [`${BUCKET}.existing`]: { bucket: 'Uploads', keyArn: 'alias/uploads' } }))).toEqual([
    `${BUCKET}.existing.bucket: must be a bucket name: 3 to 63 lower-case letters, digits, hyphens and dots, got: "Uploads"`,
    `${BUCKET}.existing.keyArn: must be ${ARN}, got: "alias/uploads"`,
  ]);
});

test.each([
  ['prefix', PREFIX],
  ['primary', 'an object'],
  ['primary.account', 'an AWS account id: a text of 12 digits'],
  ['recovery.region', 'an AWS Region of the partition "aws" such as "eu-central-1"'],
  ['paging', 'an object'],
  ['paging.slack.channelId', 'a Slack channel id: C or G and capital letters and digits'],
  ['files.buckets', 'a list'],
  [`${BUCKET}.category`, `one of ${CATEGORIES}`],
  [`${DATABASE}.host`, 'the name of a host'],
  [`${DATABASE}.postgresMajor`, 'one of 15, 16, 17, 18'],
  [`${DATABASE}.tenants`, 'an object'],
  [`${DATABASE}.network.subnetIds`, 'a list'],
])('says that %s is missing, and what it must be', (path, allowed) => {
  expect(mistakes(shippedWith({ [path]: undefined }))).toEqual([`${path}: is missing, must be ${allowed}`]);
});

test.each([
  'colour',
  'retention.hourly',
  `${DATABASE}.vpcId`,
  `${DATABASE}.signIn.password`,
  'recovery.regoin',
  'paging.sms',
  `${BUCKET}.retention`,
  `${BUCKET}.lifecycle.expireAfterDays`,
])('refuses the unknown field %s', (path) => {
  expect(mistakes(shippedWith({ [path]: 'x' }))).toEqual([`${path}: is not a known field`]);
});

test.each([[null], [[]], ['text'], [7]])('refuses %j in the place of a configuration', (raw) => {
  expect(mistakes(raw)).toEqual([`must be an object, got: ${JSON.stringify(raw)}`]);
});

test('cuts a long value in its line', () => {
  const [line] = mistakes(shippedWith({ prefix: 'a'.repeat(1000) }));
  expect(line).toBe(`prefix: must be ${PREFIX}, got: "${'a'.repeat(76)}...`);
});

test('takes an http address of this machine as the pager', () => {
  expect(mistakes(shippedWith({ 'paging.pager': 'http://127.0.0.1:8080/page' }))).toEqual([]);
});

test('writes the path of a field as it would be written in code', () => {
  expect(fieldPath(['files', 'buckets', 0, 'name'])).toBe('files.buckets[0].name');
  expect(fieldPath([])).toBe('');
});

test('keeps the name of an unknown field on one line', () => {
  expect(mistakes(shippedWith({ 'weird\nfield': 1 }))).toEqual(['["weird\\nfield"]: is not a known field']);
});
