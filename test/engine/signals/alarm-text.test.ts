import { array, assert, property, string } from 'fast-check';
import { alarmText } from '../../../engine/signals/alarm-text';

test('gives the room that short texts leave to the long ones', () => {
  const [first, second, third] = alarmText(['short', 'x'.repeat(2_000), 'y'.repeat(600)]).split(' | ');
  expect(first).toBe('short');
  expect([second?.length, third?.length]).toEqual([506, 506]);
  expect(alarmText(['short', 'x'.repeat(2_000)])).toHaveLength(1_023);
});

test('leaves texts whole that have room', () => {
  expect(alarmText(['b'.repeat(500), 'a'.repeat(517)])).toBe(`${'b'.repeat(500)} | ${'a'.repeat(517)}`);
});

test('stays within what CloudWatch takes, in the order given, and wastes no room', () => {
  assert(
    property(array(string({ maxLength: 1_200 }), { minLength: 1, maxLength: 12 }), (texts) => {
      const whole = texts.join(' | ');
      const text = alarmText(texts);
      expect(text.length).toBeLessThanOrEqual(1_023);
      if (whole.length <= 1_023) {
        expect(text).toBe(whole);
      } else {
        expect(text.length).toBeGreaterThan(1_023 - 2 * texts.length);
      }
    }),
  );
});
