import fc from 'fast-check';
import { judgeRdsEvent } from '../../../engine/events/rds-event';
import { event, rdsEvent } from './events';

const severityOf = (...given: Parameters<typeof rdsEvent>) => judgeRdsEvent(rdsEvent(...given))?.severity;

test.each([
  ['RDS-EVENT-0003', ['deletion'], 'the instance is deleted'],
  ['RDS-EVENT-0171', ['deletion'], 'the cluster is deleted'],
  ['RDS-EVENT-0007', ['low storage'], 'storage is exhausted'],
  ['RDS-EVENT-0028', ['configuration change'], 'automated backups are disabled'],
  ['RDS-EVENT-0031', ['failure'], 'the storage is broken'],
  ['RDS-EVENT-0221', ['availability'], 'the storage is full'],
  ['RDS-EVENT-0227', ['low storage'], 'the storage of the cluster is nearly full'],
  ['RDS-EVENT-0418', ['failure'], 'the key cannot be used'],
  ['RDS-EVENT-0419', ['availability'], 'the key cannot be used, and the database is closed'],
])('pages of %s %j: %s', (id, categories) => {
  expect(severityOf(id, categories)).toBe('critical');
});

test.each([
  ['RDS-EVENT-0023', ['recovery'], 'a snapshot was refused'],
  ['RDS-EVENT-0061', ['notification'], 'the copy of a snapshot was canceled'],
  ['RDS-EVENT-0087', ['notification'], 'the instance is stopped'],
  ['RDS-EVENT-0089', ['low storage'], 'storage is low'],
  ['RDS-EVENT-0150', ['notification'], 'the cluster is stopped'],
  ['RDS-EVENT-0190', ['notification'], 'the copy of a snapshot was canceled'],
  ['RDS-EVENT-0223', ['failure'], 'storage cannot grow'],
  ['RDS-EVENT-0330', ['availability'], 'the volume of the logs is nearly full'],
  ['RDS-EVENT-9999', ['maintenance', 'failure'], 'a failure that nobody knows yet'],
])('warns of %s %j: %s', (id, categories) => {
  expect(severityOf(id, categories)).toBe('warning');
});

test.each([
  ['RDS-EVENT-0001', ['backup'], 'a backup begins'],
  ['RDS-EVENT-0006', ['availability'], 'a restart'],
  ['RDS-EVENT-0019', ['restoration'], 'a restore'],
  ['RDS-EVENT-0049', ['failover'], 'a failover'],
  ['RDS-EVENT-0091', ['creation'], 'an automated snapshot'],
  ['RDS-EVENT-0219', ['failure'], 'autoscaling retries'],
  ['RDS-EVENT-0420', ['failure'], 'the key can be used again'],
])('is silent about %s %j: %s', (id, categories) => {
  expect(judgeRdsEvent(rdsEvent(id, categories))).toBeUndefined();
});

test('says where, what and which, and what to do', () => {
  expect(judgeRdsEvent(rdsEvent('RDS-EVENT-0028', ['configuration change'], 'Disabled automated backups.'))).toEqual({
    kind: 'rds',
    severity: 'critical',
    text: 'In eu-west-1, RDS tells of orders: Disabled automated backups (RDS-EVENT-0028). HINT: turn them on again with 35 days, and find in CloudTrail who turned them off: what they held is gone.',
  });
  expect(judgeRdsEvent(rdsEvent('RDS-EVENT-0035', ['failure']))?.text).toMatch(
    /HINT: look the event up in the RDS User Guide/,
  );
});

test('judges an event that says little', () => {
  expect(judgeRdsEvent(event('aws.rds', 'RDS DB Instance Event', {}))).toBeUndefined();
  expect(judgeRdsEvent(event('aws.rds', 'RDS DB Instance Event', { EventCategories: 'deletion' }))?.text).toMatch(
    /^In eu-west-1, RDS tells of an unknown source: no message \(without an id\)\./,
  );
});

test('any content of an event is judged, and none breaks the judge', () => {
  fc.assert(
    fc.property(
      fc.record({ EventID: fc.jsonValue(), EventCategories: fc.jsonValue(), Message: fc.jsonValue() }),
      (detail) => {
        expect(() => judgeRdsEvent(event('aws.rds', 'RDS DB Instance Event', detail))).not.toThrow();
      },
    ),
  );
});
