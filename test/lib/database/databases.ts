import { aws_ec2 as ec2, aws_kms as kms, aws_rds as rds, type Stack } from 'aws-cdk-lib';
import { KEY_ID } from '../deployment';

/** A key of the stack's Region, for databases. */
export function databaseKey(stack: Stack): kms.IKey {
  const present = stack.node.tryFindChild('DatabaseKey') as kms.IKey | undefined;
  const arn = `arn:aws:kms:${stack.region}:${stack.account}:key/${KEY_ID}`;
  return present ?? kms.Key.fromKeyArn(stack, 'DatabaseKey', arn);
}

/** An RDS instance of the stack, encrypted with a customer key and otherwise as CDK makes one. */
export function instance(stack: Stack, props: Partial<rds.DatabaseInstanceProps> = {}): rds.DatabaseInstance {
  return new rds.DatabaseInstance(stack, 'Billing', {
    engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
    vpc: new ec2.Vpc(stack, 'InstanceVpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'] }),
    storageEncryptionKey: databaseKey(stack),
    ...props,
  });
}

/** An Aurora cluster of the stack, encrypted with a customer key and otherwise as CDK makes one. */
export function cluster(stack: Stack, props: Partial<rds.DatabaseClusterProps> = {}): rds.DatabaseCluster {
  return new rds.DatabaseCluster(stack, 'Orders', {
    engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_4 }),
    writer: rds.ClusterInstance.provisioned('Writer'),
    vpc: new ec2.Vpc(stack, 'ClusterVpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'] }),
    storageEncryptionKey: databaseKey(stack),
    ...props,
  });
}
