import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseSignIn, Paging, TenantDatabase, TenantDumps, type TenantDumpsProps, Tenants } from '../../../lib';
import { KEY_ID, keyOf, primaryStack, recoveryRegion } from '../deployment';

/** The database that the tests back up. */
export const DATABASE = TenantDatabase.at({
  host: 'orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com',
  name: 'orders',
  signIn: DatabaseSignIn.withIam({ user: 'holdfast_dump', resourceId: 'cluster-ABCDEFGHIJKL01234' }),
});

/** Where the tasks of the tests run. */
export const NETWORK = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };

/** Key of the dumps in the tests. */
export const DUMPS_KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

/** The dumps of {@link DATABASE} in a stack of their own: with the least that must be said, and what is given. */
export function tenantDumps(props: Partial<TenantDumpsProps> = {}): TenantDumps {
  const stack = primaryStack();
  return new TenantDumps(stack, 'Dumps', {
    recovery: recoveryRegion(),
    resource: 'orders',
    database: DATABASE,
    tenants: Tenants.schemasLike('tenant\\_%'),
    network: NETWORK,
    encryptionKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    postgresMajor: 17,
    ...props,
  });
}

/** Template of the stack of {@link tenantDumps}. */
export function templateOf(props: Partial<TenantDumpsProps> = {}): Template {
  return Template.fromStack(Stack.of(tenantDumps(props)));
}
