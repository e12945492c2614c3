import { callerOf } from '../../../engine/deletion/caller';
import { ACCESS_KEY_ID, ACCOUNT, DEPLOYMENT, inRole, SESSION_NAME } from './cloudtrail-events';

const caller = (userIdentity: Readonly<Record<string, unknown>> | null | undefined) =>
  callerOf({ eventSource: 's3.amazonaws.com', eventName: 'DeleteBucket', userIdentity });

test('a session is told by its role, and not by its name or its key', () => {
  const { words, roleArn, service } = caller(inRole('Admin'));
  expect(words).toBe(`the role arn:aws:iam::${ACCOUNT}:role/Admin`);
  expect(words).not.toContain(SESSION_NAME);
  expect(words).not.toContain(ACCESS_KEY_ID);
  expect(roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/Admin`);
  expect(service).toBeUndefined();
});

test('a service that calls in the name of somebody is told too', () => {
  expect(caller(DEPLOYMENT)).toEqual({
    words: `the role arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1, through cloudformation.amazonaws.com`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1`,
    service: 'cloudformation.amazonaws.com',
  });
});

test.each([
  [
    'the root user',
    { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
    `the root user of the account ${ACCOUNT}`,
  ],
  [
    'a user',
    { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/Alice`, userName: 'Alice' },
    `the user arn:aws:iam::${ACCOUNT}:user/Alice`,
  ],
  ['a user without an ARN', { type: 'IAMUser', userName: 'Alice' }, 'the user Alice'],
  ['a service', { type: 'AWSService', invokedBy: 's3.amazonaws.com' }, 'a service of AWS, through s3.amazonaws.com'],
  [
    'another account',
    { type: 'AWSAccount', accountId: '444455556666' },
    'a caller of the account 444455556666 (AWSAccount)',
  ],
  ['nobody that is named', {}, 'a caller of the account unknown (unknown)'],
  ['a record without a caller', null, 'a caller of the account unknown (unknown)'],
  ['a record that says nothing', undefined, 'a caller of the account unknown (unknown)'],
  [
    'fields that are none',
    { type: 7, sessionContext: 'x', accountId: ['y'] },
    'a caller of the account unknown (unknown)',
  ],
])('%s', (_, identity, words) => {
  expect(caller(identity).words).toBe(words);
});

test('what issued the session of a federated user is no role', () => {
  const issuer = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/Alice` };
  const federated = { type: 'FederatedUser', accountId: ACCOUNT, sessionContext: { sessionIssuer: issuer } };
  expect(caller(federated).roleArn).toBeUndefined();
  expect(caller(federated).words).toBe(`a caller of the account ${ACCOUNT} (FederatedUser)`);
});
