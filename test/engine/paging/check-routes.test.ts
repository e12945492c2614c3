import { type CheckRoutesEvent, type CheckRoutesResult, ROUTES_STATE_KEY } from '../../../engine/contract/check-routes';
import { checkRoutes, type RouteCheckContext } from '../../../engine/paging/check-routes';
import { FakeS3Server } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { type Account, CRITICAL, EMAIL, EVENT, FakeRoutes, NOW, SLACK, topicOf, WARNING } from './fake-routes';

let s3: FakeS3Server;
beforeAll(async () => {
  s3 = await FakeS3Server.start();
});
beforeEach(() => s3.reset());
afterAll(() => s3.stop());

const PROVED: CheckRoutesEvent = { ...EVENT, proofs: { bucket: 'acme-proofs', region: 'eu-west-1' } };
const HEARTBEAT: CheckRoutesEvent = { ...PROVED, heartbeat: true };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A check some time after {@link NOW}. */
async function check(
  event: CheckRoutesEvent,
  account: Account = {},
  { later = 0, ...more }: Partial<RouteCheckContext> & { later?: number } = {},
): Promise<CheckRoutesResult & { readonly routes: FakeRoutes }> {
  const routes = new FakeRoutes(account);
  const result = await checkRoutes(event, {
    sns: () => routes.sns,
    kms: () => routes.kms,
    cloudWatch: () => routes.cloudWatch,
    s3: () => s3.client(),
    chat: () => {
      throw new Error('nobody was to ask');
    },
    now: new Date(NOW.getTime() + later),
    ...more,
  });
  return { ...result, routes };
}

const delivered = (critical: number, warning: number): Account => ({
  counts: {
    'acme-critical': { NumberOfNotificationsDelivered: critical },
    'acme-warning': { NumberOfNotificationsDelivered: warning },
  },
});
const state = () => JSON.parse(s3.bucket('acme-proofs').current(ROUTES_STATE_KEY)?.body.toString() ?? 'null');

describe('a check', () => {
  test('finds nothing wrong with routes that are in order, and sends nothing', async () => {
    const { routes, ...result } = await check(EVENT);
    expect(result).toEqual({ findings: [], heartbeats: 0 });
    expect(routes.sdk.inputsOf('Publish')).toEqual([]);
    expect(s3.calls).toEqual([]);
  });

  test('asks in the Region of each topic', async () => {
    const asked = new Set<string>();
    const routes = new FakeRoutes({ subscriptions: { [topicOf('warning', 'eu-central-1').arn]: [EMAIL] } });
    const clientIn =
      <Client>(client: Client) =>
      (region: string) => {
        asked.add(region);
        return client;
      };
    const topics = [CRITICAL, topicOf('warning', 'eu-central-1')];
    const { findings } = await check(
      { ...EVENT, topics },
      {},
      { sns: clientIn(routes.sns), kms: clientIn(routes.kms) },
    );
    expect([...asked]).toEqual(['eu-west-1', 'eu-central-1']);
    expect(findings).toEqual([
      expect.stringContaining('which key the warning topic in eu-central-1 has (NotFoundException'),
    ]);
  });

  test('tells of each topic what is wrong, the loudest first, and goes on after what it cannot look up', async () => {
    const { findings } = await check(EVENT, {
      subscriptions: { [CRITICAL.arn]: [EMAIL], [WARNING.arn]: [{ ...EMAIL, arn: 'arn:1', pending: true }] },
      answers: { GetMetricData: () => sdkError('Throttling', 'slow') },
    });
    expect(findings).toEqual([
      expect.stringContaining('1 pager subscription of the critical topic'),
      expect.stringContaining('Nobody hears the warning topic'),
      expect.stringContaining('1 email subscription of the warning topic'),
      expect.stringContaining('what the critical topic in eu-west-1 delivered (Throttling: slow)'),
      expect.stringContaining('what the warning topic in eu-west-1 delivered (Throttling: slow)'),
    ]);
  });

  test('finds deliveries that SNS has given up, or a filter has kept back, within two hours', async () => {
    const { findings, routes } = await check(EVENT, {
      counts: {
        'acme-critical': { NumberOfNotificationsFailed: 3 },
        'acme-warning': { NumberOfNotificationsFilteredOut: 1 },
      },
    });
    expect(findings).toEqual([
      expect.stringMatching(/^SNS gave up on 3 deliveries of the critical topic in eu-west-1 .* HINT/),
      expect.stringMatching(/^A filter kept back 1 deliveries of the warning topic in eu-west-1 .* HINT/),
    ]);
    expect(routes.sdk.inputsOf('GetMetricData')[0]).toMatchObject({ StartTime: new Date('2026-11-23T12:40:00Z') });
  });

  test('asks how Slack is connected only where a channel is expected, and for the topics that it hears', async () => {
    const receivers = { ...EVENT.receivers, slack: SLACK };
    const chat = () => ({
      slackWorkspaces: async () => [],
      slackChannels: async () => [
        {
          SlackTeamId: SLACK.workspaceId,
          SlackChannelId: SLACK.channelId,
          SnsTopicArns: [CRITICAL.arn],
          GuardrailPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess'],
        },
      ],
    });
    const { findings } = await check({ ...EVENT, receivers }, {}, { chat });
    expect(findings).toEqual([
      expect.stringContaining('1 Slack subscription of the critical topic'),
      expect.stringContaining('1 Slack subscription of the warning topic'),
      expect.stringContaining('The Slack workspace T0000000000 is not authorised'),
      expect.stringContaining(`does not hear the topic ${WARNING.arn}`),
    ]);
  });
});

describe('the heartbeat', () => {
  test('goes along each topic, and is remembered with the number of those who hear it', async () => {
    const { routes, findings, heartbeats } = await check(HEARTBEAT);
    expect({ findings, heartbeats }).toEqual({ findings: [], heartbeats: 2 });
    expect(routes.sdk.inputsOf('Publish')).toMatchObject([
      { TopicArn: CRITICAL.arn, Subject: 'OK: "acme-critical-heartbeat" in eu-west-1' },
      { TopicArn: WARNING.arn, Subject: 'OK: "acme-warning-heartbeat" in eu-west-1' },
    ]);
    expect(state()).toEqual({
      format: 1,
      watchedSince: NOW.toISOString(),
      heartbeat: {
        sentAt: NOW.toISOString(),
        topics: [
          { arn: CRITICAL.arn, receivers: 2 },
          { arn: WARNING.arn, receivers: 1 },
        ],
      },
    });
  });

  test('has an hour to arrive', async () => {
    await check(HEARTBEAT);
    expect((await check(PROVED, {}, { later: HOUR - 1 })).findings).toEqual([]);
    expect((await check(PROVED, {}, { later: HOUR })).findings).toEqual([
      expect.stringMatching(
        /^The heartbeat of 2026-11-23T14:40:00\.000Z reached 0 of 2 receivers of the critical topic in eu-west-1\. HINT/,
      ),
      expect.stringContaining('reached 0 of 1 receivers of the warning topic in eu-west-1'),
    ]);
  });

  test('must have reached everybody who heard the topic when it was sent', async () => {
    await check(HEARTBEAT);
    const { findings, routes } = await check(PROVED, delivered(1, 1), { later: 3 * DAY });
    expect(findings).toEqual([expect.stringContaining('reached 1 of 2 receivers of the critical topic')]);
    expect(routes.sdk.inputsOf('GetMetricData').at(-1)).toMatchObject({
      StartTime: new Date('2026-11-23T14:40:00Z'),
      EndTime: new Date('2026-11-23T20:40:00Z'),
    });
    expect((await check(PROVED, delivered(2, 1), { later: 3 * DAY })).findings).toEqual([]);
  });

  test('is awaited by nobody on a topic that came later', async () => {
    await check({ ...HEARTBEAT, topics: [CRITICAL] });
    expect((await check(PROVED, delivered(2, 0), { later: DAY })).findings).toEqual([]);
  });

  test('that could not be sent is told at once and until the next, and keeps it from no other topic', async () => {
    const answers = {
      Publish: ({ TopicArn }: { TopicArn: string }) =>
        TopicArn === CRITICAL.arn ? sdkError('KMSAccessDenied', 'no') : { MessageId: 'message-1' },
    };
    const finding = expect.stringMatching(
      /^The heartbeat of .* could not be sent along the critical topic in eu-west-1 \(KMSAccessDenied: no\)\. HINT: give/,
    );
    const { findings, heartbeats } = await check(HEARTBEAT, { answers });
    expect({ findings, heartbeats }).toEqual({ findings: [finding], heartbeats: 1 });
    expect((await check(PROVED, delivered(2, 1), { later: DAY })).findings).toEqual([finding]);
    await check(HEARTBEAT, {}, { later: 2 * DAY });
    expect((await check(PROVED, delivered(2, 1), { later: 3 * DAY })).findings).toEqual([]);
  });

  test('reached somebody at least, where it was not known who heard', async () => {
    await check(HEARTBEAT, { answers: { ListSubscriptionsByTopic: () => sdkError('AuthorizationError') } });
    expect(state().heartbeat.topics[0]).toEqual({ arn: CRITICAL.arn });
    expect((await check(PROVED, delivered(1, 0), { later: DAY })).findings).toEqual([
      expect.stringContaining('reached 0 of 1 receivers of the warning topic'),
    ]);
  });

  test('is missed after eight days', async () => {
    await check(HEARTBEAT);
    const later = 8 * DAY;
    expect((await check(PROVED, delivered(2, 1), { later })).findings).toEqual([]);
    expect((await check(PROVED, delivered(2, 1), { later: later + 1 })).findings).toEqual([
      expect.stringMatching(/^No heartbeat was sent for 8 days, must be each Monday .* HINT: see the schedule/),
    ]);
  });

  test('is missed eight days after the first check, when none was ever sent', async () => {
    expect((await check(PROVED)).findings).toEqual([]);
    expect(state()).toEqual({ format: 1, watchedSince: NOW.toISOString() });
    expect((await check(PROVED, {}, { later: 7 * DAY })).findings).toEqual([]);
    expect((await check(PROVED, {}, { later: 9 * DAY })).findings).toEqual([
      expect.stringContaining('No heartbeat was sent for 9 days'),
    ]);
  });

  test('is remembered although another check wrote at the same moment', async () => {
    const first = Promise.all([check(PROVED), check(HEARTBEAT)]);
    await expect(first).resolves.toMatchObject([{ findings: [] }, { findings: [], heartbeats: 2 }]);
    expect(state()).toHaveProperty('heartbeat');
  });

  test('that cannot be remembered is a finding, and no reason to fail', async () => {
    s3.fault = ({ operation }) => (operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const { findings, heartbeats } = await check(HEARTBEAT);
    expect(heartbeats).toBe(2);
    expect(findings).toEqual([
      expect.stringMatching(
        /^It could not be looked up whether the heartbeat arrived, so nobody knows\. Cannot write the state of routes to bucket acme-proofs: AccessDenied.* HINT: /,
      ),
    ]);
  });

  test('leaves a state that it does not understand as it is', async () => {
    await s3.bucket('acme-proofs').put(ROUTES_STATE_KEY, Buffer.from('{"format":2}'));
    expect((await check(HEARTBEAT)).findings).toEqual([expect.stringContaining('is no state of routes of format 1')]);
    expect(state()).toEqual({ format: 2 });
  });

  test('whose arrival cannot be looked up is a finding', async () => {
    await check(HEARTBEAT);
    const answers = { GetMetricData: () => sdkError('AccessDenied', 'no', 403) };
    expect((await check(PROVED, { answers }, { later: DAY })).findings.at(-1)).toMatch(
      /^It could not be looked up whether the heartbeat arrived \(AccessDenied: no\).* HINT: .*cloudwatch:GetMetricData/,
    );
  });
});
