import { devNull } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

/** Account of the local AWS: the placeholder of AWS's own documentation. */
export const LOCAL_ACCOUNT = '111122223333';

/** An emulated AWS: where it answers, and how programs and clients reach it. */
export class LocalAws {
  /** URL of the gateway that all services and Regions share. */
  readonly endpoint: string;
  private readonly credentials = {
    // The emulators take an access key of twelve digits for the number of the caller's account.
    accessKeyId: LOCAL_ACCOUNT,
    secretAccessKey: 'test',
  };

  constructor(endpoint: string) {
    // The SDK addresses buckets by path only where the host is an IP address; no DNS answers for <bucket>.localhost.
    this.endpoint = endpoint.replace('://localhost', '://127.0.0.1').replace(/\/$/, '');
  }

  /** The variables that point a program at this AWS. */
  variables(region: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
    };
  }

  /** The whole environment of a program that must see this AWS and nothing of the user's own one. */
  environment(region: string): NodeJS.ProcessEnv {
    return {
      ...environmentWithoutAws(),
      ...this.variables(region),
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  cloudFormation = (region: string) => new CloudFormationClient(this.client(region));
  cloudWatch = (region: string) => new CloudWatchClient(this.client(region));
  elastiCache = (region: string) => new ElastiCacheClient(this.client(region));
  kms = (region: string) => new KMSClient(this.client(region));
  lambda = (region: string) => new LambdaClient(this.client(region));
  rds = (region: string) => new RDSClient(this.client(region));
  s3 = (region: string) => new S3Client({ ...this.client(region), forcePathStyle: true });
  scheduler = (region: string) => new SchedulerClient(this.client(region));
  secretsManager = (region: string) => new SecretsManagerClient(this.client(region));
  sns = (region: string) => new SNSClient(this.client(region));
  stepFunctions = (region: string) => new SFNClient(this.client(region));

  private client(region: string) {
    return { region, endpoint: this.endpoint, credentials: this.credentials };
  }
}

/** The environment of this process without anything that leads to an AWS account, and with its own Node first. */
export function environmentWithoutAws(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };
}
