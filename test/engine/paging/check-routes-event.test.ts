import { parseCheckRoutesEvent } from '../../../engine/paging/check-routes-event';
import { EVENT, SLACK } from './fake-routes';

const PROOFS = { bucket: 'acme-proofs', region: 'eu-west-1' };

test.each([
  ['the least', EVENT],
  [
    'all there is',
    {
      ...EVENT,
      receivers: { ...EVENT.receivers, slack: SLACK },
      proofs: PROOFS,
      incidentName: 'acme-platform-attention',
      heartbeat: true,
    },
  ],
])('takes an event with %s', (_, event) => {
  expect(parseCheckRoutesEvent(event)).toEqual(event);
});

test.each([
  ['topics', { topics: [] }],
  ['topics.0.arn', { topics: [{ ...EVENT.topics[0], arn: 'acme-critical' }] }],
  ['topics.0.severity', { topics: [{ ...EVENT.topics[0], severity: 'loud' }] }],
  ['topics.0.keyArn', { topics: [{ ...EVENT.topics[0], keyArn: 'alias/acme-paging' }] }],
  ['receivers.emails', { receivers: { ...EVENT.receivers, emails: -1 } }],
  ['receivers.slack.channelId', { receivers: { ...EVENT.receivers, slack: { workspaceId: 'T1' } } }],
  ['alarmName', { alarmName: '' }],
  ['proofs: must be given', { heartbeat: true }],
])('refuses an event with a wrong %s', (field, wrong) => {
  expect(() => parseCheckRoutesEvent({ ...EVENT, ...wrong })).toThrow(`The event of check-routes is wrong (${field}`);
});
