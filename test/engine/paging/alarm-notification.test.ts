import { heartbeatNotification } from '../../../engine/paging/alarm-notification';
import { CRITICAL, NOW } from './fake-routes';

const ROUTE = { severity: CRITICAL.severity, region: 'eu-west-1', account: '111122223333', arn: CRITICAL.arn };

test('a heartbeat is what CloudWatch sends when an alarm is OK again, and says what it is', () => {
  const { Subject, Message } = heartbeatNotification(ROUTE, NOW);
  expect(Subject).toBe('OK: "acme-critical-heartbeat" in eu-west-1');
  expect(JSON.parse(Message)).toMatchObject({
    AlarmName: 'acme-critical-heartbeat',
    AlarmDescription: expect.stringMatching(
      /^This is the heartbeat of the critical pages of eu-west-1\. Nothing is wrong .* each Monday at 09:00 UTC; .* Runbook: docs\/runbooks\/\S+$/,
    ),
    AWSAccountId: '111122223333',
    NewStateValue: 'OK',
    OldStateValue: 'INSUFFICIENT_DATA',
    StateChangeTime: '2026-11-23T14:40:00.000+0000',
    Region: 'eu-west-1',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-critical-heartbeat',
    OKActions: [CRITICAL.arn],
    AlarmActions: [],
  });
});
