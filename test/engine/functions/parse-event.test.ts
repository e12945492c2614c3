import * as z from 'zod/mini';
import { parseEvent, refuseSameNames } from '../../../engine/functions/parse-event';

const schema = z.object({ name: z.string(), list: z.array(z.number()) });

test('gives back what a function was sent', () => {
  expect(parseEvent('example', schema, { name: 'a', list: [1] })).toEqual({ name: 'a', list: [1] });
});

test('names the function, every field that is wrong, and what to do', () => {
  expect(() => parseEvent('example', schema, { list: [1, 'x'] })).toThrow(
    /^The event of example is wrong \(name: [^;]+; list\.1: [^;]+\)\. HINT: send what the schedule or the rule of the function carries/,
  );
  expect(() => parseEvent('example', schema, 1)).toThrow('(event: ');
});

test('refuses a name that stands twice, and no other', () => {
  expect(() => refuseSameNames('example', [{ resource: 'a' }, { resource: 'b' }])).not.toThrow();
  expect(() => refuseSameNames('example', [{ resource: 'a' }, { resource: 'b' }, { resource: 'b' }])).toThrow(
    'The event of example names the resource b twice. HINT: give each target a name of its own.',
  );
});
