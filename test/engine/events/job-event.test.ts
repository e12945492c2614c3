import fc from 'fast-check';
import { judgeJobEvent } from '../../../engine/events/job-event';
import { backupJob, copyJob, event, restoreJob } from './events';

const severityOf = (...given: Parameters<typeof judgeJobEvent>) => judgeJobEvent(...given)?.severity;

test.each([
  ['FAILED', 'critical'],
  ['EXPIRED', 'critical'],
  ['ABORTED', 'warning'],
  ['PARTIAL', 'warning'],
  ['COMPLETED', undefined],
] as const)('a backup or copy in state %s is %s', (state, severity) => {
  expect(severityOf(backupJob({ state }))).toBe(severity);
  expect(severityOf(copyJob({ state }))).toBe(severity);
});

test.each(['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'])(
  'a restore in state %s only warns: it may be a drill',
  (status) => {
    expect(severityOf(restoreJob({ status }))).toBe('warning');
    expect(severityOf(restoreJob({ status: 'COMPLETED' }))).toBeUndefined();
  },
);

test('a restore has its state in `status`, the others in `state`', () => {
  expect(judgeJobEvent(restoreJob({ state: 'FAILED' }))).toBeUndefined();
  expect(judgeJobEvent(backupJob({ status: 'FAILED' }))).toBeUndefined();
  expect(judgeJobEvent(copyJob({ status: 'FAILED' }))).toBeUndefined();
});

test.each(['CREATED', 'PENDING', 'RUNNING', 'ABORTING', '', undefined, {}, 1])(
  'a job in state %j has not ended, and says nothing',
  (state) => {
    expect(judgeJobEvent(backupJob({ state }))).toBeUndefined();
    expect(judgeJobEvent(restoreJob({ status: state }))).toBeUndefined();
  },
);

test('other events of AWS Backup say nothing', () => {
  expect(judgeJobEvent(event('aws.backup', 'Backup Vault State Change', { state: 'FAILED' }))).toBeUndefined();
});

describe('a completed backup with a message', () => {
  test('is one with issues', () => {
    expect(severityOf(backupJob({ state: 'COMPLETED', statusMessage: 'some tags were not copied' }))).toBe('warning');
  });

  test.each(['', '""', ' "" ', undefined])('is none when it says nothing: %j', (statusMessage) => {
    expect(severityOf(backupJob({ state: 'COMPLETED', statusMessage }))).toBeUndefined();
  });

  test('is a matter of backups alone', () => {
    expect(severityOf(copyJob({ state: 'COMPLETED', statusMessage: 'done' }))).toBeUndefined();
    expect(severityOf(restoreJob({ status: 'COMPLETED', statusMessage: 'done' }))).toBeUndefined();
  });
});

describe('the text', () => {
  test('names Region, kind, job and database, and gives the reason', () => {
    const statusMessage = '"Backup job failed because backup vault acme-vault does not exist."';
    expect(judgeJobEvent(backupJob({ state: 'FAILED', statusMessage }))?.text).toBe(
      'In eu-west-1, the backup job 34176239-e96d-4e1d-9fad-529dbb3c3556 of arn:aws:rds:eu-west-1:111122223333:db:orders failed: Backup job failed because backup vault acme-vault does not exist. HINT: open the job in AWS Backup; its message says what to correct.',
    );
  });

  test('says what is known when less is', () => {
    expect(judgeJobEvent(restoreJob({ status: 'EXPIRED' }))?.text).toBe(
      'In eu-west-1, the restore job 1B234A56-789B-01CD-2A34-4567A08901FD of RDS did not begin or end within its window. HINT: open the job in AWS Backup; its message says what to correct.',
    );
    const sourceResourceArn = 'arn:aws:rds:eu-west-1:111122223333:db:orders';
    expect(judgeJobEvent(restoreJob({ status: 'ABORTED', sourceResourceArn }))?.text).toContain(
      `of ${sourceResourceArn} was stopped.`,
    );
    expect(judgeJobEvent(event('aws.backup', 'Copy Job State Change', { state: 'PARTIAL' }))?.text).toBe(
      'In eu-west-1, the copy job without an id of an unknown resource is incomplete. HINT: open the job in AWS Backup; its message says what to correct.',
    );
  });
});

describe('a completed job', () => {
  test('has a duration and a size, given as a text or a number', () => {
    expect(judgeJobEvent(backupJob({ state: 'COMPLETED' }))).toMatchObject({ durationSeconds: 1230.5, bytes: 36_048 });
    expect(judgeJobEvent(copyJob({ state: 'COMPLETED' }))).toMatchObject({
      durationSeconds: 3_600,
      bytes: 22_548_578_304,
    });
  });

  test('is not measured by what it does not say', () => {
    const odd = { state: 'COMPLETED', completionDate: '2026-11-23T02:00:00Z', backupSizeInBytes: 'many' };
    for (const job of [
      backupJob(odd),
      backupJob({ ...odd, completionDate: undefined, backupSizeInBytes: undefined }),
    ]) {
      expect(judgeJobEvent(job)).not.toHaveProperty('durationSeconds');
      expect(judgeJobEvent(job)).not.toHaveProperty('bytes');
    }
    expect(judgeJobEvent(backupJob({ state: 'COMPLETED', backupSizeInBytes: -1 }))).not.toHaveProperty('bytes');
  });

  test('alone is measured', () => {
    expect(judgeJobEvent(backupJob({ state: 'FAILED' }))).not.toHaveProperty('durationSeconds');
  });
});

test('any content of an event is judged, and none breaks the judge', () => {
  const detail = fc.dictionary(
    fc.constantFrom(
      'state',
      'status',
      'statusMessage',
      'resourceArn',
      'creationDate',
      'backupSizeInBytes',
      'copyJobId',
    ),
    fc.oneof(fc.constantFrom('FAILED', 'COMPLETED', { toString: 1 }), fc.jsonValue()),
  );
  fc.assert(
    fc.property(detail, (given) => {
      for (const judged of [
        judgeJobEvent(backupJob(given)),
        judgeJobEvent(copyJob(given)),
        judgeJobEvent(restoreJob(given)),
      ]) {
        expect(judged === undefined || typeof judged.text === 'string').toBe(true);
      }
    }),
  );
});
