import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { App, type AppProps, aws_kms as kms, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { RecoveryRegion, type RecoveryRegionProps } from '../../lib';

/** Account and Region that the tests protect. */
export const PRIMARY = { account: '111122223333', region: 'eu-west-1' } as const;

/** Region of the replicas in the tests. */
export const RECOVERY = 'eu-central-1';

/** Account of the replicas in tests with two accounts. */
export const OTHER_ACCOUNT = '444455556666';

/** Id of a key that is already there. */
export const KEY_ID = '00000000-0000-0000-0000-000000000000';

/** ARN of a replica key in {@link OTHER_ACCOUNT}. */
export const REPLICA_KEY_ARN = `arn:aws:kms:${RECOVERY}:${OTHER_ACCOUNT}:key/${KEY_ID}`;

/** Feature flags of the app as it is deployed. */
export const CONTEXT: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(resolve(__dirname, '../../cdk.json'), 'utf8'),
).context;

/** An empty app with the feature flags of `cdk.json`. */
export function app(props: AppProps = {}): App {
  return new App({
    context: { ...CONTEXT },
    analyticsReporting: false,
    ...props,
  });
}

/** An empty stack in the primary Region. */
export function primaryStack(): Stack {
  return new Stack(app(), 'Primary', { env: PRIMARY });
}

/** An empty stack in the recovery Region. */
export function recoveryStack(account: string = PRIMARY.account): Stack {
  return new Stack(app(), 'Recovery', { env: { account, region: RECOVERY } });
}

/** The recovery Region that the tests replicate to. */
export function recoveryRegion(props: Partial<RecoveryRegionProps> = {}): RecoveryRegion {
  return RecoveryRegion.named({ prefix: 'acme', region: RECOVERY, ...props });
}

/** A key that is already there. */
export function keyOf(stack: Stack): kms.IKey {
  return kms.Key.fromKeyArn(stack, 'ExistingKey', `arn:aws:kms:${stack.region}:${stack.account}:key/${KEY_ID}`);
}

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The resources of a type, by logical id. */
export function resources(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type) as Record<string, Resource>);
}

/** The resources of a type beside those that watch over Holdfast itself, which every deployment has. */
export function resourcesBesideWatch(template: Template, type: string): [id: string, resource: Resource][] {
  return resources(template, type).filter(([id]) => !/^(Backups)?Watch/.test(id));
}

/** The one resource of a type, beside those that watch over Holdfast itself. */
export function onlyResource(template: Template, type: string): [id: string, resource: Resource] {
  const found = resourcesBesideWatch(template, type);
  const [only] = found;
  if (!only || found.length > 1) {
    throw new Error(`expected one ${type}, got: ${found.length}`);
  }
  return only;
}

/** A statement of a policy, as the template has it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** The statements of the policy document in a property of a resource. */
export function statements(resource: Resource, property = 'PolicyDocument'): readonly Statement[] {
  const document = resource.Properties[property] as { readonly Statement: readonly Statement[] };
  return document.Statement;
}

/** A policy that AWS manages, as the template names it. */
export function managedPolicy(name: string): unknown {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${name}`]] };
}

/** What the one schedule of a template sends; without a reference to another resource of the template it is plain text. */
export function scheduledInput(template: Template): unknown {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  const { Input } = schedule.Properties.Target as { readonly Input: string };
  return JSON.parse(Input);
}
