import type { CacheFinding, CacheResult } from '../../../engine/contract/redis';
import { cachePageText } from '../../../engine/redis/verification-signals';

const NOW = Date.parse('2026-11-23T15:00:00Z');
const OLD: CacheFinding = { kind: 'backupLate', isCritical: true, detail: 'The newest backup is old.\n' };
const DRIFT: CacheFinding = { kind: 'drift', isCritical: false, detail: 'The window differs.' };
const ALONE: CacheFinding = { kind: 'copyMissing', isCritical: true, detail: 'It has no copy.' };
const late: CacheResult = {
  resource: 'sessions',
  findings: [OLD, DRIFT, ALONE],
  backupAgeSeconds: 3_600,
  intactAt: '2026-11-23T14:30:00.000Z',
  reportKey: 'redis/sessions/reports/1.json',
};

test('tells of each cache in danger where the report lies, what is left, and what endangers it', () => {
  const unknown: CacheResult = { resource: 'carts', findings: [ALONE] };
  expect(cachePageText([late, unknown], 'proofs', NOW)).toBe(
    'sessions: 2 findings (report s3://proofs/redis/sessions/reports/1.json). ' +
      'Still restorable: the backup of 2026-11-23T14:00Z (proved intact 2026-11-23T14:30Z). ' +
      'The newest backup is old.\\u{000a} It has no copy. | ' +
      'carts: 1 finding. What can still be restored is not known. It has no copy.',
  );
});

test('says nothing when nothing is in danger', () => {
  expect(cachePageText([{ ...late, findings: [DRIFT] }], 'proofs', NOW)).toBeUndefined();
});
