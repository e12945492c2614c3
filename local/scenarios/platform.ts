import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { paginateListSubscriptionsByTopic, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { Severity, topicName } from '../../engine/contract/paging';
import { System } from '../../engine/contract/signals';
import type { FilesTarget } from '../../engine/contract/verify-files';
import { tryToDelete } from '../damage';
import { LOCAL_ACCOUNT, type LocalAws } from '../local-aws';
import type { PageReceiver } from '../page-receiver';
import type { ScheduledFunction } from '../scheduled-function';
import { deletionRecord } from './cloudtrail-stand-in';
import type { AlarmScenario } from './scenario';
import { silence } from './silence';

/** What scenarios of Holdfast itself are played with. */
export interface PlatformScenarioContext {
  readonly aws: LocalAws;
  /** The primary Region. */
  readonly region: string;
  /** First part of the names of the deployment. */
  readonly prefix: string;
  readonly receiver: PageReceiver;
  readonly keyVerification: ScheduledFunction<unknown, unknown>;
  readonly routeCheck: ScheduledFunction<unknown, unknown>;
  /** A protected bucket. */
  readonly target: FilesTarget;
}

/** What can go wrong with Holdfast itself: its keys, the routes of its pages, its functions, and those who would delete what it keeps. */
export function platformScenarios(context: PlatformScenarioContext): AlarmScenario[] {
  const { keyVerification, routeCheck } = context;
  return [
    disabledKey(context),
    lostPager(context),
    brokenFunction(context),
    deletionAttempt(context),
    silence('the verification of keys', [`${System.PLATFORM}-keysUnusable`], () => keyVerification.run()),
    silence('the check of the routes', [`${System.PLATFORM}-routeProblems`], () => routeCheck.run()),
  ];
}

function disabledKey({ aws, region, prefix, keyVerification }: PlatformScenarioContext): AlarmScenario {
  const kms = aws.kms(region);
  return {
    broken: 'the key of the files is disabled',
    alarms: [`${System.PLATFORM}-keysUnusable`],
    inflict: async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: `alias/${prefix}-files` }));
      const KeyId = KeyMetadata?.KeyId;
      await kms.send(new DisableKeyCommand({ KeyId }));
      return async () => {
        await kms.send(new EnableKeyCommand({ KeyId }));
      };
    },
    notice: () => keyVerification.run(),
  };
}

function lostPager({ aws, region, prefix, receiver, routeCheck }: PlatformScenarioContext): AlarmScenario {
  const sns = aws.sns(region);
  const TopicArn = `arn:aws:sns:${region}:${LOCAL_ACCOUNT}:${topicName(prefix, Severity.CRITICAL)}`;
  const Endpoint = receiver.url('pager');
  return {
    broken: "the pager's subscription is gone",
    alarms: [`${System.PLATFORM}-routeProblems`],
    inflict: async () => {
      for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn })) {
        const pagers = Subscriptions.filter((subscription) => subscription.Endpoint === Endpoint);
        for (const { SubscriptionArn } of pagers) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      }
      return async () => {
        const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint });
        await receiver.confirmsAgain('pager', TopicArn, () => sns.send(subscribe));
      };
    },
    notice: () => routeCheck.run(),
  };
}

/** Lambda invokes a function three times for a schedule, and so many errors are an alarm. */
const LAMBDA_ATTEMPTS = 3;

function brokenFunction({ aws, region, routeCheck }: PlatformScenarioContext): AlarmScenario {
  const lambda = aws.lambda(region);
  const FunctionName = routeCheck.functionName;
  const setHandler = (Handler: string) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler }));
  return {
    broken: 'a function does not start',
    alarms: [`${System.PLATFORM}-functionErrors`],
    inflict: async () => {
      await setHandler('nowhere.handler');
      return async () => {
        await setHandler('index.handler');
      };
    },
    notice: async (isBroken) => {
      if (!isBroken) await routeCheck.run();
      for (let attempt = 0; isBroken && attempt < LAMBDA_ATTEMPTS; attempt++)
        await routeCheck.run().catch(() => undefined);
    },
  };
}

/** S3 refuses it; that somebody tried is told by a stand-in, since MiniStack records no calls. */
function deletionAttempt({ aws, region, prefix, target }: PlatformScenarioContext): AlarmScenario {
  return {
    broken: 'somebody tries to delete a locked version',
    alarms: [`${System.PLATFORM}-deletionAttempts`],
    inflict: async () => async () => undefined,
    notice: async (isBroken) => {
      if (!isBroken) return;
      const { outcome, ...asked } = await tryToDelete(aws, target);
      const { FunctionError, Payload } = await aws.lambda(region).send(
        new InvokeCommand({
          FunctionName: `${prefix}-deletion-attempts`,
          Payload: Buffer.from(JSON.stringify(deletionRecord({ prefix, region, ...asked, error: outcome }))),
        }),
      );
      if (FunctionError !== undefined) throw new Error(`The function failed: ${Buffer.from(Payload ?? []).toString()}`);
    },
  };
}
