import fc from 'fast-check';
import { NAME_LIMITS, restoredName } from '../../../engine/recovery/restored-name';

const EXECUTION = { id: 'e', startedAt: '2026-11-23T12:00:00.123Z' };
const FORM = /^[a-z](-?[a-z0-9])*$/;

test('the name of what is restored follows from the original and the time of the execution', () => {
  expect(restoredName('orders', undefined, EXECUTION, 63)).toBe('orders-restored-20261123120000');
});

test('any name of RDS or ElastiCache gives a name that they take', () => {
  const name = fc.stringMatching(/^[A-Za-z](-?[A-Za-z0-9]){0,61}$/);
  fc.assert(
    fc.property(name, fc.constantFrom(...Object.values(NAME_LIMITS)), (original, most) => {
      const made = restoredName(original, undefined, EXECUTION, most);
      expect(made).toMatch(FORM);
      expect(made.length).toBeLessThanOrEqual(most);
      expect(made).toContain('-restored-20261123120000');
    }),
  );
});

test.each(['a-restored', 'orders-restored-2', 'x-restored9'])('the wanted name %s is taken as it is', (wanted) => {
  expect(restoredName('orders', wanted, EXECUTION, 63)).toBe(wanted);
});

test.each([
  'orders',
  '-restored',
  '1-restored',
  'a--restored',
  'a-restored-',
  'A-restored',
  `${'a'.repeat(32)}-restored`,
])('the wanted name %s is refused', (wanted) => {
  expect(() => restoredName('orders', wanted, EXECUTION, 40)).toThrow(/^The new name must have 1 to 40 .*HINT: /);
});
