import fc from 'fast-check';
import { nearestNames } from '../../../engine/restore/tenant-names';

const NAMES = ['tenant_acme', 'tenant_globex', 'tenant_initech', 'Acme'];

test.each([
  ['tenant_acne', ['tenant_acme']],
  ['tenant_intech', ['tenant_initech']],
  ['acme', ['Acme']],
  ['TENANT_GLOBEX', ['tenant_globex']],
  ['something else', []],
])('%s is most like %p', (wanted, near) => {
  expect(nearestNames(wanted, NAMES, 1)).toEqual(near);
});

test('the nearest come first, no more than wanted', () => {
  expect(nearestNames('abcd', ['abxy', 'abcx', 'abcde', 'abcd'], 3)).toEqual(['abcd', 'abcde', 'abcx']);
});

test('a name with one letter changed, added or lost is found among any others', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), fc.constantFrom('', 'q', 'qq'), (name, seed, put) => {
      const at = seed % name.length;
      const typed = name.slice(0, at) + put + name.slice(at + 1);
      expect(nearestNames(typed, ['#'.repeat(40), name], 1)).toEqual([name]);
    }),
  );
});
