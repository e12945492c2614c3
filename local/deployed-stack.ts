import {
  type CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationTemplate } from './synthesized-app';

/** A resource of a deployed stack, with the properties that its template gives it, references resolved. */
export interface DeployedResource {
  readonly logicalId: string;
  /** Name, id or ARN: what `Ref` gives. */
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where a stack is, and what its references lead to. */
export interface StackContext {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  /** What the logical ids of the stack's resources stand for. */
  readonly resources: Readonly<Record<string, { readonly type: string; readonly physicalId: string }>>;
}

/** A stack as CloudFormation holds it. */
export class DeployedStack {
  private constructor(
    private readonly template: CloudFormationTemplate,
    private readonly whole: CloudFormationTemplate,
    private readonly context: StackContext,
  ) {}

  /**
   * Reads the deployed template of a stack and the ids of its resources.
   *
   * @param whole the template before anything was left out
   */
  static async read(
    client: CloudFormationClient,
    name: string,
    region: string,
    account: string,
    whole: CloudFormationTemplate,
  ) {
    const { TemplateBody = '' } = await client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    const resources: Record<string, { type: string; physicalId: string }> = {};
    for await (const page of paginateListStackResources({ client }, { StackName: name })) {
      for (const {
        LogicalResourceId = '',
        ResourceType = '',
        PhysicalResourceId = '',
      } of page.StackResourceSummaries ?? []) {
        resources[LogicalResourceId] = { type: ResourceType, physicalId: PhysicalResourceId };
      }
    }
    for (const [logicalId, { Type, Properties }] of Object.entries(whole.Resources)) {
      const { AlarmName } = Properties ?? {};
      if (typeof AlarmName === 'string') resources[logicalId] = { type: Type, physicalId: AlarmName };
    }
    return new DeployedStack(JSON.parse(TemplateBody), whole, { region, account, stackName: name, resources });
  }

  /** Region of the stack. */
  get region(): string {
    return this.context.region;
  }

  /**
   * The resources of a type.
   *
   * @param properties names of the properties to resolve; the others are left out
   */
  resources(type: string, properties: readonly string[]): DeployedResource[] {
    return this.resolved(this.template, type, properties);
  }

  /** The resources of a type with all their properties, among them those that were left out of the deployment. */
  templateResources(type: string): DeployedResource[] {
    return this.resolved(this.whole, type);
  }

  private resolved(template: CloudFormationTemplate, type: string, properties?: readonly string[]): DeployedResource[] {
    return Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => ({
        logicalId,
        physicalId: this.context.resources[logicalId]?.physicalId ?? '',
        properties: Object.fromEntries(
          (properties ?? Object.keys(resource.Properties ?? {}))
            .filter((name) => resource.Properties?.[name] !== undefined)
            .map((name) => [name, resolveReferences(resource.Properties?.[name], this.context)]),
        ),
      }));
  }
}

/**
 * A value of a template with its references resolved: `Ref` to resources and pseudo parameters, `Fn::GetAtt` of ARNs,
 * `Fn::Join`, and `Fn::Sub` of a text alone.
 *
 * @throws on any other function, and on references that lead nowhere
 */
export function resolveReferences(value: unknown, context: StackContext): unknown {
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, context));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'))) return call(name, argument, context);
  return Object.fromEntries(entries.map(([key, each]) => [key, resolveReferences(each, context)]));
}

function call(name: string, argument: unknown, context: StackContext): unknown {
  if (name === 'Ref' && typeof argument === 'string') return refer(argument, context);
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return attribute(argument, context);
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [delimiter, parts] = argument;
    const resolved = resolveReferences(parts, context);
    if (typeof delimiter === 'string' && Array.isArray(resolved)) return resolved.join(delimiter);
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') {
    return argument.replace(/\$\{([^!}]+)\}/g, (_, reference: string) => refer(reference, context));
  }
  throw new Error(`${context.stackName}: cannot resolve ${JSON.stringify({ [name]: argument })}.`);
}

function refer(name: string, { region, account, stackName, resources }: StackContext): string {
  const pseudo: Record<string, string> = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const found = pseudo[name] ?? resources[name]?.physicalId;
  if (found === undefined) throw new Error(`${stackName}: nothing is called ${name}.`);
  return found;
}

function attribute([logicalId, name]: readonly unknown[], context: StackContext): string {
  const { region, account, stackName, resources } = context;
  const resource = resources[String(logicalId)];
  const alarmArn = (id: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:${id}`;
  const attributes: Record<string, (id: string) => string> = {
    'AWS::KMS::Key.Arn': (id) => `arn:aws:kms:${region}:${account}:key/${id}`,
    'AWS::S3::Bucket.Arn': (id) => `arn:aws:s3:::${id}`,
    'AWS::IAM::Role.Arn': (id) => `arn:aws:iam::${account}:role/${id}`,
    'AWS::CloudWatch::Alarm.Arn': alarmArn,
    'AWS::CloudWatch::CompositeAlarm.Arn': alarmArn,
    'AWS::SQS::Queue.QueueName': (id) => id.split('/').at(-1) ?? '',
  };
  const value = resource && attributes[`${resource.type}.${String(name)}`];
  if (resource === undefined || value === undefined) {
    throw new Error(`${stackName}: cannot resolve ${String(logicalId)}.${String(name)}.`);
  }
  return value(resource.physicalId);
}
