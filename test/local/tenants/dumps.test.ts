import { TENANT_DUMPS_VARIABLE } from '../../../engine/contract/tenant-dumps';
import type { DeployedStack } from '../../../local/deployed-stack';
import { LocalAws } from '../../../local/local-aws';
import { Teardown } from '../../../local/teardown';
import type { TenantDatabase } from '../../../local/tenants/database';
import { TenantDumps } from '../../../local/tenants/dumps';

/** A deployed stack with task definitions that dump these databases. */
const stackOf = (...databases: string[]): DeployedStack =>
  ({
    resources: () =>
      databases.map((database) => ({
        properties: {
          ContainerDefinitions: [
            { Name: 'sidecar' },
            { Environment: [{ Name: TENANT_DUMPS_VARIABLE, Value: JSON.stringify(settingsOf(database)) }] },
          ],
        },
      })),
  }) as unknown as DeployedStack;

const settingsOf = (database: string) => ({
  resource: 'orders',
  connection: { database },
  store: { bucket: 'dumps', region: 'eu-west-1' },
});

const find = (stack: DeployedStack) =>
  TenantDumps.find(
    new LocalAws('http://127.0.0.1:1'),
    stack,
    { name: 'shop' } as unknown as TenantDatabase,
    '/tmp',
    new Teardown(),
  );

test('takes the settings of the task definition that dumps the database', () => {
  expect(find(stackOf('other', 'shop'))).toMatchObject({ settings: settingsOf('shop') });
});

test('refuses a stack in which nothing dumps the database', () => {
  expect(() => find(stackOf('other'))).toThrow('No task definition of the deployed stack dumps the database shop.');
});
