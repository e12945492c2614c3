import { compareChecksums } from '../../../engine/files/stored-checksum';

const whole = { ChecksumType: 'FULL_OBJECT' };

test('compares by an algorithm that both sides have', () => {
  expect(
    compareChecksums({ ...whole, ChecksumCRC32: 'a', ChecksumSHA1: 'b' }, { ...whole, ChecksumSHA1: 'b' }),
  ).toEqual({
    verdict: 'equal',
    algorithm: 'SHA1',
    values: ['b', 'b'],
  });
  expect(compareChecksums({ ChecksumSHA256: 'a' }, { ChecksumSHA256: 'b' })).toMatchObject({ verdict: 'different' });
});

test.each([
  ['algorithms differ', { ...whole, ChecksumCRC32: 'a' }, { ...whole, ChecksumCRC32C: 'a' }],
  ['a checksum is over parts', { ChecksumType: 'COMPOSITE', ChecksumCRC32: 'a' }, { ...whole, ChecksumCRC32: 'b' }],
  ['a checksum counts its parts', { ChecksumCRC32: 'a-2' }, { ChecksumCRC32: 'b-3' }],
  ['there is none', {}, {}],
])('cannot compare when %s', (_, source, replica) => {
  expect(compareChecksums(source, replica)).toEqual({ verdict: 'incomparable' });
});
